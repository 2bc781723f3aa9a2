"""Scheduled Job Type: one event of the apps' scheduler_events, when it last ran, and how it is run."""

from datetime import datetime, timedelta

import frappe
from croniter import CroniterBadCronError, croniter
from frappe import _
from frappe.model.document import Document
from frappe.model.naming import append_number_if_name_exists
from frappe.utils import get_datetime, now_datetime

# A week starts on Sunday. "All" is due in every round of the scheduler.
CRON = {
    "Yearly": "0 0 1 1 *",
    "Annual": "0 0 1 1 *",
    "Monthly": "0 0 1 * *",
    "Weekly": "0 0 * * 0",
    "Daily": "0 0 * * *",
    "Hourly": "0 * * * *",
}
# A clock put right by less than this sends no monthly letter a second time.
_AHEAD = timedelta(days=1)


class ScheduledJobType(Document):
    def autoname(self):
        self.name = append_number_if_name_exists(self.doctype, ".".join(self.method.split(".")[-2:]))

    def validate(self):
        if self.frequency != "All":
            self.create_log = 1
        if self.frequency == "Cron":
            if not self.cron_format:
                frappe.throw(_("Cron format is required for job types with Cron frequency."))
            try:
                croniter(self.cron_format)
            except CroniterBadCronError:
                frappe.throw(
                    _("{0} is not a valid Cron expression.").format(f"<code>{self.cron_format}</code>"),
                    title=_("Bad Cron Expression"),
                )

    def enqueue(self, force: bool = False, now: datetime | None = None):
        """Queue the event's run if it is due (or forced) and not in the queue; the Job, or None.

        The time of the run is written in the same transaction, under the write lock: two schedulers queue it
        once, and one that dies has either queued it or not.
        """
        if not (force or self.is_event_due(now)):
            return None
        self.last_execution = frappe.db.get_value(self.doctype, self.name, "last_execution", for_update=True)
        if not (force or self.is_event_due(now)):
            return None
        job = frappe.enqueue(
            "frappe.core.doctype.scheduled_job_type.scheduled_job_type.run_scheduled_job",
            queue=self.get_queue_name(),
            job_name=self.method,
            job_id=self.rq_job_id,
            deduplicate=True,
            job_type=self.method,
            name=self.name,
        )
        if job is not None:
            self.db_set("last_execution", now or now_datetime(), update_modified=False)
        return job

    def is_event_due(self, current_time: datetime | None = None) -> bool:
        """Also where it last ran on a day that is yet to come: the clock was wrong then, and must not stop backups."""
        now = current_time or now_datetime()
        ran_ahead = self.last_execution and get_datetime(self.last_execution) > now + _AHEAD
        return bool(ran_ahead) or self.get_next_execution() <= now

    def is_job_in_queue(self) -> bool:
        from frappe.utils.background_jobs import is_job_enqueued

        return is_job_enqueued(self.rq_job_id)

    @property
    def rq_job_id(self) -> str:
        return f"scheduled_job::{self.method}"

    @property
    def next_execution(self) -> datetime | None:
        return self.get_next_execution() if self.frequency else None

    def get_next_execution(self) -> datetime:
        """When it is due; an event that never ran counts from its record's making, not as overdue."""
        last = get_datetime(self.last_execution or self.creation)
        if self.frequency == "All":
            return last
        return croniter(self.cron_format or CRON[self.frequency.replace(" Long", "")], last).get_next(
            datetime
        )

    def execute(self) -> None:
        """Run the event; its end stands in the Scheduled Job Log, an error in the Error Log too."""
        self.scheduler_log = None
        try:
            self.log_status("Start")
            frappe.get_attr(self.method)()
            frappe.db.commit()
            self.log_status("Complete")
        except Exception:
            frappe.db.rollback()
            frappe.log_error(title=f"Scheduled job {self.method} failed")
            self.log_status("Failed")

    def log_status(self, status: str) -> None:
        """Write the run's state and commit."""
        if status == "Start" and get_datetime(self.last_execution or self.creation) < now_datetime():
            self.db_set("last_execution", now_datetime(), update_modified=False)
        if self.create_log:
            if not self.scheduler_log:
                log = {"doctype": "Scheduled Job Log", "scheduled_job_type": self.name, "status": "Scheduled"}
                self.scheduler_log = frappe.get_doc(log).insert(ignore_permissions=True)
            self.scheduler_log.db_set("status", status)
            if status == "Failed":
                self.scheduler_log.db_set("details", frappe.get_traceback(with_context=True))
        frappe.db.commit()

    def get_queue_name(self) -> str:
        return "long" if "Long" in self.frequency else "default"

    def on_trash(self):
        frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": self.name})


@frappe.whitelist()
def execute_event(doc: str) -> dict:
    """DocType Action: run the event soon, whether it is due or not."""
    frappe.only_for("System Manager")
    doc = frappe.parse_json(doc)
    frappe.get_doc("Scheduled Job Type", doc.get("name")).enqueue(force=True)
    return doc


def run_scheduled_job(job_type: str, name: str | None = None) -> None:
    """The body of an event's job."""
    frappe.get_doc("Scheduled Job Type", name or {"method": job_type}).execute()


def get_events(hooks: dict | None = None) -> list[tuple[str, str, str | None]]:
    """(frequency, dotted path, cron line or None) of every scheduled method of the installed apps."""
    events = []
    for key, methods in (hooks or frappe.get_hooks("scheduler_events") or {}).items():
        if isinstance(methods, dict):
            events += [("Cron", method, line) for line, listed in methods.items() for method in listed]
        else:
            events += [(key.replace("_", " ").title(), method, None) for method in methods]
    return events


def sync_jobs(hooks: dict | None = None) -> None:
    """One Scheduled Job Type for each event of the hooks; those that no hook names go."""
    wanted = {(method, frequency, cron or "") for frequency, method, cron in get_events(hooks)}
    known = set()
    for row in frappe.get_all("Scheduled Job Type", fields=["name", "method", "cron_format", "frequency"]):
        key = (row.method, row.frequency, row.cron_format or "")
        if key in wanted and key not in known:
            known.add(key)
        else:
            frappe.delete_doc("Scheduled Job Type", row.name, ignore_permissions=True, force=True)
    for method, frequency, cron in sorted(wanted - known):
        event = {"method": method, "frequency": frequency, "cron_format": cron or None}
        frappe.get_doc({"doctype": "Scheduled Job Type", **event}).insert(ignore_permissions=True)
