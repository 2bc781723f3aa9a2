"""The scheduler: runs the apps' scheduler_events when they are due and remembers when each last ran."""

import logging
import threading
from datetime import datetime, timedelta

import frappe
from frappe.core.doctype.scheduled_job_type.scheduled_job_type import get_events, sync_jobs
from frappe.utils import get_datetime, now_datetime


def get_next_execution(frequency: str, cron: str | None, last: datetime) -> datetime:
    """When an event is due that last ran at `last`."""
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
        if not _claim(names[(method, cron or "")], frequency, cron, now):
            continue
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


def _claim(name: str, frequency: str, cron: str | None, now: datetime) -> bool:
    """Whether the event is due and this process is the one to run it: the time is written under the write lock."""
    for last_word in (False, True):
        job = frappe.db.get_value(
            "Scheduled Job Type",
            name,
            ["last_execution", "creation", "stopped"],
            as_dict=True,
            for_update=last_word,
        )
        # as on Frappe: an event that never ran counts from its record's making, not as overdue
        due = get_next_execution(frequency, cron, get_datetime(job.last_execution or job.creation))
        if job.stopped or due > now:
            frappe.db.rollback()
            return False
    frappe.db.set_value("Scheduled Job Type", name, "last_execution", now, update_modified=False)
    frappe.db.commit()
    return True


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


def run_forever(site: str, sites_path: str | None = None, interval: int = 60, stop=None) -> None:
    """Rounds of run_due, `interval` seconds apart, until `stop` (a threading.Event) is set.

    A round that fails (another process holds the database) is logged; the next one tries again.
    """
    stop = stop or threading.Event()
    while not stop.is_set():
        frappe.init(site=site, sites_path=sites_path)
        try:
            frappe.connect()
            run_due()
        except Exception:
            logging.getLogger("frappe.scheduler").exception("a round of %s failed", site)
        finally:
            frappe.destroy()
        stop.wait(interval)
