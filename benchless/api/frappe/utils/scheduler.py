"""The scheduler: queues the apps' scheduler_events when they are due; a worker runs them."""

import logging
import threading
from datetime import datetime

import frappe
from frappe.core.doctype.scheduled_job_type.scheduled_job_type import sync_jobs
from frappe.model.base_document import get_controller
from frappe.utils import cint, get_datetime, now_datetime

INTERVAL = 60  # seconds; scheduler_tick_interval in site_config.json


def enqueue_events(site: str | None = None, now: datetime | None = None) -> list[str]:
    """Queue every event that is due; returns their dotted paths."""
    return [job.work["job_name"] for job in _queue_due(now)]


def _queue_due(now: datetime | None = None) -> list:
    """The Jobs of the events that are due, each queued in a transaction of its own."""
    now = get_datetime(now) if now else now_datetime()
    sync_jobs()
    frappe.db.commit()
    jobs = []
    for name in frappe.get_all("Scheduled Job Type", filters={"stopped": 0}, pluck="name", order_by="name"):
        job = frappe.get_doc("Scheduled Job Type", name).enqueue(now=now)
        frappe.db.commit()
        if job:
            jobs.append(job)
    return jobs


def run_due(now: datetime | None = None) -> list[str]:
    """Queue what is due and run it, whether a worker is there or not; returns the dotted paths.

    A failing event leaves an Error Log and a Scheduled Job Log and does not stop the others.
    """
    if is_scheduler_inactive():
        return []
    from benchless.worker import burst

    jobs = _queue_due(now)
    if jobs:
        burst(frappe.local.site, frappe.local.sites_path, only=[job.key for job in jobs])
        frappe.db.rollback()
    return [job.work["job_name"] for job in jobs]


def clear_old_logs() -> None:
    """A scheduled event: forget the runs of events and the notices of long ago."""
    for doctype in ("Scheduled Job Log", "Notification Log"):
        get_controller(doctype).clear_old_logs()


def is_scheduler_inactive(verbose: bool = True) -> bool:
    """Whether site_config says pause_scheduler or maintenance_mode, or System Settings turned it off."""
    return bool(frappe.conf.maintenance_mode or frappe.conf.pause_scheduler or is_scheduler_disabled())


def is_scheduler_disabled(verbose: bool = True) -> bool:
    """Whether site_config or System Settings turned the scheduler off."""
    return bool(
        frappe.conf.disable_scheduler
        or not cint(frappe.db.get_single_value("System Settings", "enable_scheduler"))
    )


def toggle_scheduler(enable: bool) -> None:
    """Turn the site's scheduler on or off."""
    frappe.db.set_single_value("System Settings", "enable_scheduler", int(enable))


def enable_scheduler() -> None:
    toggle_scheduler(True)


def disable_scheduler() -> None:
    toggle_scheduler(False)


def run_forever(site: str, sites_path: str | None = None, interval: int | None = None, stop=None) -> None:
    """Queue what is due, `interval` seconds apart, until `stop` (a threading.Event) is set.

    A round that fails (another process holds the database) is logged; the next one tries again.
    """
    stop = stop or threading.Event()
    while not stop.is_set():
        frappe.init(site=site, sites_path=sites_path)
        pause = interval or cint(frappe.conf.scheduler_tick_interval) or INTERVAL
        try:
            frappe.connect()
            if not is_scheduler_inactive():
                enqueue_events(site)
        except Exception:
            logging.getLogger("frappe.scheduler").exception("a round of %s failed", site)
        finally:
            frappe.destroy()
        stop.wait(pause)
