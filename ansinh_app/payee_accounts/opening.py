"""From an answered request to an account that is paid into."""

import frappe
from frappe import _
from frappe.utils import nowdate

from ansinh_app.core import holders
from ansinh_app.core.masking import ACCOUNT
from ansinh_app.exceptions import AccountError
from ansinh_app.payee_accounts import paying
from ansinh_app.utils.sealed_numbers import sought


def payment_account(request):
    """The Payment Account of an answered request: the known one of this holder, else a new one.

    Raises AccountError where the number is registered for somebody else.
    """
    owner = "beneficiary" if request.holder_type == holders.SELF else "representative"
    known = frappe.db.get_value(
        "Payment Account",
        {"provider": request.provider, "account_no": sought(ACCOUNT, request.account_no)},
        ["name", "beneficiary", "representative"],
        as_dict=True,
    )
    if known and known.get(owner) != request.get(owner):
        frappe.throw(
            _(
                "Account {0} at {1} is registered for somebody else ({2}). Ask the provider for the right number."
            ).format(frappe.bold(request.account_no), request.provider, frappe.bold(known.name)),
            AccountError,
        )
    doc = frappe.get_doc("Payment Account", known.name) if known else frappe.new_doc("Payment Account")
    doc.update(
        {
            "provider": request.provider,
            "account_no": request.account_no,
            "account_name": request.account_name,
            "holder_type": request.holder_type,
            owner: request.get(owner),
            "status": "Active",
            "closed_reason": None,
            "opened_on": doc.opened_on or nowdate(),
        }
    )
    return doc.save(ignore_permissions=True)


def pay_into(request) -> list[str]:
    """Send the person's benefits to the request's account from the next list on; the entitlements changed.

    A carer's own benefit stays with the carer; what is sealed already goes where it was approved.
    """
    person = frappe.get_doc("Beneficiary", request.beneficiary)
    if request.consent:
        person.consent, person.consent_on = 1, request.consent_on
    names = [
        name
        for name in paying.running(person.name)
        if frappe.db.get_value("Entitlement", name, "payee_type") != "Carer"
    ]
    terms = {
        "payee_type": request.holder_type,
        "representative": request.representative,
        "payment_account": request.payment_account,
    }
    return paying.pay_into(names, person, terms, ignore_permissions=True)


def note_first_credits(accounts: dict[str, str]) -> None:
    """Write the day of the first credit on the handed-over requests of accounts ({account: day paid})."""
    for name in frappe.get_all(
        "Account Request",
        filters={
            "payment_account": ["in", list(accounts) or [""]],
            "first_credit_on": ["is", "not set"],
            "status": ["in", ["Opened", "Handed Over"]],
        },
        fields=["name", "payment_account"],
    ):
        frappe.db.set_value("Account Request", name.name, "first_credit_on", accounts[name.payment_account])
