"""Where running benefits of a person are paid from the next list on: into an account, or in cash with a reason."""

import frappe
from frappe import _
from frappe.utils import nowdate

from ansinh_app.exceptions import PayeeError

CASH, ACCOUNT = "Cash", "Bank Account"


def running(beneficiary: str) -> list[str]:
    """The person's entitlements that are still paid, the oldest first."""
    return frappe.get_all(
        "Entitlement",
        filters={"beneficiary": beneficiary, "docstatus": 1},
        or_filters=[["effective_to", "is", "not set"], ["effective_to", ">=", nowdate()]],
        order_by="effective_from, name",
        pluck="name",
    )


def pay_into(names: list[str], person, terms: dict, ignore_permissions: bool = False) -> list[str]:
    """Pay these entitlements of a person into an account from the next list on; the person's default follows."""
    person.update(
        {"payment_method": ACCOUNT, "payment_account": terms["payment_account"], "cash_reason": None}
    )
    person.flags.ignore_permissions = ignore_permissions
    person.save()
    return _write(names, {**terms, "payment_method": ACCOUNT, "cash_reason": None}, ignore_permissions)


def pay_in_cash(names: list[str], person, reason: str) -> list[str]:
    """Pay these entitlements of a person in cash from the next list on. Raises PayeeError without a known reason."""
    known = frappe.get_meta("Entitlement").get_field("cash_reason").options.split("\n")
    if not reason or reason not in known:
        frappe.throw(
            _("Say why {0} is paid in cash: choose one of the reasons.").format(
                frappe.bold(person.full_name)
            ),
            PayeeError,
        )
    person.update({"payment_method": CASH, "payment_account": None, "cash_reason": reason})
    person.save()
    return _write(names, {"payment_method": CASH, "payment_account": None, "cash_reason": reason}, False)


def _write(names: list[str], values: dict, ignore_permissions: bool) -> list[str]:
    for name in names:
        entitlement = frappe.get_doc("Entitlement", name)
        entitlement.update(values)
        entitlement.flags.ignore_permissions = ignore_permissions
        entitlement.save()
    return names
