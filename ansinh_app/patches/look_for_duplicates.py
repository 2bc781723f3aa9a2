"""Sites of before the duplicate findings: look through the registry once, so that preflight knows them."""

import frappe

from ansinh_app.utils import actions


def execute():
    """In the background, for a province takes minutes; an empty registry has nothing to look through."""
    if frappe.db.count("Beneficiary"):
        actions.later("ansinh_app.registry.duplicates.in_background", 3600, office=None)
