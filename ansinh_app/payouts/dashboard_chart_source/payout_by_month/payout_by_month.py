"""The amounts of the last twelve payout months, in their order (a chart grouped by a field sorts by amount)."""

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.core.money import as_dong

MONTHS = 12


@frappe.whitelist()
def get(chart_name=None, chart=None, no_cache=None, filters=None, **_more):
    """Labels (month/year) and đồng of the periods the reader may see; what desks pass besides is not needed."""
    rows = frappe.get_list(
        "Payout Period",
        fields=["month", "sum(total_amount) as total"],
        group_by="month",
        order_by="month desc",
        limit_page_length=MONTHS,
    )
    rows.reverse()
    return {
        "labels": [getdate(row.month).strftime("%m/%Y") for row in rows],
        "datasets": [{"name": _("Payout (đồng)"), "values": [as_dong(row.total or 0) for row in rows]}],
    }
