"""/leader: the month at a glance, for whoever answers for it."""

import frappe

from ansinh_app.oversight import leader
from ansinh_app.utils import phone_pages

no_cache = 1
sitemap = 0


def get_context(context):
    """The month and office asked for; a guest signs in first."""
    phone_pages.sign_in_first("/leader")
    asked = frappe.form_dict
    try:
        context.page = leader.page(asked.get("month"), asked.get("office"))
    except (frappe.ValidationError, ValueError):
        context.page = leader.page()
    phone_pages.fill(context, context.page["title"])
