"""Who is late: the communes' reports of a month, those not confirmed first."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.months import Month
from ansinh_app.registry.units import unit_tree


def execute(filters=None):
    """Columns, rows, message, chart, summary of a month's Commune Reports that the reader may list.

    Filters: `month` (default: the one just past), `office`. Days late count until the confirmation, or today.
    """
    filters = frappe._dict(filters or {})
    now = getdate(nowdate())
    month = Month.of(getdate(filters.month)) if filters.month else Month.of(now) - 1
    wanted = {"month": month.first_day} | ({"office": filters.office} if filters.office else {})
    units = unit_tree().units
    rows = []
    for row in frappe.get_list(
        "Commune Report",
        filters=wanted,
        fields=["name", "office", "administrative_unit", "status", "due_on", "confirmed_on", "confirmed_by"]
        + ["people", "with_account", "changes_waiting", "uncollected", "obstacles"],
        limit_page_length=0,
    ):
        until = getdate(row.confirmed_on) if row.confirmed_on else now
        unit = units.get(row.administrative_unit)
        rows.append(
            {
                **row,
                "commune": unit.unit_name if unit else row.administrative_unit,
                "code": unit.code if unit else "",
                "report": row.name,
                "status": _(row.status),
                "days_late": max(0, (until - getdate(row.due_on)).days),
                "open": row.status == "Draft",
            }
        )
    rows.sort(key=lambda row: (not row["open"], -row["days_late"], row["code"]))
    late = sum(row["open"] and row["days_late"] > 0 for row in rows)
    summary = [
        {"value": len(rows), "label": _("Communes"), "datatype": "Int", "indicator": "Blue"},
        {
            "value": sum(not row["open"] for row in rows),
            "label": _("Confirmed"),
            "datatype": "Int",
            "indicator": "Green",
        },
        {"value": late, "label": _("Late"), "datatype": "Int", "indicator": "Red"},
    ]
    message = _("Reports of communes for {0}").format(month.label)
    return _columns(), rows, message, None, summary if rows else []


def _columns() -> list[dict]:
    columns = (
        ("commune", _("Commune"), "Data", "", 200),
        ("status", _("Status"), "Data", "", 110),
        ("due_on", _("Due On"), "Date", "", 110),
        ("confirmed_on", _("Confirmed On"), "Datetime", "", 150),
        ("days_late", _("Days Late"), "Int", "", 100),
        ("people", _("People"), "Int", "", 90),
        ("with_account", _("Paid Into an Account"), "Int", "", 120),
        ("changes_waiting", _("Changes Not Decided Yet"), "Int", "", 120),
        ("uncollected", _("Not Paid or Collected in the Month"), "Int", "", 130),
        ("obstacles", _("Obstacles"), "Data", "", 260),
        ("report", _("Report"), "Link", "Commune Report", 210),
    )
    return [
        {"fieldname": name, "label": label, "fieldtype": kind, "width": width}
        | ({"options": to} if to else {})
        for name, label, kind, to, width in columns
    ]
