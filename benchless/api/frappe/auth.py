"""Who is signed in, and proving it with a password; cookies and sessions are the web layer's."""

import frappe


@frappe.whitelist(allow_guest=True)
def get_logged_user() -> str:
    """The name of the session's user."""
    return frappe.session.user
