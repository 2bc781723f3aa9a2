"""Who gets the money at home in a month: by pay point and village, for the post clerk who carries it."""

from collections import Counter

import frappe
from frappe import _

from ansinh_app.core.money import as_dong
from ansinh_app.payee_accounts import home_delivery
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import filter_month


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `month`, `office`, `provider`, `administrative_unit`."""
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month, filters.office)
    periods = {"month": month.first_day, **({"office": filters.office} if filters.office else {})}
    wanted = {"period": ["in", frappe.get_all("Payout Period", filters=periods, pluck="name") or [""]]}
    wanted.update({key: filters[key] for key in ("provider", "administrative_unit") if filters.get(key)})
    rows = home_delivery.lines(wanted)
    message = _("Cash of month {0} for people who can neither come nor be represented").format(month.label)
    summary = [
        {"value": len(rows), "label": _("People"), "datatype": "Int", "indicator": "Blue"},
        frame.figure(_("Amount (đồng)"), sum(as_dong(row.total or 0) for row in rows)),
    ]
    columns = [one for one in _columns() if one["fieldname"] != "reason" or any(row.reason for row in rows)]
    return frame.answer(columns, rows, message, _chart(rows), summary)


def _chart(rows: list) -> dict | None:
    """How many people each pay point carries money to."""
    points = Counter(row.pay_point or _("No pay point") for row in rows)
    return frame.bars(list(points), {_("People"): list(points.values())})


def _columns() -> list[dict]:
    texts = (
        ("pay_point", _("Pay Point"), 180), ("commune", _("Commune"), 160), ("village", _("Village"), 120),
        ("full_name", _("Full Name"), 180), ("payee_name", _("Payee"), 180), ("address", _("Address"), 200),
        ("phone", _("Phone"), 120), ("reason", _("Reason"), 200), ("status_label", _("Status"), 110),
    )  # fmt: skip
    columns = [{"fieldname": name, "label": label, "fieldtype": "Data", "width": width} for name, label, width in texts]
    amount = {"fieldname": "total", "label": _("Amount"), "fieldtype": "Currency", "options": "VND", "width": 130}
    return [*columns[:5], amount, *columns[5:]]
