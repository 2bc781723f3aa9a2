"""Sites of before the duplicate findings: look through the registry once, so that preflight knows them."""

import frappe


def execute():
    """In the background, for a province takes minutes; an empty registry has nothing to look through."""
    if frappe.db.count("Beneficiary"):
        frappe.enqueue(
            "ansinh_app.registry.duplicates.in_background",
            queue="long",
            timeout=3600,
            enqueue_after_commit=True,
            office=None,
        )
