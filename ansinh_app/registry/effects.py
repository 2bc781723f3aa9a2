"""What an approved change does to the registry; effects keep the decision's day, for runs are replayed."""

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.core import cells
from ansinh_app.core.months import Month
from ansinh_app.payee_accounts import inviting
from ansinh_app.registry.people import refresh_status
from ansinh_app.registry.undoing import keep

PAYEE_FIELDS = ("payee_type", "representative", "payment_method", "payment_account", "cash_reason")


def apply(change) -> None:
    """Carry out an approved Registry Change."""
    _EFFECTS[change.change_type](change)
    refresh_status(change.beneficiary)


def corrected_value(change):
    """The corrected value in its field's type. Raises ChangeNotAllowedError when it is none."""
    value = (change.corrected_value or "").strip()
    if change.corrected_field in ("full_name", "date_of_birth") and not value:
        change.refuse(_("enter the new value"))
    if change.corrected_field == "date_of_birth":
        found = cells.parse_date(value)
        if found is None:
            change.refuse(_("{0} is not a date: write it as 31/12/1950").format(frappe.bold(value)))
        return found
    if change.corrected_field == "sex":
        found = cells.parse_sex(value)
        if found is None:
            change.refuse(_("{0} is not a sex: write Nam or Nữ").format(frappe.bold(value)))
        return found
    return value or None


def _new(change) -> None:
    if change.entitlement:
        entitlement = frappe.get_doc("Entitlement", change.entitlement)
        entitlement.flags.ignore_permissions = True
        entitlement.submit()
    else:
        entitlement = _grant(change, _terms(change))
    change.db_set("result_entitlement", entitlement.name)
    inviting.draft_for_new(entitlement)


def _stop(change) -> None:
    _end(frappe.get_doc("Entitlement", change.entitlement), change)


def _adjust(change) -> None:
    """The old terms end with the month before, the new ones begin; what the change leaves open stays."""
    old = frappe.get_doc("Entitlement", change.entitlement)
    _end(old, change)
    counts_anew = change.category or (change.quantity or 1) != 1
    payment_said = change.representative or change.payment_account or change.payment_method == "Cash"
    payment = change if payment_said else old
    terms = {field: payment.get(field) for field in PAYEE_FIELDS} | {
        "category": change.category or old.category,
        "quantity": change.quantity if counts_anew else old.quantity,
        "settled_through": old.settled_through,
    }
    change.db_set("result_entitlement", _grant(change, terms).name)


def _suspend(change) -> None:
    _record(change, active=False)


def _resume(change) -> None:
    _record(change, active=True)


def _record(change, active: bool) -> None:
    entitlement = frappe.get_doc("Entitlement", change.entitlement)
    keep(change, entitlement)
    entitlement.add_change(change.effective_month, change.decision_date, active, change.reason, change.name)
    _save(entitlement)


def _death(change) -> None:
    person = frappe.get_doc("Beneficiary", change.beneficiary)
    keep(change, person, "deceased_on", "death_known_on", "status")
    person.deceased_on = change.occurred_on
    person.death_known_on = change.decision_date
    _save(person)


def _transfer(change) -> None:
    """The new commune pays on; the village of the old one means nothing there."""
    person = frappe.get_doc("Beneficiary", change.beneficiary)
    keep(change, person, "administrative_unit", "village", "office")
    # Where the person was, so that months before the move are paid by the old place and at its level.
    change.db_set(
        {
            "old_unit": person.administrative_unit,
            "old_office": person.office,
            "new_office": change.new_office or person.office,
        }
    )
    person.administrative_unit = change.new_unit
    person.village = None
    person.office = change.new_office or person.office
    _save(person)
    for name in frappe.get_all(
        "Entitlement", filters={"beneficiary": person.name, "docstatus": ["<", 2]}, pluck="name"
    ):
        frappe.db.set_value("Entitlement", name, "office", person.office)


def _correct(change) -> None:
    person = frappe.get_doc("Beneficiary", change.beneficiary)
    value = corrected_value(change)
    born = ("dob_precision",) if change.corrected_field == "date_of_birth" else ()
    verified = ("verification_status", "verified_on", "verified_by")
    keep(
        change,
        person,
        change.corrected_field,
        *born,
        *(verified if person.verification_status == "Verified" else ()),
    )
    if change.corrected_field == "date_of_birth":
        person.date_of_birth, person.dob_precision = value.value, value.precision
    else:
        person.set(change.corrected_field, value)
    _save(person)


def _end(entitlement, change) -> None:
    """Last month paid, and the decision as a change of its own: a second stop must not hide the first."""
    last = Month.of(getdate(change.effective_month)) - 1
    keep(change, entitlement, "effective_to", "stop_reason", "stop_decision_date")
    entitlement.effective_to = last.first_day
    entitlement.stop_reason = (change.reason or _(change.change_type))[:140]
    entitlement.stop_decision_date = change.decision_date
    entitlement.add_change(change.effective_month, change.decision_date, False, change.reason, change.name)
    _save(entitlement)


def _terms(change) -> dict:
    return {field: change.get(field) for field in ("category", "quantity", *PAYEE_FIELDS)}


def _grant(change, terms: dict):
    entitlement = frappe.get_doc(
        {
            "doctype": "Entitlement",
            "beneficiary": change.beneficiary,
            "decision_no": change.decision_no,
            "decision_date": change.decision_date,
            "effective_from": change.effective_month,
            **terms,
        }
    )
    entitlement.flags.ignore_permissions = True
    entitlement.insert()
    entitlement.submit()
    return entitlement


def _save(doc) -> None:
    """The approval of the change is the permission."""
    doc.flags.ignore_permissions = True
    doc.save()


_EFFECTS = {
    "New": _new,
    "Stop": _stop,
    "Death": _death,
    "Adjust": _adjust,
    "Suspend": _suspend,
    "Resume": _resume,
    "Transfer": _transfer,
    "Correct": _correct,
}
