"""From a Support Case to the provider's desk: a Provider Inquiry about the account it is about."""

import frappe
from frappe import _

from ansinh_app.exceptions import SupportCaseError
from ansinh_app.permissions import check_office
from ansinh_app.utils import actions


@frappe.whitelist(methods=["POST"])
def ask_provider(doc: str | dict) -> dict:
    """Action of the office: draft the question about the account, with the case's words; it is asked from there."""
    case = actions.stored(doc, "Support Case")
    check_office(case.office)
    if not case.payment_account:
        frappe.throw(_("{0} names no payment account to ask about.").format(case.name), SupportCaseError)
    if case.provider_inquiry:
        frappe.throw(
            _("{0} asks the provider already.").format(frappe.bold(case.provider_inquiry)), SupportCaseError
        )
    inquiry = frappe.get_doc(
        {
            "doctype": "Provider Inquiry",
            "payment_account": case.payment_account,
            "kind": "Not Credited" if case.kind == "NOT-CREDITED" else "Other",
            "question": case.description,
        }
    ).insert()
    case.provider_inquiry = inquiry.name
    case.flags.by_inquiry = True
    case.save()
    frappe.msgprint(
        _("{0} is drafted: look at the question and press {1} there.").format(
            frappe.utils.get_link_to_form("Provider Inquiry", inquiry.name),
            frappe.bold(_("Ask the Provider")),
        ),
        title=_("Ask the Provider About the Account"),
    )
    return case.as_dict()
