"""Data Subject Request: what a person asks about the own data, until when, and what was answered."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, nowdate

from ansinh_app.core import data_deadlines
from ansinh_app.exceptions import PersonalDataError
from ansinh_app.utils import steps
from ansinh_app.utils.sealed_numbers import SealedNumbers

_BY_STEPS = ("status", "answered_on", "answered_by", "registry_change", "overdue")
_SETTING = {
    "Access": "days_access",
    "Correct": "days_correct",
    "Delete": "days_delete",
    "Restrict": "days_restrict",
    "Withdraw Consent": "days_withdraw",
    "Object": "days_object",
}


class DataSubjectRequest(SealedNumbers, Document):
    def validate(self):
        self.keep_what_steps_set()
        self.validate_received()
        self.set_due()
        self.validate_wish()

    def on_trash(self):
        frappe.throw(_("A request stays, with its answer."), PersonalDataError)

    def keep_what_steps_set(self):
        """The status moves by the buttons; what was answered is not written over."""
        if self.flags.by_step:
            return
        before = steps.keep(self, _BY_STEPS, "Received")
        if before and before.status in ("Done", "Refused"):
            for field in ("answer", "wish", "request_kind", "received_on"):
                self.set(field, before.get(field))

    def validate_received(self):
        if getdate(self.received_on) > getdate(nowdate()):
            frappe.throw(_("A request cannot be received on a day to come."), PersonalDataError)

    def set_due(self):
        days = cint(frappe.db.get_single_value("An Sinh Settings", _SETTING[self.request_kind]))
        self.due_on, self.deadline_basis = data_deadlines.answer_due(
            self.request_kind, getdate(self.received_on), days
        )

    def validate_wish(self):
        if self.request_kind == "Correct" and not self.corrected_field and not (self.wish or "").strip():
            frappe.throw(_("Say which field is wrong, or put down what the person says."), PersonalDataError)
