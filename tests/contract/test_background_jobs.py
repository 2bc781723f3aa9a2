"""Jobs and scheduled events as an app asks for them; nothing here needs a worker."""

from datetime import timedelta

import frappe
from frappe.core.doctype.scheduled_job_type.scheduled_job_type import execute_event, sync_jobs
from frappe.tests.utils import FrappeTestCase
from frappe.utils import background_jobs, get_datetime, now_datetime
from frappe.utils.background_jobs import get_job, get_job_status, is_job_enqueued
from frappe.utils.scheduler import enqueue_events

METHOD = "frappe.utils.cint"


class TestJobs(FrappeTestCase):
    def setUp(self):
        self.id = f"svc-{frappe.generate_hash(length=8)}"

    def tearDown(self):
        frappe.db.rollback()
        if job := get_job(self.id):
            job.delete()
        frappe.db.commit()

    def enqueue(self, **more):
        job = frappe.enqueue(METHOD, job_id=self.id, queue="long", s="7", **more)
        frappe.db.commit()
        return job

    def test_now_answers_here(self):
        self.assertEqual(frappe.enqueue(METHOD, now=True, s="7"), 7)
        with self.assertRaises(ZeroDivisionError):
            frappe.enqueue(_divide, now=True, by=0)

    def test_a_queued_job_has_a_name_a_state_and_its_arguments(self):
        job = self.enqueue(timeout=77)
        self.assertEqual(job.id, f"{frappe.local.site}::{self.id}")
        self.assertEqual(job.get_status(), "queued")
        self.assertEqual(job.timeout, 77)
        self.assertEqual(job.kwargs["kwargs"], {"s": "7"})
        self.assertEqual((job.kwargs["user"], job.kwargs["method"]), ("Administrator", METHOD))
        self.assertTrue(is_job_enqueued(self.id))
        self.assertEqual(get_job_status(self.id), "queued")
        self.assertIsNone(get_job_status("svc-no-such-job"))

    def test_timeouts_are_those_of_the_queue(self):
        self.assertEqual(self.enqueue().timeout, 1500)
        self.assertEqual(background_jobs.get_queues_timeout()["short"], 300)

    def test_the_same_id_waits_once(self):
        self.enqueue(deduplicate=True)
        self.assertIsNone(self.enqueue(deduplicate=True))
        get_job(self.id).delete()
        frappe.db.commit()
        self.assertFalse(is_job_enqueued(self.id))
        self.assertIsNotNone(self.enqueue(deduplicate=True))

    def test_after_commit_only(self):
        frappe.db.commit()
        answer = frappe.enqueue(METHOD, job_id=self.id, queue="long", enqueue_after_commit=True, s="7")
        self.assertIsNone(answer)
        frappe.db.rollback()
        self.assertFalse(is_job_enqueued(self.id))
        frappe.enqueue(METHOD, job_id=self.id, queue="long", enqueue_after_commit=True, s="7")
        frappe.db.commit()
        self.assertTrue(is_job_enqueued(self.id))

    def test_what_cannot_be_queued_is_refused(self):
        for options in ({"deduplicate": True}, {"queue": "no such queue"}):
            with self.assertRaises(frappe.ValidationError, msg=str(options)):
                frappe.enqueue(METHOD, s="7", **options)

    def test_a_documents_method(self):
        frappe.enqueue_doc("Role", "All", "get", queue="long", job_id=self.id, key="name")
        frappe.db.commit()
        self.assertEqual(get_job(self.id).kwargs["kwargs"]["doc_method"], "get")

    def test_the_page_of_jobs(self):
        job = self.enqueue()
        doc = frappe.get_doc("RQ Job", job.id)
        self.assertEqual((doc.status, doc.queue, doc.job_name), ("queued", "long", METHOD))
        self.assertIn('"7"', doc.arguments)
        names = [row.name for row in frappe.get_list("RQ Job", filters=[["RQ Job", "queue", "=", "long"]])]
        self.assertIn(job.id, names)
        doc.delete()
        frappe.db.commit()
        self.assertFalse(is_job_enqueued(self.id))
        with self.assertRaises(frappe.DoesNotExistError):
            frappe.get_doc("RQ Job", job.id)

    def test_a_job_may_ask_for_another_try_but_not_here(self):
        with self.assertRaises(frappe.RetryBackgroundJobError):
            frappe.enqueue(_ask_again, now=True)


def _ask_again():
    raise frappe.RetryBackgroundJobError


def _divide(by):
    return 1 / by


class TestScheduledEvents(FrappeTestCase):
    DAILY = "frappe.email.doctype.notification.notification.trigger_daily_alerts"
    MONTHLY = "frappe.email.doctype.auto_email_report.auto_email_report.send_monthly"

    def setUp(self):
        sync_jobs()

    def event(self, method):
        return frappe.get_doc("Scheduled Job Type", {"method": method})

    def test_events_of_the_hooks_are_records(self):
        self.assertEqual(self.event("frappe.email.queue.flush").frequency, "All")
        self.assertEqual(self.event(self.DAILY).frequency, "Daily")
        self.assertEqual(self.event(self.DAILY).name, "notification.trigger_daily_alerts")
        self.assertEqual(self.event(self.DAILY).get_queue_name(), "default")

    def test_when_they_are_due(self):
        for method, last, due in (
            (self.DAILY, "2024-06-12 10:20:00", "2024-06-13 00:00:00"),
            (self.MONTHLY, "2024-06-12 10:20:00", "2024-07-01 00:00:00"),
        ):
            event = self.event(method)
            event.db_set("last_execution", last)
            self.assertEqual(event.next_execution, get_datetime(due))
            self.assertTrue(event.is_event_due(get_datetime(due)))
            self.assertFalse(event.is_event_due(get_datetime(due) - timedelta(seconds=1)))

    def test_cron_lines(self):
        values = {"doctype": "Scheduled Job Type", "method": "svc.module.method", "frequency": "Cron"}
        event = frappe.get_doc({**values, "cron_format": "0 5 15 * *"}).insert()
        self.assertEqual((event.name, event.create_log), ("module.method", 1))
        event.db_set("last_execution", "2024-06-12 10:20:00")
        self.assertEqual(event.next_execution, get_datetime("2024-06-15 05:00:00"))
        for line in ("every now and then", None):
            with self.assertRaises(frappe.ValidationError):
                frappe.get_doc({**values, "method": "svc.module.other", "cron_format": line}).insert()

    def test_one_that_never_ran_counts_from_its_making(self):
        event = self.event(self.DAILY)
        event.last_execution, event.creation = None, now_datetime()
        self.assertFalse(event.is_event_due())

    def test_a_run_is_written_down(self):
        event = self.event(self.DAILY)
        event.execute()
        try:
            log = frappe.get_last_doc("Scheduled Job Log", {"scheduled_job_type": event.name})
            self.assertEqual(log.status, "Complete")
            self.assertLess(
                now_datetime() - get_datetime(self.event(self.DAILY).last_execution), timedelta(hours=1)
            )
        finally:
            frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": event.name})
            frappe.db.commit()

    def test_a_run_that_fails_is_written_down_with_its_trace(self):
        event = self.event(self.DAILY)
        event.method = "frappe.utils.no_such_method"
        event.execute()
        try:
            log = frappe.get_last_doc("Scheduled Job Log", {"scheduled_job_type": event.name})
            self.assertEqual(log.status, "Failed")
            self.assertIn("no_such_method", log.details)
        finally:
            frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": event.name})
            frappe.db.commit()

    def test_somebody_may_start_one_by_hand(self):
        event = self.event(self.DAILY)
        execute_event(frappe.as_json({"name": event.name}))
        frappe.db.commit()
        try:
            self.assertTrue(is_job_enqueued(f"scheduled_job::{event.method}"))
        finally:
            get_job(f"scheduled_job::{event.method}").delete()
            frappe.db.commit()

    def test_what_is_due_is_queued_once(self):
        frappe.db.set_value("Scheduled Job Type", {"method": ("!=", self.DAILY)}, "stopped", 1)
        self.event(self.DAILY).db_set("last_execution", "2024-06-12 10:20:00")
        frappe.db.commit()
        try:
            self.assertEqual(enqueue_events(site=frappe.local.site), [self.DAILY])
            frappe.db.commit()
            self.assertEqual(enqueue_events(site=frappe.local.site), [])
        finally:
            frappe.db.set_value("Scheduled Job Type", {"method": ("!=", self.DAILY)}, "stopped", 0)
            get_job(f"scheduled_job::{self.DAILY}").delete()
            frappe.db.commit()
