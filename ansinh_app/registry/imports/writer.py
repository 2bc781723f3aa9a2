"""Writing a judged row: person, representative, account, entitlement, each only where something is new."""

import frappe

from ansinh_app.core import names
from ansinh_app.registry.imports.lookups import PERSON_FIELDS, Lookups
from ansinh_app.registry.imports.rows import Row, Terms
from ansinh_app.registry.units import unit_tree

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
# Filled in from a list where the registry holds nothing; who somebody is changes by decision only.
_FILLED_WHEN_EMPTY = ("personal_id", "old_id", "sex", "ethnicity")
# The commune knows best where its people live and how to reach them.
_REPLACED = ("phone", "village", "address")
_PAYMENT = ("payee_type", "representative", "payment_method", "payment_account", "cash_reason")


def write(row: Row, terms: Terms, known: Lookups, source: str) -> str:
    """Write one accepted row; answers whether something was created, updated or already so."""
    representative, outcome = _representative(row, terms, known)
    if row.beneficiary:
        outcome = max_of(outcome, _update_person(row, terms, known, representative))
    else:
        row.beneficiary = _create_person(row, terms, known, representative, source)
        outcome = CREATED
    account, made = _account(row, known, representative)
    outcome = max_of(outcome, UPDATED if made else UNCHANGED)
    payment = {
        "payee_type": row.payee.payee_type,
        "representative": representative,
        "payment_method": row.payee.method,
        "payment_account": account,
        "cash_reason": row.payee.cash_reason,
    }
    if row.entitlement:
        outcome = max_of(outcome, _update_entitlement(row, known, payment))
    else:
        row.entitlement = _grant(row, known, payment)
        outcome = CREATED
    outcome = max_of(outcome, _default_payment(row, known, payment))
    known.rows[row.entitlement] = row.place
    return outcome


def max_of(one: str, other: str) -> str:
    """The stronger of two outcomes."""
    order = (UNCHANGED, UPDATED, CREATED)
    return max(one, other, key=order.index)


def _insert(values: dict, submit: bool = False, **flags):
    """Insert a document whose references the import has checked: no link is looked up row by row."""
    doc = frappe.get_doc(values)
    # Nobody watches single rows appear: the import tells its progress itself.
    quiet = {"ignore_permissions": True, "ignore_links": True, "notify_update": False}
    doc.flags.update({**quiet, "checked_by_import": True, **flags})
    if submit:
        doc.docstatus = 1
    return doc.insert(ignore_permissions=True, ignore_links=True)


def _create_person(row: Row, terms: Terms, known: Lookups, representative: str | None, source: str) -> str:
    doc = _insert(
        {
            "doctype": "Beneficiary",
            "full_name": row.get("full_name"),
            "date_of_birth": row.get("date_of_birth"),
            "dob_precision": row.get("dob_precision") or "Day",
            "sex": row.get("sex") or "",
            "ethnicity": row.get("ethnicity"),
            "personal_id": row.get("personal_id"),
            "old_id": row.get("old_id"),
            "phone": row.get("phone"),
            "administrative_unit": terms.unit,
            "village": row.get("village"),
            "address": row.get("address"),
            "office": terms.office,
            "payment_method": row.payee.method,
            "cash_reason": row.payee.cash_reason,
            "source_import": source,
            "representatives": [_mandate(row, known, representative)] if representative else [],
        }
    )
    if representative:
        known.capacities.add((doc.name, representative, row.payee.payee_type))
    known.add_person(frappe._dict({field: doc.get(field) for field in PERSON_FIELDS}))
    return doc.name


def _mandate(row: Row, known: Lookups, representative: str) -> dict:
    return {
        "representative": representative,
        "representative_name": known.representatives[representative].full_name,
        "capacity": row.payee.payee_type,
        "relation": row.get("relation"),
    }


def _update_person(row: Row, terms: Terms, known: Lookups, representative: str | None) -> str:
    person = known.people[row.beneficiary]
    changes = {
        field: row.get(field) for field in _FILLED_WHEN_EMPTY if row.get(field) and not person.get(field)
    }
    changes |= {
        field: row.get(field) for field in _REPLACED if row.get(field) and row.get(field) != person.get(field)
    }
    if terms.unit in unit_tree().successors(person.administrative_unit):
        # The commune bears a new code since: nobody moved, the people stand under it from now on.
        changes["administrative_unit"] = terms.unit
    listed = (
        representative is None or (row.beneficiary, representative, row.payee.payee_type) in known.capacities
    )
    if not changes and listed:
        return UNCHANGED
    doc = frappe.get_doc("Beneficiary", row.beneficiary)
    doc.update(changes)
    if not listed:
        doc.append("representatives", _mandate(row, known, representative))
        known.capacities.add((row.beneficiary, representative, row.payee.payee_type))
    doc.flags.update({"ignore_permissions": True, "checked_by_import": True})
    doc.save(ignore_permissions=True)
    person.update(changes)
    if changes.get("personal_id"):
        known.by_id[changes["personal_id"]] = row.beneficiary
    return UPDATED


def _representative(row: Row, terms: Terms, known: Lookups) -> tuple[str | None, str]:
    """The guardian, authorised person or carer: found by ID, else by name among those without one."""
    title = row.get("representative_name")
    if not title:
        return None, UNCHANGED
    number = row.get("representative_id")
    # Nine digits are an old card: they tell people apart here, but are no personal ID.
    number = number if number and len(number) == 12 else None
    key = names.search_key(title)
    if number and number in known.representative_ids:
        return known.representative_ids[number], UNCHANGED
    alike = [
        name
        for name in known.representative_names.get(key, ())
        if not (number and known.representatives[name].personal_id)
        and known.representatives[name].administrative_unit in known.area
    ]
    if len(alike) == 1:
        return alike[0], UNCHANGED
    doc = _insert(
        {
            "doctype": "Representative",
            "full_name": title,
            "personal_id": number,
            "administrative_unit": terms.unit,
        }
    )
    known.add_representative(
        frappe._dict(
            name=doc.name,
            full_name=doc.full_name,
            search_name=doc.search_name,
            personal_id=doc.personal_id,
            administrative_unit=terms.unit,
        )
    )
    return doc.name, UPDATED


def _account(row: Row, known: Lookups, representative: str | None) -> tuple[str | None, bool]:
    payee = row.payee
    if not payee.account_no:
        return None, False
    found = known.accounts.get((payee.provider, payee.account_no))
    if found:
        return found.name, False
    by_other = payee.held_by_representative
    doc = _insert(
        {
            "doctype": "Payment Account",
            "provider": payee.provider,
            "account_no": payee.account_no,
            "account_name": payee.account_name,
            "holder_type": _holder_type(payee.payee_type) if by_other else "Self",
            "beneficiary": None if by_other else row.beneficiary,
            "representative": representative if by_other else None,
        }
    )
    known.add_account(
        frappe._dict(
            name=doc.name,
            provider=doc.provider,
            account_no=doc.account_no,
            account_name=doc.account_name,
            beneficiary=doc.beneficiary,
            representative=doc.representative,
            status=doc.status or "Active",
        )
    )
    return doc.name, True


def _holder_type(payee_type: str) -> str:
    return "Guardian" if payee_type == "Guardian" else "Authorised"


def _grant(row: Row, known: Lookups, payment: dict) -> str:
    person = known.people[row.beneficiary]
    doc = _insert(
        {
            "doctype": "Entitlement",
            "beneficiary": row.beneficiary,
            "full_name": person.full_name,
            "category": row.category.code,
            "programme": row.category.programme,
            "office": person.office,
            "quantity": row.quantity,
            "decision_no": row.decision_no,
            "decision_date": row.decision_date,
            "effective_from": row.start.first_day,
            "settled_through": row.settled_through.first_day if row.settled_through else None,
            **payment,
        },
        submit=True,
        person=person,
        law=known.law,
    )
    held = {
        "name": doc.name,
        "beneficiary": row.beneficiary,
        "category": row.category.code,
        "effective_to": None,
    }
    known.held.setdefault(row.beneficiary, []).append(
        frappe._dict(held, quantity=row.quantity, effective_from=row.start.first_day, **payment)
    )
    return doc.name


def _update_entitlement(row: Row, known: Lookups, payment: dict) -> str:
    held = next(one for one in known.held[row.beneficiary] if one.name == row.entitlement)
    changes = {
        field: value for field, value in payment.items() if (held.get(field) or None) != (value or None)
    }
    if not changes:
        return UNCHANGED
    doc = frappe.get_doc("Entitlement", row.entitlement)
    doc.update(changes)
    doc.flags.update({"ignore_permissions": True, "checked_by_import": True, "law": known.law})
    doc.save(ignore_permissions=True)
    held.update(changes)
    return UPDATED


def _default_payment(row: Row, known: Lookups, payment: dict) -> str:
    """How the person is paid by default is how he is paid for the first benefit, until that changes."""
    person = known.people[row.beneficiary]
    default = {field: payment[field] for field in ("payment_method", "payment_account", "cash_reason")}
    several = len([held for held in known.held.get(row.beneficiary, ()) if not held.effective_to]) > 1
    changes = {
        field: value for field, value in default.items() if (person.get(field) or None) != (value or None)
    }
    if not changes or (several and (person.payment_account or person.payment_method == "Cash")):
        return UNCHANGED
    frappe.db.set_value("Beneficiary", row.beneficiary, changes)
    person.update(changes)
    return UPDATED
