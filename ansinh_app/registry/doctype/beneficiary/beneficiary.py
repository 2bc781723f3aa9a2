"""Beneficiary: who is entitled, where, and how the money reaches them by default."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from ansinh_app.exceptions import ChangeNotAllowedError, InvalidDateError, PayeeError
from ansinh_app.registry import duplicates, mandates, marriages
from ansinh_app.registry.people import clean_person, day, refuse_second_registration
from ansinh_app.registry.verification import standing
from ansinh_app.utils.sealed_numbers import SealedNumbers

_BY_DECISION = ("status", "deceased_on", "death_known_on")


class Beneficiary(SealedNumbers, Document):
    def validate(self):
        self.keep_what_decisions_set()
        clean_person(self)
        standing.follow(self)
        refuse_second_registration(self)
        self.validate_birth()
        self.validate_death()
        self.validate_unit()
        mandates.validate(self)
        marriages.validate(self)
        self.validate_payment()

    def on_update(self):
        marriages.mirror(self)
        duplicates.after_save(self)

    def on_trash(self):
        self.refuse_when_entitled()
        duplicates.forget(self.name)

    def keep_what_decisions_set(self):
        """A REST client may send these; death and status come from approved changes, the identity from the office."""
        roles = set(frappe.get_roles())
        standing.keep_answers(self)
        if self.flags.ignore_permissions or roles & {"Administrator", "System Manager"}:
            return
        before = self.get_doc_before_save()
        for fieldname in _BY_DECISION:
            default = self.meta.get_field(fieldname).default
            self.set(fieldname, before.get(fieldname) if before else default)

    def validate_birth(self):
        """A birth corrected later stays before every decision that stands."""
        if self.is_new() or not self.has_value_changed("date_of_birth"):
            return
        born = getdate(self.date_of_birth)
        for held in frappe.get_all(
            "Entitlement",
            filters={"beneficiary": self.name, "docstatus": 1},
            fields=["name", "decision_date", "effective_from"],
        ):
            if getdate(held.decision_date) < born or getdate(held.effective_from) < born.replace(day=1):
                frappe.throw(
                    _("{0} cannot be born on {1}: {2} was decided on {3} and counts from {4}").format(
                        frappe.bold(self.full_name),
                        self.birth_shown,
                        frappe.bold(held.name),
                        day(held.decision_date),
                        f"{getdate(held.effective_from):%m/%Y}",
                    ),
                    InvalidDateError,
                )

    def validate_death(self):
        if not self.deceased_on:
            return
        if getdate(self.deceased_on) < getdate(self.date_of_birth):
            frappe.throw(
                _("{0} cannot have died before birth").format(frappe.bold(self.full_name)), InvalidDateError
            )
        self.status = "Deceased"

    def validate_unit(self):
        """People live in communes; a commune of before July 2025 stays right for lists of that time."""
        if self.flags.checked_by_import or not self.has_value_changed("administrative_unit"):
            return
        level = frappe.db.get_value("Administrative Unit", self.administrative_unit, "level")
        if level not in ("Commune", "Village"):
            frappe.throw(
                _("Choose the commune {0} lives in, not a unit above it").format(frappe.bold(self.full_name)),
                InvalidDateError,
            )

    def validate_payment(self):
        """The default account is this person's or one of the representatives'."""
        if self.payment_method == "Cash":
            self.payment_account = None
            return
        self.cash_reason = None
        if self.flags.checked_by_import or not self.payment_account:
            return
        account = frappe.db.get_value(
            "Payment Account",
            self.payment_account,
            ["beneficiary", "representative", "holder_type"],
            as_dict=True,
        )
        if not account:
            return
        known = {row.representative for row in self.representatives}
        if account.beneficiary == self.name or account.representative in known:
            return
        frappe.throw(
            _("Account {0} belongs neither to {1} nor to one of the representatives listed here").format(
                frappe.bold(self.payment_account), frappe.bold(self.full_name)
            ),
            PayeeError,
        )

    def refuse_when_entitled(self):
        entitlement = frappe.db.exists("Entitlement", {"beneficiary": self.name, "docstatus": ["!=", 2]})
        if entitlement:
            frappe.throw(
                _(
                    "{0} holds entitlement {1} and stays in the registry. Stop the entitlement by a change."
                ).format(frappe.bold(self.full_name), frappe.bold(entitlement)),
                ChangeNotAllowedError,
            )


def on_doctype_update():
    """A run reads its office by communes."""
    frappe.db.add_index("Beneficiary", ["office", "administrative_unit"], "office_unit")
