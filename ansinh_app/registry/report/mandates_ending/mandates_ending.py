"""Mandates that end soon or have ended while their people still draw benefits: who has to be renewed, and where."""

from collections import Counter

import frappe
from frappe import _
from frappe.utils import cint, getdate, nowdate

from ansinh_app.core import mandates as core
from ansinh_app.registry import mandates
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import Communes
from ansinh_app.utils.terms import WARNED_BEFORE

_WHY = {
    "Term": (core.TERM,),
    "Age": (core.TURNS_16, core.TURNS_18),
    "Revoked": (core.REVOKED,),
    "Ended Already": (core.ENDED,),
}
_CHUNK = 500


def execute(filters=None):
    """Columns, rows, message, chart, summary: people of the reader's area, the first to end on top.

    Filters: `as_of` (day, default today), `days` ahead (default 60), `office`, `administrative_unit`, `why`.
    """
    filters = frappe._dict(filters or {})
    as_of = getdate(filters.as_of or nowdate())
    days = cint(filters.days) or WARNED_BEFORE[0]
    communes = Communes(as_of)
    found = [row for row in mandates.ending(as_of, days) if _wanted(row, filters, communes, as_of)]
    seen = _readable([row.parent for row in found])
    paid = _paid_through([row for row in found if row.parent in seen])
    rows = [_row(row, communes, as_of, paid) for row in found if row.parent in seen]
    message = _("Mandates that end within {0} days of {1}, or have ended and were not renewed").format(
        days, as_of.strftime("%d/%m/%Y")
    )
    return frame.answer(_columns(), rows, message, _chart(rows), _summary(rows))


def _wanted(row, filters, communes: Communes, as_of) -> bool:
    if filters.office and row.office != filters.office:
        return False
    if filters.administrative_unit and filters.administrative_unit not in communes.tree.above(row.administrative_unit):
        return False
    if filters.why == "Ended Already":
        return row.last_day < as_of
    return not filters.why or row.why in _WHY.get(filters.why, ())


def _readable(names: list[str]) -> set[str]:
    """Those of the people whom the reader may list."""
    names, found = sorted(set(names)), set()
    for start in range(0, len(names), _CHUNK):
        found |= set(
            frappe.get_list(
                "Beneficiary",
                filters={"name": ["in", names[start : start + _CHUNK]]},
                pluck="name",
                limit_page_length=0,
            )
        )
    return found


def _paid_through(rows: list) -> set[tuple[str, str]]:
    """(person, representative) where a decision in force pays through the representative."""
    names, found = sorted({row.parent for row in rows}), set()
    for start in range(0, len(names), _CHUNK):
        held = frappe.get_all(
            "Entitlement",
            filters={"beneficiary": ["in", names[start : start + _CHUNK]], "docstatus": 1, "payee_type": ["!=", "Self"]},
            or_filters=[["effective_to", "is", "not set"], ["effective_to", ">=", nowdate()]],
            fields=["beneficiary", "representative"],
            limit_page_length=0,
        )
        found |= {(row.beneficiary, row.representative) for row in held}
    return found


def _row(row, communes: Communes, as_of, paid: set) -> dict:
    return {
        "beneficiary": row.parent,
        "full_name": row.full_name,
        "commune": communes.title(communes.of(row.administrative_unit)),
        "village": row.village,
        "representative_name": row.representative_name,
        "capacity": _(row.capacity),
        "basis": row.basis,
        "last_day": row.last_day,
        "days_left": (row.last_day - as_of).days,
        "why": mandates.why(row.why),
        "paid_through": _("Yes") if (row.parent, row.representative) in paid else _("No"),
    }


def _columns() -> list[dict]:
    return [
        {"fieldname": "beneficiary", "label": _("Beneficiary"), "fieldtype": "Link", "options": "Beneficiary", "width": 130},
        {"fieldname": "full_name", "label": _("Full Name"), "fieldtype": "Data", "width": 170},
        {"fieldname": "commune", "label": _("Commune"), "fieldtype": "Data", "width": 140},
        {"fieldname": "village", "label": _("Village"), "fieldtype": "Data", "width": 110},
        {"fieldname": "representative_name", "label": _("Representative"), "fieldtype": "Data", "width": 170},
        {"fieldname": "capacity", "label": _("Capacity"), "fieldtype": "Data", "width": 110},
        {"fieldname": "basis", "label": _("Basis"), "fieldtype": "Data", "width": 120},
        {"fieldname": "last_day", "label": _("Last Day"), "fieldtype": "Date", "width": 100},
        {"fieldname": "days_left", "label": _("Days Left"), "fieldtype": "Int", "width": 90},
        {"fieldname": "why", "label": _("Reason"), "fieldtype": "Data", "width": 150},
        {"fieldname": "paid_through", "label": _("Paid Through Representative"), "fieldtype": "Data", "width": 110},
    ]  # fmt: skip


def _chart(rows: list[dict]) -> dict | None:
    counts = Counter(row["commune"] for row in rows)
    if not counts:
        return None
    places = [place for place, _many in counts.most_common(12)]
    return {
        "data": {
            "labels": places,
            "datasets": [{"name": _("Mandates"), "values": [counts[place] for place in places]}],
        },
        "type": "bar",
        "colors": ["#ECAD4B"],
        "fieldtype": "Int",
    }


def _summary(rows: list[dict]) -> list[dict]:
    ended = sum(row["days_left"] < 0 for row in rows)
    soon = sum(0 <= row["days_left"] <= WARNED_BEFORE[1] for row in rows)
    shown = (
        (ended, _("Ended"), "Red"),
        (soon, _("End Within {0} Days").format(WARNED_BEFORE[1]), "Orange"),
        (len(rows) - ended - soon, _("End Later"), "Blue"),
    )
    return [
        {"value": many, "label": label, "datatype": "Int", "indicator": color} for many, label, color in shown
    ]
