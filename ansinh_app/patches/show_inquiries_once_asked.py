"""Inquiries asked before the provider's desk waited for the asking: it goes on seeing them."""

import frappe


def execute():
    """One write: whoever was asked is who the question names."""
    table = frappe.qb.DocType("Provider Inquiry")
    (
        frappe.qb.update(table)
        .set(table.asked_provider, table.provider)
        .where(table.status != "Draft")
        .where(table.asked_provider.isnull())
    ).run()
