"""Retention Run: what is due, proposed by one and confirmed by another; see oversight/retention.py."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from ansinh_app.exceptions import PersonalDataError
from ansinh_app.utils import steps

_BY_STEPS = "status due_count done_count kept_count proposed_by proposed_at confirmed_by confirmed_at".split()


class RetentionRun(Document):
    def validate(self):
        if getdate(self.as_of) > getdate(nowdate()):
            frappe.throw(_("What is due on a day to come cannot be erased today."), PersonalDataError)
        if self.flags.by_step:
            return
        before = steps.keep(self, _BY_STEPS)
        if before and before.status != "Draft":
            self.office, self.as_of = before.office, before.as_of

    def on_trash(self):
        frappe.throw(_("A run stays: it says what was erased, and by whom."), PersonalDataError)
