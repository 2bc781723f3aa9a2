"""Who gets the money at home in a month: by pay point and village, for the post clerk who carries it."""

import frappe
from frappe import _

from ansinh_app.payee_accounts import home_delivery
from ansinh_app.utils.reports import filter_month


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `month`, `office`, `provider`, `administrative_unit`."""
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month)
    periods = {"month": month.first_day, **({"office": filters.office} if filters.office else {})}
    wanted = {"period": ["in", frappe.get_all("Payout Period", filters=periods, pluck="name") or [""]]}
    wanted.update({key: filters[key] for key in ("provider", "administrative_unit") if filters.get(key)})
    rows = home_delivery.lines(wanted)
    message = _("Cash of month {0} for people who can neither come nor be represented").format(month.label)
    summary = [
        {"value": len(rows), "label": _("People"), "datatype": "Int", "indicator": "Blue"},
        {
            "value": sum(row.total for row in rows), "label": _("Amount"), "datatype": "Currency", "currency": "VND",
            "indicator": "Blue",
        },
    ]  # fmt: skip
    columns = [one for one in _columns() if one["fieldname"] != "reason" or any(row.reason for row in rows)]
    return columns, rows, message, None, summary if rows else []


def _columns() -> list[dict]:
    texts = (
        ("pay_point", _("Pay Point"), 180), ("commune", _("Commune"), 160), ("village", _("Village"), 120),
        ("full_name", _("Full Name"), 180), ("payee_name", _("Payee"), 180), ("address", _("Address"), 200),
        ("phone", _("Phone"), 120), ("reason", _("Reason"), 200), ("status_label", _("Status"), 110),
    )  # fmt: skip
    columns = [{"fieldname": name, "label": label, "fieldtype": "Data", "width": width} for name, label, width in texts]
    amount = {"fieldname": "total", "label": _("Amount"), "fieldtype": "Currency", "options": "VND", "width": 130}
    return [*columns[:5], amount, *columns[5:]]
