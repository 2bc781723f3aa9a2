"""Loading the law: instruments, programmes, categories and the submitted rate versions."""

import re

import frappe

from ansinh_app.setup.tables import existing, insert, read

PROGRAMMES = {
    "BTXH": ("Trợ giúp xã hội", "Trợ cấp xã hội hằng tháng theo Điều 5 Nghị định 20/2021/NĐ-CP"),
    "CARE": (
        "Hỗ trợ chăm sóc, nuôi dưỡng",
        "Kinh phí chăm sóc, nuôi dưỡng hằng tháng theo Điều 20 Nghị định 20/2021/NĐ-CP",
    ),
    "HTXH": ("Trợ cấp hưu trí xã hội", "Trợ cấp hưu trí xã hội theo Nghị định 176/2025/NĐ-CP"),
    "NCC": ("Người có công", "Trợ cấp, phụ cấp ưu đãi người có công với cách mạng"),
    "LCS": ("Lương cơ sở", "Mức lương cơ sở, để tính mai táng phí người có công; không chi trả theo chương trình này"),
}
# The general wording of every row of social assistance, so that no row stands out (the HIV rule).
NEUTRAL_TITLE = "Đối tượng bảo trợ xã hội"


def load_instruments() -> dict[str, int]:
    """Legal instruments, from legal_instruments.csv."""
    known = existing("Legal Instrument")
    rows = [row for row in read("legal_instruments") if row["number"] not in known]
    for row in rows:
        insert(
            {
                "doctype": "Legal Instrument",
                "number": row["number"],
                "title": row["title_vi"],
                "issuer": row["issuer"],
                "signed_on": row["signed_on"],
                "effective_on": row["effective_on"],
                "replaces": row["replaces"],
                "certainty": row["certainty"],
            }
        )
    return {"Legal Instrument": len(rows)}


def load_programmes() -> dict[str, int]:
    """The programmes; their titles are the neutral wording of their lists."""
    known = existing("Benefit Programme")
    rows = [code for code in PROGRAMMES if code not in known]
    for code in rows:
        title, description = PROGRAMMES[code]
        insert(
            {
                "doctype": "Benefit Programme",
                "programme_code": code,
                "title": title,
                "description": description,
            }
        )
    return {"Benefit Programme": len(rows)}


def load_categories() -> dict[str, int]:
    """Benefit categories, from benefit_categories.csv; one with a neutral title of its own is sensitive."""
    known = existing("Benefit Category")
    rows = [row for row in read("benefit_categories") if row["code"] not in known]
    for row in rows:
        insert(
            {
                "doctype": "Benefit Category",
                "category_code": row["code"],
                "title": row["title_vi"],
                "programme": row["programme"],
                "band_group": row["band_group"],
                "neutral_title": row["neutral_title_vi"]
                or (NEUTRAL_TITLE if row["programme"] in ("BTXH", "CARE") else None),
                "sensitive": 1 if row["neutral_title_vi"] else 0,
                "certainty": row["certainty"],
                "age_from": int(row["age_from"] or 0),
                "age_to": int(row["age_to_exclusive"] or 0),
                "no_age_limit": 0 if row["age_to_exclusive"] else 1,
                "per_child": int(row["per_child"] or 0),
                "payee": row["payee"],
                "stack_rule": row["stack_rule"],
                "law_article": row["law_article"],
                "form_no": row["form_no"],
                "conditions": row["conditions_vi"],
            }
        )
    return {"Benefit Category": len(rows) + _load_one_off_grants(known)}


def _load_one_off_grants(known: set[str]) -> int:
    """What is granted once, on an event, from one_off_grants.csv."""
    rows = [row for row in read("one_off_grants") if row["code"] not in known]
    for row in rows:
        insert(
            {
                "doctype": "Benefit Category",
                "category_code": row["code"],
                "title": row["title_vi"],
                "programme": row["programme"],
                "kind": "One-off",
                "band_group": row["once_group"],
                "neutral_title": row["title_vi"],
                "certainty": row["certainty"],
                "no_age_limit": 1,
                "per_child": int(row["per_count"] or 0),
                "payee": "beneficiary",
                "stack_rule": "separate",
                "basis": row["basis"],
                "rate_programme": row["rate_programme"],
                "needs_death": int(row["needs_death"] or 0),
                "law_article": row["law_article"],
            }
        )
    return len(rows)


def load_rate_versions() -> dict[str, int]:
    """Submitted rate versions with their lines. A version none of whose amounts is in the data is left out.

    A row's end is the category's own end only in the middle of a version: BTXH-05B and 05C on 30/06/2025.
    """
    levels = read("coefficients") + read("fixed_amounts") + read("one_off_rates")
    articles = {
        row["code"]: row["law_article"] for row in read("benefit_categories") + read("one_off_grants")
    }
    made = 0
    for version in read("rate_versions"):
        key = {
            "programme": version["programme"],
            "effective_from": version["counts_from"],
            "administrative_unit": ["is", "not set"],
            "docstatus": ["<", 2],
        }
        lines = [
            _line(version, row, articles)
            for row in levels
            if row["programme"] == version["programme"] and _overlap(version, row)
        ]
        if not lines or frappe.db.exists("Rate Version", key):
            continue
        doc = insert(
            {
                "doctype": "Rate Version",
                "programme": version["programme"],
                "effective_from": version["counts_from"],
                "signed_on": version["signed_on"],
                "in_force_on": version["in_force_on"],
                "base_amount": int(version["base_amount"]),
                "legal_instrument": version["legal_instrument"],
                "certainty": version["certainty"],
                "lines": lines,
            }
        )
        doc.flags.ignore_permissions = True
        doc.submit()
        made += 1
    return {"Rate Version": made}


def _overlap(version: dict, row: dict) -> bool:
    return (row["effective_to"] or "9999") >= version["effective_from"] and row["effective_from"] <= (
        version["effective_to"] or "9999"
    )


def _line(version: dict, row: dict, articles: dict[str, str | None]) -> dict:
    ends_on = row["effective_to"]
    if ends_on and ends_on >= (version["effective_to"] or "9999"):
        # The row ends with its version or outlives it: the next version says what is granted then.
        ends_on = None
    return {
        "category": row["category_code"],
        "coefficient": float(row["coefficient"]) if row.get("coefficient") else None,
        "amount": int(row["amount"]) if row.get("amount") else None,
        "law_article": row.get("law_article") or _annex(version, articles[row["category_code"]]),
        "ends_on": ends_on,
        "certainty": row["certainty"],
    }


def _annex(version: dict, article: str | None) -> str:
    """The article in this version's decree: the annexes kept their numbers from one decree to the next."""
    annex = re.search(r"PL\s+\S+", article or "")
    number, _, _ = version["legal_instrument"].rpartition("/")
    return " ".join(part for part in (f"NĐ {number}", annex and annex.group(0)) if part)
