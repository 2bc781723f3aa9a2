"""Who may see which row: written down apart from the app's own rules, for the walk to compare with.

The rights of a role are read from the DocTypes' files; what part of the rows they hold for is the table `SCOPES`.
"""

import json
from functools import cache
from pathlib import Path

APP = Path(__file__).parents[2] / "ansinh_app"
SIDES = {
    "A": {"office": "FEN-A", "unit": "FEN-A-X-20210701", "province": "FEN-P-20210701", "provider": "STB"},
    "B": {"office": "FEN-B", "unit": "FEN-B-X-20210701", "province": "FEN-P-20210701", "provider": "BID"},
    "C": {"office": "FEN-C", "unit": "FEN-C-X-20210701", "province": "FEN-Q-20210701", "provider": "CTG"},
}
OFFICE, COMMUNE, PROVIDER, VIEWER = "office", "commune", "provider", "viewer"
KINDS = {
    "Social Affairs Officer": OFFICE,
    "Social Affairs Manager": OFFICE,
    "Finance Officer": OFFICE,
    "Treasury Officer": OFFICE,
    "Auditor": OFFICE,
    "Commune Officer": COMMUNE,
    "Police Officer": COMMUNE,
    "Outreach Officer": COMMUNE,
    "Bank Officer": PROVIDER,
    "Post Office Clerk": PROVIDER,
    "Province Viewer": VIEWER,
}
# name -> role, areas as (DocType, value), the sides whose rows are the persona's own
_OFFICES, _UNITS, _PROVIDERS = "Paying Office", "Administrative Unit", "Payment Service Provider"
PERSONAS = {
    "officer": ("Social Affairs Officer", (), "ABC"),
    "officer_a": ("Social Affairs Officer", ((_OFFICES, "FEN-A"),), "A"),
    "manager_b": ("Social Affairs Manager", ((_OFFICES, "FEN-B"),), "B"),
    "finance_a": ("Finance Officer", ((_OFFICES, "FEN-A"),), "A"),
    "treasury_b": ("Treasury Officer", ((_OFFICES, "FEN-B"),), "B"),
    "auditor": ("Auditor", (), "ABC"),
    "auditor_a": ("Auditor", ((_OFFICES, "FEN-A"),), "A"),
    "commune_a": ("Commune Officer", ((_UNITS, "FEN-A-X-20210701"),), "A"),
    "commune_b": ("Commune Officer", ((_UNITS, "FEN-B-X-20210701"),), "B"),
    "commune_above": ("Commune Officer", ((_UNITS, "FEN-P-20210701"),), "AB"),
    "commune_nowhere": ("Commune Officer", (), ""),
    "police_a": ("Police Officer", ((_UNITS, "FEN-A-X-20210701"),), "A"),
    "police_nowhere": ("Police Officer", (), ""),
    "outreach_b": ("Outreach Officer", ((_UNITS, "FEN-B-X-20210701"),), "B"),
    "outreach_nowhere": ("Outreach Officer", (), ""),
    "bank_a": ("Bank Officer", ((_PROVIDERS, "STB"),), "A"),
    "bank_b": ("Bank Officer", ((_PROVIDERS, "BID"),), "B"),
    "bank_nowhere": ("Bank Officer", (), ""),
    "post": ("Post Office Clerk", ((_PROVIDERS, "VNPOST"),), ""),
    "post_nowhere": ("Post Office Clerk", (), ""),
    "province": ("Province Viewer", ((_UNITS, "FEN-P-20210701"),), "AB"),
    "province_all": ("Province Viewer", (), "ABC"),
    "outsider": (None, (), ""),
}
# Taken for a template it shows 13371337, taken for markup it is bold.
TEMPLATE = " {{ 191 * 70007 }}<b>bold</b>"
# Which kinds of role a DocType is opened to at all, and so which of its rows: the persona's own sides.
_REGISTRY = (OFFICE, COMMUNE)
_MONEY = (OFFICE,)
_WITH_PROVIDER = (OFFICE, PROVIDER)
_WITH_BOTH = (OFFICE, COMMUNE, PROVIDER)
_WITH_ALL = (OFFICE, COMMUNE, PROVIDER, VIEWER)
SCOPES = {
    "Account Campaign": _WITH_BOTH,
    "Account Request": _WITH_BOTH,
    "Account Request List": _WITH_PROVIDER,
    "Bank Contract": _WITH_PROVIDER,
    "Beneficiary": _REGISTRY,
    "Budget Allotment": _MONEY,
    "Campaign Visit": _WITH_BOTH,
    "Commune Report": _REGISTRY,
    "Data Incident": _MONEY,
    "Data Subject Request": _REGISTRY,
    "Duplicate Finding": _REGISTRY,
    "Entitlement": _REGISTRY,
    "ID Card List": _REGISTRY,
    "ID Card Request": _REGISTRY,
    "Identity Verification": _REGISTRY,
    "Identity Verification List": _REGISTRY,
    "Inspection": _WITH_BOTH,
    "Number Reveal": _MONEY,
    "Obstacle Summary": _MONEY,
    "One-off Grant": _REGISTRY,
    "Outreach Activity": _WITH_BOTH,
    "Pay Point": _WITH_ALL,
    "Payment Account": _WITH_BOTH,
    "Payment Move": _MONEY,
    "Payment Notice": _WITH_ALL,
    "Payout Batch": _WITH_PROVIDER,
    "Payout Line": _WITH_BOTH,
    "Payout Period": _WITH_ALL,
    "Personal Data Consent": _REGISTRY,
    "Personal Data Log": _MONEY,
    "Preflight Override": _MONEY,
    "Provider Inquiry": _WITH_PROVIDER,
    "Provider Result": _WITH_PROVIDER,
    "Recovery Case": _REGISTRY,
    "Registry Change": _REGISTRY,
    "Registry Change List": _REGISTRY,
    "Registry Change List Row": _REGISTRY,
    "Registry Import": _REGISTRY,
    "Registry Import Layout": _REGISTRY,
    "Registry Import Row": _REGISTRY,
    "Report Dispatch": _MONEY,
    "Report Schedule": _MONEY,
    "Representative": _REGISTRY,
    "Retention Item": _MONEY,
    "Retention Run": _MONEY,
    "Settlement": _WITH_PROVIDER,
    "Signed Cash List": _WITH_PROVIDER,
    "Support Case": _WITH_BOTH,
    "Treasury Drawdown": _MONEY,
    "Treasury Return": _MONEY,
    "Unit Move": _REGISTRY,
}
# Police and outreach see a case of their units only where they were asked or have opened it; the fence's cases
# are the office's.
ASKED_ONLY = {"Support Case": ("Police Officer", "Outreach Officer")}
# What of the app whoever comes may call: it answers everybody alike.
OPEN_TO_ALL = {"gate.guards.ask_new_password"}
# Public knowledge, the law, and what has no area of its own.
NEUTRAL = {
    "Administrative Unit", "An Sinh Settings", "Benefit Category", "Benefit Programme", "Legal Instrument",
    "Paying Office", "Payment Service Provider", "Personal Data Field", "Personal Data Log Seal",
    "Provider File Profile", "Rate Version", "Retention Rule", "Support Case Kind", "Unit Reform",
}  # fmt: skip


@cache
def doctypes() -> dict[str, dict]:
    """Every DocType of the app, as its file says."""
    found = (json.loads(path.read_text()) for path in APP.glob("*/doctype/*/*.json"))
    return {doc["name"]: doc for doc in found if doc.get("doctype") == "DocType"}


@cache
def reports() -> list[dict]:
    """Every report of the app, as its file says."""
    return sorted((json.loads(path.read_text()) for path in APP.glob("*/report/*/*.json")), key=lambda one: one["name"])


@cache
def rows_of(doctype: str) -> tuple[dict, ...]:
    return tuple(doctypes()[doctype].get("permissions", ()))


def roles(doctype: str) -> set[str]:
    """Roles with any row of rights on a DocType."""
    return {row["role"] for row in rows_of(doctype)}


def tables(doctype: str) -> list[dict]:
    """The fields of a DocType that hold tables."""
    return [field for field in doctypes()[doctype]["fields"] if field["fieldtype"].startswith("Table")]


def may(role: str | None, doctype: str, right: str, own: bool = False) -> bool:
    """Whether a role has a right on a DocType, whatever the row; `own`: or on what its holder made himself."""
    return any(
        row["role"] == role and not row.get("permlevel") and row.get(right) and (own or not row.get("if_owner"))
        for row in rows_of(doctype)
    )


def levels(role: str | None, doctype: str) -> set[int]:
    """Permission levels a role reads."""
    return {row.get("permlevel") or 0 for row in rows_of(doctype) if row["role"] == role and row.get("read")}


def hidden(role: str | None, doctype: str) -> list[dict]:
    """Fields of a DocType that a role does not see."""
    seen = levels(role, doctype) | {0}
    return [field for field in doctypes()[doctype]["fields"] if (field.get("permlevel") or 0) not in seen]


def hidden_in(role: str | None, doctype: str, table: str) -> list[dict]:
    """Fields of a table in a DocType that a role does not see there."""
    seen = levels(role, doctype) | {0}
    return [field for field in doctypes()[table]["fields"] if (field.get("permlevel") or 0) not in seen]


def sees(persona: str, doctype: str) -> str:
    """The sides whose rows of a guarded DocType the persona lists and opens."""
    role, _areas, sides = PERSONAS[persona]
    if not may(role, doctype, "read") or KINDS[role] not in SCOPES[doctype]:
        return ""
    return "" if role in ASKED_ONLY.get(doctype, ()) else sides


def row(side: str, doctype: str) -> str:
    """The name of the fence's row of a DocType on a side."""
    return f"ROW-{side}-{doctype}"


def searched() -> list[str]:
    """The guarded DocTypes whose rows the search in everything finds."""
    return [one for one in sorted(SCOPES) if any(f.get("in_global_search") for f in doctypes()[one]["fields"])]


def text(side: str, fieldname: str) -> str:
    """What an open text of the fence's row holds: on side C markup and a template too."""
    return f"ROW-{side} {fieldname}" + (TEMPLATE if side == "C" else "")


def secret(side: str, doctype: str, fieldname: str) -> str:
    """What a hidden field of the fence's row holds."""
    return f"{side}{doctypes()[doctype]['name'][:3]}{fieldname}zq"
