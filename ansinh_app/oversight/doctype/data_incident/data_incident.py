"""Data Incident: what happened to whose data, and the 72 hours in which the authority is told."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, get_datetime, now_datetime

from ansinh_app.core import data_deadlines
from ansinh_app.exceptions import PersonalDataError
from ansinh_app.utils import steps

_BY_STEPS = ("status", "reported_at", "closed_on", "overdue")


class DataIncident(Document):
    @property
    def time_left(self) -> str:
        """How long until the report is due, or how late it is; nothing once it is sent."""
        if self.reported_at or not self.due_at:
            return ""
        left = data_deadlines.time_left(get_datetime(self.due_at), now_datetime())
        hours = int(abs(left.total_seconds()) // 3600)
        return (_("{0} hours late") if left.total_seconds() < 0 else _("{0} hours left")).format(hours)

    def validate(self):
        self.keep_what_steps_set()
        self.validate_times()
        hours = cint(frappe.db.get_single_value("An Sinh Settings", "incident_hours"))
        self.due_at = data_deadlines.report_due(get_datetime(self.known_at), hours)

    def on_trash(self):
        frappe.throw(_("An incident stays in the register."), PersonalDataError)

    def keep_what_steps_set(self):
        if not self.flags.by_step:
            steps.keep(self, _BY_STEPS, "Open")

    def validate_times(self):
        self.known_at = self.known_at or now_datetime()
        if get_datetime(self.known_at) > now_datetime():
            frappe.throw(_("It cannot be found at a time to come."), PersonalDataError)
        if self.occurred_at and get_datetime(self.occurred_at) > get_datetime(self.known_at):
            frappe.throw(_("It was found before it happened: correct one of the times."), PersonalDataError)
