"""Loading the law: instruments, programmes, categories and the submitted rate versions."""

import re
from itertools import chain

import frappe

from ansinh_app.setup.tables import insert, insert_missing, read

PROGRAMMES = {
    "BTXH": ("Trợ giúp xã hội", "Trợ cấp xã hội hằng tháng theo Điều 5 Nghị định 20/2021/NĐ-CP"),
    "CARE": (
        "Hỗ trợ chăm sóc, nuôi dưỡng",
        "Kinh phí chăm sóc, nuôi dưỡng hằng tháng theo Điều 20 Nghị định 20/2021/NĐ-CP",
    ),
    "HTXH": ("Trợ cấp hưu trí xã hội", "Trợ cấp hưu trí xã hội theo Nghị định 176/2025/NĐ-CP"),
    "NCC": ("Người có công", "Trợ cấp, phụ cấp ưu đãi người có công với cách mạng"),
    "LCS": (
        "Lương cơ sở",
        "Mức lương cơ sở, để tính mai táng phí người có công; không chi trả theo chương trình này",
    ),
}
# The general wording of every row of social assistance, so that no row stands out (the HIV rule).
NEUTRAL_TITLE = "Đối tượng bảo trợ xã hội"


def load_instruments() -> dict[str, int]:
    """Legal instruments, from legal_instruments.csv."""
    return insert_missing(
        "Legal Instrument",
        (
            (
                row["number"],
                {
                    "number": row["number"],
                    "title": row["title_vi"],
                    "issuer": row["issuer"],
                    "signed_on": row["signed_on"],
                    "effective_on": row["effective_on"],
                    "replaces": row["replaces"],
                    "certainty": row["certainty"],
                },
            )
            for row in read("legal_instruments")
        ),
    )

# Before Tết, after a disaster or in an epidemic people of merit may be paid two months at once. Nothing we know says so
# of social assistance: an office that holds a decision enters it on the programme.
EARLY = {
    "NCC": {"months_early": 1, "early_basis": "TT 44/2022/TT-BTC Đ8.3", "early_certainty": "law"},
}


def load_programmes() -> dict[str, int]:
    """The programmes; their titles are the neutral wording of their lists."""
    return insert_missing(
        "Benefit Programme",
        (
            (
                code,
                {"programme_code": code, "title": title, "description": description, **EARLY.get(code, {})},
            )
            for code, (title, description) in PROGRAMMES.items()
        ),
    )


def load_categories() -> dict[str, int]:
    """Monthly categories from benefit_categories.csv, one-off grants from one_off_grants.csv."""
    monthly = ((row["code"], _monthly(row)) for row in read("benefit_categories"))
    one_off = ((row["code"], _one_off(row)) for row in read("one_off_grants"))
    return insert_missing("Benefit Category", chain(monthly, one_off))


def _monthly(row: dict) -> dict:
    """A category paid every month; one with a neutral title of its own is sensitive."""
    worded_alike = NEUTRAL_TITLE if row["programme"] in ("BTXH", "CARE") else None
    return {
        "category_code": row["code"],
        "title": row["title_vi"],
        "programme": row["programme"],
        "band_group": row["band_group"],
        "neutral_title": row["neutral_title_vi"] or worded_alike,
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


def _one_off(row: dict) -> dict:
    """What is granted once, on an event."""
    return {
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


def load_rate_versions() -> dict[str, int]:
    """Submitted rate versions with their lines. A version none of whose amounts is in the data is left out."""
    made = 0
    for version, lines in shipped_versions():
        if not lines or frappe.db.exists("Rate Version", _same_version(version) | {"docstatus": ["<", 2]}):
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


def shipped_versions() -> list[tuple[dict, list[dict]]]:
    """The rows of rate_versions.csv, each with the lines of its levels.

    A row's end is the category's own end only in the middle of a version: BTXH-05B and 05C on 30/06/2025.
    """
    levels = read("coefficients") + read("fixed_amounts") + read("one_off_rates")
    articles = {
        row["code"]: row["law_article"] for row in read("benefit_categories") + read("one_off_grants")
    }
    return [
        (
            version,
            [
                _line(version, row, articles)
                for row in levels
                if row["programme"] == version["programme"] and _overlap(version, row)
            ],
        )
        for version in read("rate_versions")
    ]


def add_missing_lines() -> int:
    """Give shipped versions the levels a later release knows of categories the version did not name at all.

    What a decided version says never changes: lines are only added, to a version still of the decree it was
    loaded from, and for kinds of grant that did not exist when it was loaded. Returns how many.
    """
    made = 0
    for version, lines in shipped_versions():
        filters = _same_version(version) | {"docstatus": 1, "legal_instrument": version["legal_instrument"]}
        name = frappe.db.get_value("Rate Version", filters, "name")
        if not name:
            continue
        document = frappe.get_doc("Rate Version", name)
        named = {line.category for line in document.lines}
        missing = [line for line in lines if line["category"] not in named and _is_one_off(line["category"])]
        for line in missing:
            document.append("lines", {**line, "docstatus": 1}).db_insert()
        if missing:
            # A new stamp, so that the law is read anew.
            document.db_set("certainty", document.certainty)
        made += len(missing)
    return made


def _same_version(version: dict) -> dict:
    return {
        "programme": version["programme"],
        "effective_from": version["counts_from"],
        "administrative_unit": ["is", "not set"],
    }


def _is_one_off(category: str) -> bool:
    return frappe.db.get_value("Benefit Category", category, "kind") == "One-off"


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
