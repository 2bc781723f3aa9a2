"""Whose a Support Case is within an area: police and outreach see what they are asked or have opened themselves."""

import frappe

from ansinh_app import permissions
from ansinh_app.outreach.agencies import OUTREACH, POLICE

_ASKED_ONLY = {"Police Officer": POLICE, "Outreach Officer": OUTREACH}
_SEE_ALL = {
    "System Manager", "Social Affairs Officer", "Social Affairs Manager", "Commune Officer", "Bank Officer",
    "Post Office Clerk", "Auditor",
}  # fmt: skip


def query_conditions(user: str | None = None, doctype: str | None = None) -> str:
    """Hook `permission_query_conditions` of Support Case."""
    user = user or frappe.session.user
    area = permissions.query_conditions(user, doctype or "Support Case")
    agencies = _asked_only(user)
    if agencies is None:
        return area
    listed = ", ".join(frappe.db.escape(agency) for agency in agencies)
    table = "`tabSupport Case`"
    own = f"({table}.`agency` in ({listed}) or {table}.`opened_agency` in ({listed}))" if agencies else "1=0"
    return f"({area}) and {own}" if area else own


def has_permission(doc, ptype: str | None = None, user: str | None = None, debug: bool = False) -> bool:
    """Hook `has_permission` of Support Case."""
    if not permissions.has_permission(doc, ptype, user, debug):
        return False
    agencies = _asked_only(user or frappe.session.user)
    if agencies is None or (ptype == "create" and doc.is_new()):
        return True
    stored = doc if doc.is_new() else frappe.db.get_value(
        "Support Case", doc.name, ["agency", "opened_agency"], as_dict=True
    )  # fmt: skip
    return bool(stored) and bool({stored.get("agency"), stored.get("opened_agency")} & agencies)


def _asked_only(user: str) -> frozenset[str] | None:
    """The agencies whose cases alone the user sees; None for those whose area says it all."""
    roles = set(frappe.get_roles(user))
    if user == "Administrator" or roles & _SEE_ALL:
        return None
    return frozenset(agency for role, agency in _ASKED_ONLY.items() if role in roles)
