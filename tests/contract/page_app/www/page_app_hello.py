"""What the page greets with; guests are sent to sign in."""

import frappe
from frappe.sessions import get_csrf_token

no_cache = 1


def get_context(context):
    """A guest is redirected; `?as=` plays the refusals a page can give."""
    if frappe.session.user == "Guest":
        frappe.flags.redirect_location = "/login?redirect-to=/page-app-hello"
        raise frappe.Redirect(302)
    asked = frappe.form_dict.get("as")
    if asked == "refused":
        raise frappe.PermissionError("no")
    if asked == "missing":
        raise frappe.PageDoesNotExistError
    context.title, context.asked, context.mark = "Hello", asked or "nothing", "<b>"
    context.csrf_token = get_csrf_token()
    frappe.db.commit()
    return {"more": 1}
