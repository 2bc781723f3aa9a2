"""Scheduled Job Type: one event of the apps' scheduler_events, and when it last ran."""

import frappe
from frappe.model.document import Document

# Frappe runs the "_long" kinds on another queue; here they only come later in the same round.
FREQUENCIES = {
    "all": "All",
    "hourly": "Hourly",
    "hourly_long": "Hourly Long",
    "daily": "Daily",
    "daily_long": "Daily Long",
    "weekly": "Weekly",
    "weekly_long": "Weekly Long",
    "monthly": "Monthly",
    "monthly_long": "Monthly Long",
    "yearly": "Yearly",
}


class ScheduledJobType(Document):
    """Only keeps what sync_jobs and the scheduler write."""


def get_events() -> list[tuple[str, str, str | None]]:
    """(frequency, dotted path, cron line or None) of every scheduled method of the installed apps."""
    events = []
    hooks = frappe.get_hooks("scheduler_events") or {}
    for key, methods in hooks.items():
        if key == "cron":
            for line, cron_methods in methods.items():
                events += [("Cron", method, line) for method in cron_methods]
        elif key in FREQUENCIES:
            events += [(FREQUENCIES[key], method, None) for method in methods]
    return sorted(events, key=lambda event: "Long" in event[0])


def sync_jobs() -> dict:
    """One Scheduled Job Type record for each event of the hooks; returns {(method, cron): name}."""
    events = get_events()
    wanted = {(method, cron or ""): frequency for frequency, method, cron in events}
    known = {}
    for row in frappe.get_all("Scheduled Job Type", fields=["name", "method", "cron_format", "frequency"]):
        key = (row.method, row.cron_format or "")
        if key not in wanted or wanted[key] != row.frequency or key in known:
            frappe.delete_doc("Scheduled Job Type", row.name, ignore_permissions=True, force=True)
        else:
            known[key] = row.name
    for key, frequency in wanted.items():
        if key not in known:
            doc = frappe.get_doc(
                {
                    "doctype": "Scheduled Job Type",
                    "method": key[0],
                    "cron_format": key[1] or None,
                    "frequency": frequency,
                }
            ).insert(ignore_permissions=True)
            known[key] = doc.name
    return known
