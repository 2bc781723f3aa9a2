"""The obstacles of a month in figures: cases opened, answered, still open and overdue, by commune and kind."""

from collections import defaultdict
from datetime import datetime, time

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate, nowdate

from ansinh_app.core.months import Month
from ansinh_app.utils.reports import Communes, counted_for

FIGURES = ("opened", "answered", "still_open", "overdue")


def figures(month: Month, office: str | None = None, admits=None) -> dict[str, dict]:
    """{"commune": {unit: counts}, "kind": {kind: counts}, "total": counts} of the cases known in the month.

    Still open is what had no answer at the end of the month (now, where it still runs), overdue what of it was due
    by then. `admits(office, unit)` says which cases count; by default those the reader may have in a sum.
    """
    admits = admits or counted_for()
    end = min(month.last_day, getdate(nowdate()))
    first, last = datetime.combine(month.first_day, time.min), datetime.combine(month.last_day, time.max)
    communes = Communes(month.last_day)
    found = {name: defaultdict(lambda: dict.fromkeys(FIGURES, 0)) for name in ("commune", "kind")}
    total = dict.fromkeys(FIGURES, 0)
    filters = {"opened_on": ["<=", last]} | ({"office": office} if office else {})
    for row in frappe.get_all(
        "Support Case",
        filters=filters,
        or_filters=[
            ["answered_on", "is", "not set"],
            ["answered_on", ">=", first],
            ["opened_on", ">=", first],
        ],
        fields=["office", "administrative_unit", "kind", "opened_on", "answered_on", "due_on", "status"],
        limit_page_length=0,
    ):
        if not admits(row.office, row.administrative_unit):
            continue
        answered = get_datetime(row.answered_on) if row.answered_on and row.status != "Reopened" else None
        waits = answered is None or answered > last
        counts = {
            "opened": get_datetime(row.opened_on) >= first,
            "answered": answered is not None and first <= answered <= last,
            "still_open": waits,
            "overdue": waits and bool(row.due_on) and getdate(row.due_on) < end,
        }
        places = (total, found["commune"][communes.of(row.administrative_unit)], found["kind"][row.kind])
        for place in places:
            for name, counted in counts.items():
                place[name] += counted
    return {**found, "total": total}


def shown(month: Month, found: dict[str, dict], by: str) -> list[tuple[str, dict]]:
    """(label, counts) by commune or kind, in the order of their codes."""
    if by == "kind":
        titles = dict(frappe.get_all("Support Case Kind", fields=["name", "title"], as_list=True))
        return [(titles.get(kind, kind), found["kind"][kind]) for kind in sorted(found["kind"])]
    communes = Communes(month.last_day)
    units = sorted(found["commune"], key=lambda unit: (unit is None, communes.code(unit)))
    return [(communes.title(unit) if unit else _("No commune"), found["commune"][unit]) for unit in units]
