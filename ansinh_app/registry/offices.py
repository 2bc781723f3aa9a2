"""Which office pays the people of a unit, and which month it pays next."""

from datetime import date

import frappe
from frappe.utils import getdate, nowdate

from ansinh_app.core.months import Month
from ansinh_app.registry.units import unit_tree


def office_of(unit: str, day: date | None = None) -> str | None:
    """The unit's own paying office on the day (default: today), else the nearest above; None when it is not plain."""
    day = getdate(day or nowdate())
    offices = frappe.get_all(
        "Paying Office", fields=["name", "administrative_unit", "starts_on", "ends_on"], order_by="name"
    )
    paying = [office for office in offices if pays_on(office, day)]
    for above in unit_tree().above(unit):
        here = [office.name for office in paying if office.administrative_unit == above]
        if here:
            return here[0] if len(here) == 1 else None
    return offices[0].name if len(offices) == 1 else None


def pays_on(office, day: date) -> bool:
    """Whether the office (its starts_on and ends_on) works on the day."""
    if office.starts_on and getdate(office.starts_on) > day:
        return False
    return not office.ends_on or getdate(office.ends_on) >= day


def next_month(office: str) -> Month | None:
    """The month after the last one the office has prepared, not before it began; None when nothing tells."""
    prepared = frappe.db.get_value(
        "Payout Period", {"office": office, "status": ["!=", "Open"]}, "month", order_by="month desc"
    )
    starts = frappe.db.get_value("Paying Office", office, "starts_on")
    known = [Month.of(getdate(prepared)) + 1] if prepared else []
    known += [Month.of(getdate(starts))] if starts else []
    return max(known, default=None)
