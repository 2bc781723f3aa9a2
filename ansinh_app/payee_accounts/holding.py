"""Who may hold a person's account, with his records: ages, capacity and representatives on file."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core import holders
from ansinh_app.registry.mandates import is_in_force
from ansinh_app.registry.people import birth


def choices_for(person) -> list[dict]:
    """The ways to hold an account for a Beneficiary document, each with its refusal and the papers to bring."""
    found = holders.choices(
        getdate(person.date_of_birth), person.legal_capacity or holders.FULL, getdate(nowdate())
    )
    return [
        {
            "holder_type": choice.holder,
            "refused": say_refusal(choice.holder, choice.refused) if choice.refused else "",
            "papers": list(choice.papers),
            "representatives": [row.representative for row in in_capacity(person, choice.holder)],
        }
        for choice in found
    ]


def begin_with(person) -> str:
    """The holder a new request starts with."""
    known = {row.capacity for row in person.representatives if is_in_force(row, person)}
    capacity = person.legal_capacity or holders.FULL
    return holders.best(getdate(person.date_of_birth), capacity, getdate(nowdate()), known)


def in_capacity(person, holder: str) -> list:
    """The person's representatives who may hold the account this way today, the longest valid first."""
    if holder == holders.SELF:
        return []
    rows = [row for row in person.representatives if row.capacity == holder and is_in_force(row, person)]
    return sorted(rows, key=lambda row: str(row.valid_to or "9999"), reverse=True)


def say_refusal(holder: str, reason: str) -> str:
    """Why this holder may not be, in words."""
    if reason == "acts alone":
        return _("An adult of full legal capacity has no guardian: choose the own account or a mandate")
    if reason == "too young" and holder == holders.SELF:
        return _("Under {0} the account is held by a guardian").format(holders.OWN_ACCOUNT_AGE)
    if reason == "too young":
        return _("Under {0} nobody can be authorised: the guardian holds the account").format(
            holders.OWN_MANDATE_AGE
        )
    return _("The legal capacity on record does not admit it: the guardian holds the account")


def shown_of(doc) -> dict:
    """What a provider needs to know of a holder (a Beneficiary or Representative document)."""
    return {
        "holder_name": doc.full_name,
        "holder_birth": birth(doc.date_of_birth, doc.get("dob_precision")),
        "holder_sex": _(doc.sex, lang="vi") if doc.sex else "",
        "holder_id": doc.personal_id,
        "holder_phone": doc.phone,
        "holder_address": doc.address or _place_of(doc),
    }


def _place_of(doc) -> str:
    unit = doc.administrative_unit and frappe.db.get_value(
        "Administrative Unit", doc.administrative_unit, "unit_name"
    )
    return ", ".join(filter(None, (doc.get("village"), unit)))
