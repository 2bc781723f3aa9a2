"""Registry Change: what a commune reports and the office decides; its effects happen when it is approved."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, nowdate

from ansinh_app.core.months import Month
from ansinh_app.exceptions import ChangeNotAllowedError, InvalidDateError, SelfApprovalError
from ansinh_app.registry import effects, undoing
from ansinh_app.registry.people import day, first_of_month
from ansinh_app.utils.sealed_numbers import SealedNumbers

NEEDS_MONTH = ("New", "Stop", "Adjust", "Suspend", "Resume")
NEEDS_ENTITLEMENT = ("Stop", "Adjust", "Suspend", "Resume")


class RegistryChange(SealedNumbers, Document):
    def validate(self):
        self.set_entitlement()
        self.set_effective_month()
        self.set_proposer()
        self.validate_dates()
        self.validate_person()
        self.validate_entitlement()
        self.validate_terms()

    def before_submit(self):
        self.validate_checker()
        self.set_decision()
        self.approved_by = frappe.session.user
        self.approved_on = now_datetime()

    def on_submit(self):
        effects.apply(self)

    def before_cancel(self):
        """An approved change is taken back only while no list was paid and no money recovered by it."""
        undoing.check(self)

    def on_cancel(self):
        undoing.undo(self)
        self.db_set("status", "Cancelled")

    def on_trash(self):
        if self.status == "Proposed":
            frappe.throw(
                _("{0} is being decided: reject it instead").format(self.name), ChangeNotAllowedError
            )

    def set_entitlement(self):
        """Where a person holds just one entitlement, that is the one meant."""
        if self.entitlement or self.change_type not in NEEDS_ENTITLEMENT:
            return
        held = frappe.get_all(
            "Entitlement",
            filters={"beneficiary": self.beneficiary, "docstatus": 1, "effective_to": ["is", "not set"]},
            pluck="name",
            limit=2,
        )
        if len(held) == 1:
            self.entitlement = held[0]

    def set_effective_month(self):
        """Stops count from the month after the event (NĐ 20/2021 Đ8.2): the month of death is still paid."""
        if self.change_type == "Death" and self.occurred_on:
            self.effective_month = (Month.of(getdate(self.occurred_on)) + 1).first_day
        elif not self.effective_month and self.occurred_on and self.change_type in ("Stop", "Suspend"):
            self.effective_month = (Month.of(getdate(self.occurred_on)) + 1).first_day
        self.effective_month = first_of_month(self.effective_month)

    def set_proposer(self):
        before = self.get_doc_before_save()
        if self.status == "Proposed" and (not before or before.status != "Proposed"):
            self.proposed_by = frappe.session.user

    def validate_dates(self):
        if self.change_type == "Death":
            if not self.occurred_on:
                self.refuse(_("enter the day of death"))
            if getdate(self.occurred_on) > getdate(nowdate()):
                self.refuse(_("the day of death {0} lies in the future").format(day(self.occurred_on)))
        elif self.change_type in NEEDS_MONTH and not self.effective_month:
            self.refuse(_("enter the month from which it counts"))
        if (
            self.change_type == "Death"
            and self.decision_date
            and getdate(self.decision_date) < getdate(self.occurred_on)
        ):
            self.refuse(
                _("known on {0}, before it occurred on {1}").format(
                    day(self.decision_date), day(self.occurred_on)
                )
            )

    def validate_person(self):
        person = frappe.db.get_value(
            "Beneficiary",
            self.beneficiary,
            ["deceased_on", "date_of_birth", "administrative_unit"],
            as_dict=True,
        )
        if not person:
            return
        if self.change_type == "Death":
            if person.deceased_on:
                self.refuse(_("the death of {0} is recorded already").format(day(person.deceased_on)))
            if getdate(self.occurred_on) < getdate(person.date_of_birth):
                self.refuse(_("the day of death lies before the birth"))
        elif person.deceased_on and self.change_type not in ("Correct", "Stop"):
            self.refuse(_("the person died on {0}").format(day(person.deceased_on)))
        if self.change_type == "Transfer":
            if not self.new_unit:
                self.refuse(_("choose the new commune"))
            if self.new_unit == person.administrative_unit:
                self.refuse(_("the person lives in that commune already"))

    def validate_entitlement(self):
        if self.change_type not in NEEDS_ENTITLEMENT:
            if self.entitlement and self.change_type == "New":
                self._validate_draft()
            return
        if not self.entitlement:
            self.refuse(_("choose the entitlement it is about"))
        held = frappe.db.get_value(
            "Entitlement",
            self.entitlement,
            ["beneficiary", "docstatus", "effective_from", "effective_to"],
            as_dict=True,
        )
        if held.beneficiary != self.beneficiary:
            self.refuse(_("{0} is another person's entitlement").format(frappe.bold(self.entitlement)))
        if held.docstatus != 1:
            self.refuse(_("{0} has not been decided or was cancelled").format(frappe.bold(self.entitlement)))
        if held.effective_to and getdate(self.effective_month) > getdate(held.effective_to):
            self.refuse(
                _("{0} ended with {1} already").format(
                    frappe.bold(self.entitlement), Month.of(getdate(held.effective_to)).label
                )
            )

    def _validate_draft(self):
        """A New change may decide an entitlement that was drafted beforehand."""
        draft = frappe.db.get_value(
            "Entitlement", self.entitlement, ["beneficiary", "docstatus"], as_dict=True
        )
        if draft.beneficiary != self.beneficiary:
            self.refuse(_("{0} is another person's entitlement").format(frappe.bold(self.entitlement)))
        if draft.docstatus != 0:
            self.refuse(_("{0} is decided already").format(frappe.bold(self.entitlement)))

    def validate_terms(self):
        if self.change_type == "New" and not (self.category or self.entitlement):
            self.refuse(_("choose the category that is granted"))
        if self.change_type == "Correct":
            if not self.corrected_field:
                self.refuse(_("choose the field to correct"))
            effects.corrected_value(self)

    def validate_checker(self):
        """Who proposed a change cannot approve it; a draft is proposed first."""
        user = frappe.session.user
        if user == "Administrator":
            return
        before = self.get_doc_before_save()
        if before and before.status == "Draft":
            frappe.throw(
                _(
                    "{0} has not been proposed yet: the commune or the office proposes, another one approves"
                ).format(frappe.bold(self.name)),
                ChangeNotAllowedError,
            )
        if user in (self.proposed_by, self.owner):
            frappe.throw(
                _("You proposed {0} yourself. Somebody else has to approve it.").format(
                    frappe.bold(self.name)
                ),
                SelfApprovalError,
                title=_("Maker and Checker"),
            )

    def set_decision(self):
        """A change without a decision date counts as known from today."""
        self.decision_date = self.decision_date or nowdate()
        if self.change_type in ("New", "Adjust") and not self.decision_no and not self.entitlement:
            self.refuse(_("enter the number of the decision"))

    def refuse(self, problem: str):
        """Stop with the change and the person named."""
        error = (
            InvalidDateError
            if not self.effective_month and self.change_type in NEEDS_MONTH
            else ChangeNotAllowedError
        )
        frappe.throw(
            _("{0} of {1}: {2}").format(
                _(self.change_type), frappe.bold(self.full_name or self.beneficiary), problem
            ),
            error,
        )
