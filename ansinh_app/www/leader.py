"""/leader: the month at a glance, for whoever answers for it."""

import frappe

from ansinh_app.exceptions import AnSinhError
from ansinh_app.oversight import leader

no_cache = 1
sitemap = 0


def get_context(context):
    """The month and office asked for; a guest signs in first."""
    if frappe.session.user == "Guest":
        frappe.flags.redirect_location = "/login?redirect-to=/leader"
        raise frappe.Redirect(302)
    asked = frappe.form_dict
    try:
        context.page = leader.page(asked.get("month"), asked.get("office"))
    except (AnSinhError, ValueError):
        context.page = leader.page()
    context.title = context.page["title"]
    context.lang = frappe.local.lang or "vi"
