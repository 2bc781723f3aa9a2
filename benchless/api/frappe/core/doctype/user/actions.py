"""The buttons of a User's form, for System Managers: a reset link, new keys, a new secret for one-time codes."""

import frappe
from frappe import _, twofactor
from frappe.core.doctype.user.user import STANDARD_USERS
from frappe.core.doctype.user.user import generate_keys as make_keys


@frappe.whitelist(methods=["POST"])
def reset_password(doc: str) -> None:
    """Mail the user a link to set a new password."""
    frappe.only_for("System Manager")
    user = frappe.get_doc("User", _name(doc))
    if user.name in STANDARD_USERS or not user.enabled:
        frappe.throw(_("Not permitted"), frappe.PermissionError)
    user.reset_password(send_email=True)
    frappe.msgprint(_("Password reset instructions have been sent to {0}").format(user.email), indicator="green")


@frappe.whitelist(methods=["POST"])
def generate_keys(doc: str) -> None:
    """Make a key and a secret, and show the secret this once."""
    name = _name(doc)
    secret = make_keys(user=name)["api_secret"]
    key = frappe.db.get_value("User", name, "api_key")
    frappe.msgprint(_("API key: {0}. API secret, shown only now: {1}").format(key, secret), indicator="orange")


@frappe.whitelist(methods=["POST"])
def reset_otp_secret(doc: str) -> None:
    twofactor.reset_otp_secret(user=_name(doc))


def _name(doc: str) -> str:
    return frappe.parse_json(doc).get("name")
