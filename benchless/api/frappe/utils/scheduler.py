"""The scheduler: runs the apps' scheduler_events when they are due and remembers when each last ran."""

from datetime import datetime, timedelta

import frappe
from frappe.core.doctype.scheduled_job_type.scheduled_job_type import get_events, sync_jobs
from frappe.utils import get_datetime, now_datetime


def get_next_execution(frequency: str, cron: str | None, last: datetime | None) -> datetime | None:
    """When an event is due that last ran at `last`; None means now: it never ran."""
    if last is None:
        return None
    if frequency == "Cron":
        from croniter import croniter

        return croniter(cron, last).get_next(datetime)
    kind = frequency.replace(" Long", "")
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    if kind == "All":
        return last
    if kind == "Hourly":
        return last.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if kind == "Daily":
        return midnight + timedelta(days=1)
    if kind == "Weekly":
        # a week starts on Sunday, as cron's "0 0 * * 0" has it
        return midnight + timedelta(days=7 - (last.weekday() + 1) % 7)
    if kind == "Monthly":
        return (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)
    return midnight.replace(year=last.year + 1, month=1, day=1)


def run_due(now: datetime | None = None) -> list[str]:
    """Run every event that is due, each in a transaction of its own; returns the dotted paths that ran.

    A failing event leaves an Error Log, counts as run, and does not stop the others. The time is
    written before the work starts, so that a crash half-way does not repeat it without end.
    """
    if is_scheduler_inactive():
        return []
    now = get_datetime(now) if now else now_datetime()
    names = sync_jobs()
    frappe.db.commit()

    ran = []
    for frequency, method, cron in get_events():
        job = frappe.db.get_value(
            "Scheduled Job Type",
            names[(method, cron or "")],
            ["name", "last_execution", "stopped"],
            as_dict=True,
        )
        last = get_datetime(job.last_execution) if job.last_execution else None
        due = get_next_execution(frequency, cron, last)
        if job.stopped or (due is not None and due > now):
            continue
        frappe.db.set_value("Scheduled Job Type", job.name, "last_execution", now, update_modified=False)
        frappe.db.commit()
        try:
            frappe.get_attr(method)()
            frappe.db.commit()
        except Exception:
            frappe.db.rollback()
            frappe.log_error(title=f"Scheduled job {method} failed")
            frappe.db.commit()
        ran.append(method)

    flush_mail()
    return ran


def flush_mail() -> None:
    """Send what waits in the Email Queue: Frappe's own scheduler does so every few minutes."""
    from frappe.email import queue

    queue.flush()
    frappe.db.commit()


def is_scheduler_inactive(verbose: bool = True) -> bool:
    """Whether site_config says pause_scheduler or maintenance_mode, or System Settings turned it off."""
    return bool(frappe.conf.maintenance_mode or frappe.conf.pause_scheduler or is_scheduler_disabled())


def is_scheduler_disabled(verbose: bool = True) -> bool:
    """Whether site_config or System Settings turned the scheduler off."""
    return bool(
        frappe.conf.disable_scheduler or not frappe.db.get_single_value("System Settings", "enable_scheduler")
    )


def run_forever(interval: int = 60, stop=None) -> None:
    """Rounds of run_due, `interval` seconds apart, until `stop` (a threading.Event) is set."""
    import threading

    stop = stop or threading.Event()
    site, sites_path = frappe.local.site, frappe.local.sites_path
    while not stop.is_set():
        frappe.init(site=site, sites_path=sites_path)
        frappe.connect()
        try:
            run_due()
        finally:
            frappe.destroy()
        stop.wait(interval)
