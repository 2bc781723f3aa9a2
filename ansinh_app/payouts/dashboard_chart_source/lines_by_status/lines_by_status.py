"""Payout lines of the months being paid by their status, as far as the reader sees them."""

import frappe

from ansinh_app.payouts.cards import lists_being_paid
from ansinh_app.utils.charts import by_choice


@frappe.whitelist()
def get(chart_name=None, chart=None, no_cache=None, filters=None, **_more):
    """Labels and counts; what desks pass besides is not needed."""
    return by_choice("Payout Line", "status", {"batch": ("in", lists_being_paid() or [""])})
