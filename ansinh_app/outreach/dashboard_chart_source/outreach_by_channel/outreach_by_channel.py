"""Outreach activities by channel, as far as the reader sees them."""

import frappe

from ansinh_app.utils.charts import by_choice


@frappe.whitelist()
def get(chart_name=None, chart=None, no_cache=None, filters=None, **_more):
    """Labels and counts; what desks pass besides is not needed."""
    return by_choice("Outreach Activity", "channel", {"status": ("!=", "Cancelled")})
