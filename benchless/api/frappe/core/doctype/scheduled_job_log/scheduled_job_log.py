"""Scheduled Job Log: how a run of a scheduled event ended."""

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime


class ScheduledJobLog(Document):
    @staticmethod
    def clear_old_logs(days: int = 90) -> None:
        """Forget runs older than so many days."""
        frappe.db.delete("Scheduled Job Log", {"modified": ("<", add_days(now_datetime(), -days))})
