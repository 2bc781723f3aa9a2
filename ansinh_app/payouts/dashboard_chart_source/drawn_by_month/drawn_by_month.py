"""What was drawn from the State Treasury for the last twelve payout months, in their order."""

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.core.money import as_dong

MONTHS = 12


@frappe.whitelist()
def get(chart_name=None, chart=None, no_cache=None, filters=None, **_more):
    """Labels (month/year) and đồng of submitted drawdowns the reader may see, by the month paid for."""
    drawn = frappe.get_list(
        "Treasury Drawdown",
        filters={"docstatus": 1},
        fields=["period", "sum(amount) as total"],
        group_by="period",
        order_by=None,
        limit_page_length=0,
    )
    months = dict(
        frappe.get_all(
            "Payout Period",
            filters={"name": ["in", [row.period for row in drawn] or [""]]},
            fields=["name", "month"],
            as_list=True,
            limit_page_length=0,
        )
    )
    sums: dict = {}
    for row in drawn:
        month = getdate(months[row.period])
        sums[month] = sums.get(month, 0) + as_dong(row.total or 0)
    shown = sorted(sums)[-MONTHS:]
    return {
        "labels": [month.strftime("%m/%Y") for month in shown],
        "datasets": [{"name": _("Drawn (đồng)"), "values": [sums[month] for month in shown]}],
    }
