"""Account coverage by commune: how many draw benefits, how many have an account (the Bình Sơn letter)."""

from dataclasses import dataclass, field

import frappe
from frappe import _

from ansinh_app.core.coverage import coverage, totals
from ansinh_app.permissions import allowed_units
from ansinh_app.utils.reports import (
    Communes,
    claims_in_force,
    communes_for,
    counted_for,
    duty_day,
    office_unit,
)


@dataclass
class _Count:
    people: set = field(default_factory=set)
    with_account: set = field(default_factory=set)
    cash_with_reason: set = field(default_factory=set)


def execute(filters=None):
    """Columns, rows, message, chart, summary. Counts of people by commune; no name leaves it.

    Filters: `as_of` (day, default today or an ended office's last), `office`, `programme`,
    `units` (as on the day, or Today: the successors of merged communes).
    The last row is the total.
    """
    filters = frappe._dict(filters or {})
    as_of = duty_day(filters.as_of, filters.office)
    communes = communes_for(filters, as_of)
    counts = _counts(filters, as_of, communes)
    table = coverage((unit, len(count.people), len(count.with_account)) for unit, count in counts.items())
    rows = [
        {"no": number, **_row(line, communes.title(line.commune), counts[line.commune])}
        for number, line in enumerate(table, start=1)
    ]
    message = _("People with a benefit in force on {0}").format(as_of.strftime("%d/%m/%Y"))
    if not rows:
        return _columns(), [], message, None, []
    total = {"no": None, **_row(totals(table), _("Total"), None), "bold": 1}
    return _columns(), [*rows, total], message, _chart(rows), _summary(total, rows)


def _counts(filters, as_of, communes: Communes) -> dict[str, _Count]:
    """People by commune of the reader's area; a commune without anybody stands there with nothing."""
    seen, admits = allowed_units(), counted_for()
    area = communes.below(office_unit(filters.office)) if filters.office or seen is not None else []
    counts = {unit: _Count() for unit in area if seen is None or unit in seen}
    for claim in claims_in_force(as_of, filters.office, filters.programme):
        if not admits(claim.office, claim.unit):
            continue
        count = counts.setdefault(communes.of(claim.unit) or "", _Count())
        count.people.add(claim.beneficiary)
        if claim.has_account:
            count.with_account.add(claim.beneficiary)
        elif claim.cash_reason:
            count.cash_with_reason.add(claim.beneficiary)
    return counts


def _row(line, title: str, count: _Count | None) -> dict:
    cash = len(count.cash_with_reason - count.with_account) if count else 0
    note = ""
    if count and not line.total:
        note = _("Nobody draws benefits")
    elif cash:
        note = _("{0} people paid in cash for a reason").format(cash)
    return {
        "commune": title,
        "total": line.total,
        "with_account": line.with_account,
        "percent": float(line.percent),
        "left": line.total - line.with_account,
        "note": note,
    }


def _columns() -> list[dict]:
    return [
        {"fieldname": "no", "label": _("No."), "fieldtype": "Int", "width": 60},
        {"fieldname": "commune", "label": _("Commune"), "fieldtype": "Data", "width": 200},
        {"fieldname": "total", "label": _("Total People"), "fieldtype": "Int", "width": 130},
        {"fieldname": "with_account", "label": _("With an Account"), "fieldtype": "Int", "width": 150},
        {
            "fieldname": "percent",
            "label": _("Rate (%)"),
            "fieldtype": "Float",
            "precision": 2,
            "width": 110,
        },
        {"fieldname": "left", "label": _("Without an Account"), "fieldtype": "Int", "width": 110},
        {"fieldname": "note", "label": _("Note"), "fieldtype": "Data", "width": 260},
    ]


def _chart(rows: list[dict]) -> dict:
    return {
        "data": {
            "labels": [row["commune"] for row in rows],
            "datasets": [{"name": _("Rate (%)"), "values": [row["percent"] for row in rows]}],
        },
        "type": "bar",
        "colors": ["#2490ef"],
        "fieldtype": "Float",
    }


def _summary(total: dict, rows: list[dict]) -> list[dict]:
    under = sum(1 for row in rows if row["percent"] < 5 and row["total"])
    return [
        {"value": total["total"], "label": _("Total People"), "datatype": "Int", "indicator": "Blue"},
        {
            "value": total["with_account"],
            "label": _("With an Account"),
            "datatype": "Int",
            "indicator": "Green",
        },
        {"value": total["percent"], "label": _("Rate"), "datatype": "Percent", "indicator": "Green"},
        {"value": under, "label": _("Communes under 5 %"), "datatype": "Int", "indicator": "Red"},
    ]
