"""Who is late: the communes' reports of a month, those not confirmed first."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.months import Month
from ansinh_app.registry.units import unit_tree
from ansinh_app.utils import report_frame as frame


def execute(filters=None):
    """Columns, rows, message, chart, summary of a month's Commune Reports that the reader may list.

    Filters: `month` (default: the one just past), `office`. Days late count until the confirmation, or today.
    """
    filters = frappe._dict(filters or {})
    now = getdate(nowdate())
    month = Month.of(getdate(filters.month)) if filters.month else _last_month(now, filters.office)
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
    return frame.answer(_columns(), rows, message, _chart(rows), summary)


def _last_month(now, office: str | None) -> Month:
    """The month just past; where nobody reports on it any more (or yet), the last that has reports."""
    wanted = {"month": ["<", Month.of(now).first_day]} | ({"office": office} if office else {})
    found = frappe.get_list(
        "Commune Report", wanted, pluck="month", order_by="month desc", limit_page_length=1
    )
    return Month.of(getdate(found[0])) if found else Month.of(now) - 1


def _chart(rows: list[dict]) -> dict | None:
    """How many came in time, came late, are still awaited, or are late and still not there."""
    states = {_("In Time"): 0, _("Came Late"): 0, _("Awaited"): 0, _("Late"): 0}
    for row in rows:
        late = row["days_late"] > 0
        states[(_("Late") if late else _("Awaited")) if row["open"] else _("Came Late") if late else _("In Time")] += 1
    return frame.bars(list(states), {_("Communes"): list(states.values())})


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
