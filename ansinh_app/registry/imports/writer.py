"""Writing a judged row: person, representative, account, entitlement, each only where something is new.

New documents go through the store: checked by their controllers, inserted set by set. The few that change
are saved one by one. With a store that keeps nothing, the outcome is told and nothing is written.
"""

from dataclasses import dataclass, field

import frappe

from ansinh_app.core import names
from ansinh_app.payee_accounts.doctype.payment_account.payment_account import name_match
from ansinh_app.registry.imports.lookups import PERSON_FIELDS, Lookups, reread
from ansinh_app.registry.imports.rows import Row, Terms
from ansinh_app.registry.imports.store import Store
from ansinh_app.registry.units import unit_tree

CREATED, UPDATED, UNCHANGED = "created", "updated", "unchanged"
# Filled in from a list where the registry holds nothing; who somebody is changes by decision only.
_FILLED_WHEN_EMPTY = ("personal_id", "old_id", "birth_certificate_no", "sex", "ethnicity")
# The commune knows best where its people live and how to reach them.
_REPLACED = ("phone", "village", "address")
_DEFAULTS = ("payment_method", "payment_account", "cash_reason")


@dataclass(slots=True)
class Trace:
    """What a row made (DocType, name) and what stood before it (DocType, name, old values): for undoing it."""

    made: list[tuple[str, str]] = field(default_factory=list)
    before: list[tuple[str, str, dict]] = field(default_factory=list)


class Writer:
    """Writes accepted rows of one import."""

    def __init__(self, terms: Terms, known: Lookups, store: Store) -> None:
        self.terms, self.known, self.store = terms, known, store
        self._marked = False

    def write(self, row: Row) -> tuple[str, Trace]:
        """Whether the row created something, updated something or said nothing new, and its trace.

        Raises frappe.ValidationError when a document's own rule refuses it; then nothing of the row stays.
        """
        self._marked = False
        known_before = row.beneficiary
        try:
            return self._write(row)
        except frappe.ValidationError:
            if self._marked:
                frappe.db.rollback(save_point="import_row")
                # What was undone in the database must be undone in memory too.
                reread(self.known, known_before)
            row.beneficiary = known_before
            raise

    def _mark(self) -> None:
        """A point to come back to before the row's first change; what waits is written before it."""
        if not self._marked:
            self.store.flush()
            frappe.db.savepoint("import_row")
            self._marked = True

    def _write(self, row: Row) -> tuple[str, Trace]:
        drafts: list[tuple[object, bool]] = []
        trace = Trace()
        representative = self._representative(row, drafts)
        is_new = row.beneficiary is None
        person = self._new_person(row, representative) if is_new else self.known.people[row.beneficiary]
        account = self._account(row, person, representative, drafts)
        payment = {
            "payee_type": row.payee.payee_type,
            "representative": representative.name if representative else None,
            "payment_method": row.payee.method,
            "payment_account": account,
            "cash_reason": row.payee.cash_reason,
        }
        if is_new:
            person.update({key: payment[key] for key in _DEFAULTS})
            person.validate()
            drafts.append((person, False))
        if not row.entitlement:
            drafts.append((self._grant(row, person, payment), True))
        # Everything new has passed its rules; what changes may still be refused, and comes first.
        outcome = UPDATED if drafts else UNCHANGED
        if not is_new:
            outcome = max_of(outcome, self._update_person(row, person, representative, trace))
        if row.entitlement:
            outcome = max_of(outcome, self._update_entitlement(row, payment, trace))
        self._keep(row, drafts, payment, trace)
        if is_new or any(doc.doctype == "Entitlement" for doc, _submitted in drafts):
            outcome = CREATED
        if not is_new:
            outcome = max_of(outcome, self._default_payment(row, payment, trace))
        held = self.known.held[row.beneficiary]
        next(one for one in held if one.name == row.entitlement).place = (row.record.sheet, row.record.row)
        return outcome, trace

    # new documents

    def _new_person(self, row: Row, representative):
        listed = [self._mandate(row, representative)] if representative else []
        return self.store.new(
            "Beneficiary",
            {
                "full_name": row.get("full_name"),
                "date_of_birth": row.get("date_of_birth"),
                "dob_precision": row.get("dob_precision") or "Day",
                "sex": row.get("sex") or "",
                "ethnicity": row.get("ethnicity"),
                "personal_id": row.get("personal_id"),
                "old_id": row.get("old_id"),
                "birth_certificate_no": row.get("birth_certificate_no"),
                "phone": row.get("phone"),
                "administrative_unit": self.terms.unit,
                "village": row.get("village"),
                "address": row.get("address"),
                "office": self.terms.office,
                "source_import": self.terms.reference,
                "representatives": listed,
            },
        )

    def _mandate(self, row: Row, representative) -> dict:
        return {
            "representative": representative.name,
            "representative_name": representative.full_name,
            "capacity": row.payee.payee_type,
            "relation": row.get("relation"),
        }

    def _representative(self, row: Row, drafts: list):
        """The guardian, authorised person or carer: found by ID, else by name among those without one."""
        title = row.get("representative_name")
        if not title:
            return None
        known, number = self.known, row.get("representative_id")
        # Nine digits are an old card: they tell people apart here, but are no personal ID.
        number = number if number and len(number) == 12 else None
        if number and number in known.representative_ids:
            return known.representatives[known.representative_ids[number]]
        alike = [
            name
            for name in known.representative_names.get(names.search_key(title), ())
            if not (number and known.representatives[name].personal_id)
            and known.representatives[name].administrative_unit in known.area
        ]
        if len(alike) == 1:
            return known.representatives[alike[0]]
        doc = self.store.new(
            "Representative",
            {"full_name": title, "personal_id": number, "administrative_unit": self.terms.unit},
        )
        doc.validate()
        drafts.append((doc, False))
        return doc

    def _account(self, row: Row, person, representative, drafts: list) -> str | None:
        payee = row.payee
        if not payee.account_no:
            return None
        found = self.known.accounts.get((payee.provider, payee.account_no))
        if found:
            return found.name
        by_other = payee.held_by_representative
        doc = self.store.new(
            "Payment Account",
            {
                "provider": payee.provider,
                "account_no": payee.account_no,
                "account_name": payee.account_name,
                "holder_type": _holder_type(payee.payee_type) if by_other else "Self",
                "beneficiary": None if by_other else person.name,
                "representative": representative.name if by_other else None,
            },
        )
        # Whether the number is taken has been looked up for the whole list at once.
        doc.validate_number()
        doc.validate_holder()
        holder = representative if by_other else person
        doc.name_match = name_match(holder.full_name, doc.account_name)
        drafts.append((doc, False))
        return doc.name

    def _grant(self, row: Row, person, payment: dict):
        doc = self.store.new(
            "Entitlement",
            {
                "beneficiary": person.name,
                "full_name": person.full_name,
                "category": row.category.code,
                "programme": row.category.programme,
                "office": person.office,
                "quantity": row.quantity,
                "decision_no": row.decision_no,
                "decision_date": row.decision_date,
                "effective_from": row.start.first_day,
                "note": "\n".join(row.assumed) or None,
                "settled_through": row.settled_through.first_day if row.settled_through else None,
                **payment,
            },
            person=person,
            law=self.known.law,
        )
        doc.validate()
        return doc

    def _keep(self, row: Row, drafts: list, payment: dict, trace: Trace) -> None:
        """Hand the new documents to the store and make them findable for the rows that follow."""
        known = self.known
        for doc, submitted in drafts:
            self.store.add(doc, submitted)
            trace.made.append((doc.doctype, doc.name))
            if doc.doctype == "Beneficiary":
                row.beneficiary = doc.name
                known.add_person(_filled(doc, PERSON_FIELDS))
                if payment["representative"]:
                    known.capacities.add((doc.name, payment["representative"], row.payee.payee_type))
            elif doc.doctype == "Representative":
                fields = ("name", "full_name", "search_name", "personal_id", "administrative_unit")
                known.add_representative(_filled(doc, fields))
            elif doc.doctype == "Payment Account":
                fields = ("name", "provider", "account_no", "account_name", "beneficiary", "representative")
                known.add_account({**_filled(doc, fields), "status": doc.status or "Active"})
            elif doc.doctype == "Entitlement":
                row.entitlement = doc.name
                fields = ("name", "beneficiary", "category", "effective_to", "quantity", "effective_from")
                known.add_held({**_filled(doc, fields), **payment})

    # what is there already

    def _update_person(self, row: Row, person, representative, trace: Trace) -> str:
        changes = {
            field: row.get(field) for field in _FILLED_WHEN_EMPTY if row.get(field) and not person.get(field)
        }
        changes |= {
            field: row.get(field)
            for field in _REPLACED
            if row.get(field) and row.get(field) != person.get(field)
        }
        if self.terms.unit in unit_tree().successors(person.administrative_unit):
            # The commune bears a new code since: nobody moved, the people stand under it from now on.
            changes["administrative_unit"] = self.terms.unit
        key = (person.name, representative.name, row.payee.payee_type) if representative else None
        listed = key is None or key in self.known.capacities
        if not changes and listed:
            return UNCHANGED
        if self.store.keep:
            self._mark()
            doc = frappe.get_doc("Beneficiary", person.name)
            trace.before.append((doc.doctype, doc.name, {field: doc.get(field) for field in changes}))
            doc.update(changes)
            if not listed:
                child = doc.append("representatives", self._mandate(row, representative))
            doc.flags.update({"ignore_permissions": True, "ignore_links": True, "checked_by_import": True})
            doc.save(ignore_permissions=True)
            if not listed:
                trace.made.append((child.doctype, child.name))
        person.update(changes)
        if not listed:
            self.known.capacities.add(key)
        if changes.get("personal_id"):
            self.known.by_id[changes["personal_id"]] = person.name
        return UPDATED

    def _update_entitlement(self, row: Row, payment: dict, trace: Trace) -> str:
        held = next(one for one in self.known.held[row.beneficiary] if one.name == row.entitlement)
        changes = {
            field: value for field, value in payment.items() if (held.get(field) or None) != (value or None)
        }
        if not changes:
            return UNCHANGED
        if self.store.keep:
            self._mark()
            doc = frappe.get_doc("Entitlement", row.entitlement)
            trace.before.append((doc.doctype, doc.name, {field: doc.get(field) for field in changes}))
            doc.update(changes)
            flags = {"ignore_permissions": True, "ignore_links": True, "checked_by_import": True}
            doc.flags.update({**flags, "law": self.known.law})
            doc.save(ignore_permissions=True)
        held.update(changes)
        return UPDATED

    def _default_payment(self, row: Row, payment: dict, trace: Trace) -> str:
        """How the person is paid by default is how he is paid for the first benefit, until that changes."""
        person = self.known.people[row.beneficiary]
        held = self.known.held.get(row.beneficiary, ())
        several = len([one for one in held if not one.effective_to]) > 1
        changes = {
            field: payment[field]
            for field in _DEFAULTS
            if (person.get(field) or None) != (payment[field] or None)
        }
        if not changes or (several and (person.payment_account or person.payment_method == "Cash")):
            return UNCHANGED
        if self.store.keep:
            self._mark()
            before = {field: person.get(field) for field in changes}
            trace.before.append(("Beneficiary", row.beneficiary, before))
            frappe.db.set_value("Beneficiary", row.beneficiary, changes)
        person.update(changes)
        return UPDATED


def _filled(doc, fields) -> frappe._dict:
    """What a document holds of the fields; a list of 100,000 people keeps no empty ones in memory."""
    return frappe._dict({field: value for field in fields if (value := doc.get(field))})


def max_of(one: str, other: str) -> str:
    """The stronger of two outcomes."""
    order = (UNCHANGED, UPDATED, CREATED)
    return max(one, other, key=order.index)


def _holder_type(payee_type: str) -> str:
    return "Guardian" if payee_type == "Guardian" else "Authorised"
