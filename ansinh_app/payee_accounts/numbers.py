"""Account numbers as people type them."""

import frappe
from frappe import _

from ansinh_app.core.errors import BadIdentifier
from ansinh_app.core.identity import account
from ansinh_app.exceptions import InvalidIdentifierError


def clean_account_no(number: str) -> str:
    """The number without blanks and marks. Raises InvalidIdentifierError where it cannot be one."""
    try:
        account.validate(number)
    except BadIdentifier:
        frappe.throw(
            _("Account number {0} cannot be right: type 6 to 19 digits or letters, as text.").format(
                frappe.bold(number)
            ),
            InvalidIdentifierError,
        )
    return account.compact(number)
