"""The law as documents, read into the core's `Law`: categories and submitted rate versions."""

from decimal import Decimal

import frappe
from frappe.utils import cint, getdate

from ansinh_app.core import law as core
from ansinh_app.core import money

# "Tối đa không quá 22 tuổi" (NĐ 20/2021 Đ5.2) can be read as 22 or as the end of it: An Sinh Settings decides.
_STUDYING = "BTXH-02"

# The last law read, per site: (stamp of the documents, Law). A run asks for it thousands of times.
_read: dict[str, tuple[tuple, core.Law]] = {}


def load_law() -> core.Law:
    """The law as it stands on this site; read anew when a category, a rate version or a setting has changed."""
    study_until = cint(frappe.db.get_single_value("An Sinh Settings", "study_age_limit"))
    stamp = (*(_stamp(doctype) for doctype in ("Rate Version", "Benefit Category")), study_until)
    known = _read.get(frappe.local.site)
    if known and known[0] == stamp:
        return known[1]
    law = core.Law(_categories(study_until), _versions())
    _read[frappe.local.site] = (stamp, law)
    return law


def coefficient_of(value) -> Decimal | None:
    """A coefficient as the decree writes it: databases hold 2.5 as a float, three decimals are enough.

    >>> coefficient_of(2.5000000000000004)
    Decimal('2.5')
    """
    if not value:
        return None
    return Decimal(str(round(float(value), 3))).normalize()


def _stamp(doctype: str) -> tuple:
    rows = frappe.get_all(
        doctype, fields=["count(name) as number", "sum(docstatus) as decided", "max(modified) as stamp"]
    )
    return (rows[0].number, str(rows[0].decided), str(rows[0].stamp))


def _categories(study_until: int) -> list[core.Category]:
    rows = frappe.get_all(
        "Benefit Category",
        fields=[
            "name",
            "programme",
            "band_group",
            "title",
            "neutral_title",
            "sensitive",
            "age_from",
            "age_to",
            "no_age_limit",
            "per_child",
            "payee",
            "stack_rule",
            "law_article",
            "kind",
            "basis",
            "rate_programme",
        ],
        order_by="name asc",
    )
    for row in rows:
        if row.name == _STUDYING and study_until:
            row.age_to = study_until
    return [_category(row) for row in rows]


def _category(row) -> core.Category:
    age_to = None if row.no_age_limit else (row.age_to or None)
    # 0 without an upper age is no age rule at all; 0 to 4 is one.
    age_from = row.age_from if (row.age_from or age_to) else None
    return core.Category(
        code=row.name,
        programme=row.programme,
        band_group=row.band_group or None,
        title=row.title,
        neutral_title=row.neutral_title or "",
        sensitive=bool(row.sensitive),
        age_from=age_from,
        age_to=age_to,
        per_child=bool(row.per_child),
        payee=row.payee or "beneficiary",
        stack_rule=row.stack_rule,
        article=row.law_article or "",
        kind=row.kind or core.MONTHLY,
        basis=row.basis or core.OF_BASE,
        rate_programme=row.rate_programme or None,
    )


def _versions() -> list[core.RateVersion]:
    versions = frappe.get_all(
        "Rate Version",
        filters={"docstatus": 1},
        fields=[
            "name",
            "programme",
            "effective_from",
            "in_force_on",
            "base_amount",
            "legal_instrument",
            "administrative_unit",
            "certainty",
        ],
        order_by="effective_from asc, name asc",
    )
    lines: dict[str, dict[str, core.RateLine]] = {version.name: {} for version in versions}
    rows = frappe.get_all(
        "Rate Version Line",
        filters={"parenttype": "Rate Version", "docstatus": 1},
        fields=["parent", "category", "coefficient", "amount", "law_article", "ends_on", "certainty"],
        order_by="parent asc, idx asc",
    )
    for row in rows:
        if row.parent in lines:
            lines[row.parent][row.category] = _line(row)
    return [_version(version, lines[version.name]) for version in versions]


def _line(row) -> core.RateLine:
    return core.RateLine(
        category=row.category,
        coefficient=coefficient_of(row.coefficient),
        amount=money.as_dong(row.amount) if row.amount else None,
        article=row.law_article or "",
        certainty=row.certainty,
        ends_on=getdate(row.ends_on) if row.ends_on else None,
    )


def _version(row, lines: dict[str, core.RateLine]) -> core.RateVersion:
    return core.RateVersion(
        name=row.name,
        programme=row.programme,
        effective_from=getdate(row.effective_from),
        in_force_on=getdate(row.in_force_on),
        base_amount=money.as_dong(row.base_amount),
        instrument=row.legal_instrument or "",
        unit=row.administrative_unit or None,
        certainty=row.certainty,
        lines=lines,
    )
