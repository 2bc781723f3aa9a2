"""Report Schedules of an earlier release: their title, whether they are on, and since when."""

import frappe
from frappe import _


def execute():
    """Those switched on go on as they were: from the day they were made, with their owner's rights."""
    for row in frappe.get_all("Report Schedule", {"title": ["is", "not set"]}, ["name", "report", "office", "enabled", "owner"]):
        values = {
            "title": f"{_(row.report, lang='vi')} - {row.office}",
            "status": "On" if row.enabled else "Off",
            "switched_on_by": row.owner if row.enabled else None,
        }
        frappe.db.set_value("Report Schedule", row.name, values, update_modified=False)
