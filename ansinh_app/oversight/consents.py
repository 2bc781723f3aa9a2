"""What people agreed to: rows from applications, withdrawals, and the summary on the person (DOMAIN 7.3.1)."""

import frappe
from frappe.utils import nowdate

BANK, PHONE = "Disclosure to Bank or Post", "Phone and SMS"
# Any of these makes the tick on the person: payments need no more (NĐ 13/2023 Đ17.5 covers the rest).
_SUMMED_UP = ("Data Processing", BANK)


def refresh_summary(beneficiary: str) -> None:
    """Beneficiary.consent and consent_on say whether a consent stands, and since when."""
    given = frappe.get_all(
        "Personal Data Consent",
        filters={"beneficiary": beneficiary, "status": "Given", "scope": ["in", _SUMMED_UP]},
        pluck="given_on",
        order_by="given_on",
        limit=1,
    )
    values = {"consent": int(bool(given)), "consent_on": given[0] if given else None}
    frappe.db.set_value("Beneficiary", beneficiary, values)


def stands(beneficiary: str, scope: str) -> bool:
    """Whether a consent of the scope was given and not withdrawn."""
    return bool(
        frappe.db.exists(
            "Personal Data Consent", {"beneficiary": beneficiary, "scope": scope, "status": "Given"}
        )
    )


def from_request(doc, event=None) -> None:
    """doc_event of Account Request: the tick on a confirmed application (F3) is a consent to tell the bank."""
    if doc.status != "Confirmed" or not doc.consent or not doc.has_value_changed("status"):
        return
    if not stands(doc.beneficiary, BANK):
        give(doc.beneficiary, BANK, doc.consent_on or nowdate(), "On the Application", doc.holder_name)


def give(beneficiary: str, scope: str, on, form: str, by: str | None = None):
    """Write a consent down."""
    return frappe.get_doc(
        {
            "doctype": "Personal Data Consent",
            "beneficiary": beneficiary,
            "scope": scope,
            "given_on": on,
            "given_form": form,
            "given_by": by,
        }
    ).insert(ignore_permissions=True)


def withdraw(beneficiary: str, scope: str | None, on, form: str, reason: str) -> list[str]:
    """Withdraw the consents of a scope (of all without one); returns the scopes that stood."""
    filters = {"beneficiary": beneficiary, "status": "Given"}
    if scope:
        filters["scope"] = scope
    ended = []
    for name in frappe.get_all("Personal Data Consent", filters=filters, pluck="name", order_by="scope"):
        doc = frappe.get_doc("Personal Data Consent", name)
        doc.update({"withdrawn_on": on, "withdrawn_form": form, "withdrawal_reason": reason})
        doc.save(ignore_permissions=True)
        ended.append(doc.scope)
    return ended
