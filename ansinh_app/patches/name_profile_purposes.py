"""Layouts of an earlier release: payment files had the purpose Payment, requests went out in one layout for all."""

import frappe

from ansinh_app.setup.providers import layouts_of_providers


def execute():
    """The word Payment is the way of paying on the desk; a layout a provider has already is kept."""
    profile = frappe.qb.DocType("Provider File Profile")
    frappe.qb.update(profile).set(profile.purpose, "Payments").where(profile.purpose == "Payment").run()
    # The new tick stands for what was always done: memos went out without diacritics.
    frappe.qb.update(profile).set(profile.memo_ascii, 1).where(profile.purpose == "Payments").run()
    provider = frappe.qb.DocType("Payment Service Provider")
    for code, layouts in layouts_of_providers().items():
        if layouts.get("request_profile"):
            frappe.qb.update(provider).set(provider.request_profile, layouts["request_profile"]).where(
                (provider.name == code) & (provider.request_profile.isnull() | (provider.request_profile == ""))
            ).run()
