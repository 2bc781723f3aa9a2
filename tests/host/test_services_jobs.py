"""Background jobs, progress and the scheduler."""

import threading
import time

import frappe
import pytest
from frappe.realtime import get_messages, get_progress
from frappe.tests.utils import FrappeTestCase
from frappe.utils import background_jobs, get_datetime
from frappe.utils.background_jobs import wait_for_jobs
from frappe.utils.scheduler import get_next_execution, run_due

pytestmark = pytest.mark.usefixtures("site")

ran = []


def note(what, fail=False):
    """A job that leaves a record behind, then fails if it is told to."""
    ran.append((what, frappe.session.user, threading.current_thread().name))
    frappe.get_doc({"doctype": "Role", "role_name": what}).insert(ignore_permissions=True)
    if fail:
        raise ValueError("svc job failed")


def slow(started, release):
    started.set()
    release.wait(10)


class TestJobs(FrappeTestCase):
    def setUp(self):
        ran.clear()
        self.name = f"Svc Job {frappe.generate_hash(length=6)}"

    def tearDown(self):
        wait_for_jobs(10)
        frappe.set_user("Administrator")
        for name in frappe.get_all("Role", filters={"name": ("like", "Svc Job%")}, pluck="name"):
            frappe.delete_doc("Role", name, force=True)
        frappe.db.commit()

    def finish(self):
        assert wait_for_jobs(20)
        frappe.db.rollback()

    def test_now_runs_here(self):
        frappe.enqueue(note, what=self.name, now=True)
        assert ran == [(self.name, "Administrator", threading.current_thread().name)]

    def test_job_runs_in_a_thread_as_the_user_and_commits(self):
        frappe.db.commit()
        frappe.enqueue(note, what=self.name)
        self.finish()
        assert ran[0][:2] == (self.name, "Administrator")
        assert ran[0][2] != threading.current_thread().name
        assert frappe.db.exists("Role", self.name)

    def test_failing_job_is_rolled_back_and_logged(self):
        frappe.db.commit()
        before = frappe.db.count("Error Log")
        frappe.enqueue(note, what=self.name, fail=True)
        self.finish()
        assert not frappe.db.exists("Role", self.name)
        assert frappe.db.count("Error Log") == before + 1

    def test_after_commit_waits_for_the_commit(self):
        frappe.enqueue(note, what=self.name, enqueue_after_commit=True)
        time.sleep(0.1)
        assert ran == []
        frappe.db.commit()
        self.finish()
        assert [what for what, _user, _thread in ran] == [self.name]

    def test_rollback_drops_the_job(self):
        frappe.enqueue(note, what=self.name, enqueue_after_commit=True)
        frappe.db.rollback()
        frappe.db.commit()
        self.finish()
        assert ran == []

    def test_job_of_the_same_id_is_not_queued_twice(self):
        started, release = threading.Event(), threading.Event()
        work = {"job_id": "svc", "deduplicate": True, "started": started, "release": release}
        frappe.enqueue(slow, **work)
        assert started.wait(10)
        assert background_jobs.is_job_enqueued("svc")
        assert frappe.enqueue(slow, **work) is None
        release.set()
        self.finish()
        assert not background_jobs.is_job_enqueued("svc")


class TestProgress(FrappeTestCase):
    def tearDown(self):
        frappe.set_user("Administrator")

    def test_progress_of_a_document_is_seen_by_its_readers_only(self):
        frappe.publish_progress(
            40, "Preparing", doctype="Role", docname="System Manager", description="2 of 5"
        )
        assert get_progress("Role", "System Manager") == {
            "percent": 40, "title": "Preparing", "description": "2 of 5",
        }  # fmt: skip
        assert get_progress("Role", "Guest") is None
        frappe.set_user("Guest")
        assert get_progress("Role", "System Manager") is None

    def test_message_to_a_user_is_not_others(self):
        frappe.publish_realtime("svc_event", {"n": 1}, user="Administrator")
        assert "svc_event" in [m["event"] for m in get_messages()]
        last = get_messages()[-1]["id"]
        assert get_messages(after=last) == []
        frappe.set_user("Guest")
        assert "svc_event" not in [m["event"] for m in get_messages()]

    def test_after_commit_is_not_sent_by_a_rollback(self):
        frappe.publish_realtime("svc_later", {}, user="Administrator", after_commit=True)
        frappe.db.rollback()
        assert "svc_later" not in [m["event"] for m in get_messages()]


class TestScheduler(FrappeTestCase):
    def test_when_events_are_due(self):
        last = get_datetime("2024-06-12 10:20:00")  # a Wednesday
        for kind, cron, due in (
            ("All", None, "2024-06-12 10:20:00"),
            ("Hourly", None, "2024-06-12 11:00:00"),
            ("Daily", None, "2024-06-13 00:00:00"),
            ("Daily Long", None, "2024-06-13 00:00:00"),
            ("Weekly", None, "2024-06-16 00:00:00"),
            ("Monthly", None, "2024-07-01 00:00:00"),
            ("Yearly", None, "2025-01-01 00:00:00"),
            ("Cron", "0 5 15 * *", "2024-06-15 05:00:00"),
        ):
            assert get_next_execution(kind, cron, last) == get_datetime(due), kind

    def test_due_event_runs_once_a_day(self):
        calls = []
        kept = frappe.get_hooks, frappe.get_attr
        events = {"scheduler_events": {"daily": ["svc.daily"], "cron": {"*/10 * * * *": ["svc.often"]}}}
        frappe.get_hooks = lambda name=None, *args, **kwargs: events.get(name) or {}
        frappe.get_attr = lambda path: (
            (lambda: calls.append(path)) if path.startswith("svc.") else kept[1](path)
        )
        try:
            assert sorted(run_due("2099-06-12 10:00:00")) == ["svc.daily", "svc.often"]
            assert run_due("2099-06-12 10:05:00") == []
            assert run_due("2099-06-12 10:11:00") == ["svc.often"]
            assert sorted(run_due("2099-06-13 00:01:00")) == ["svc.daily", "svc.often"]
        finally:
            frappe.get_hooks, frappe.get_attr = kept
            frappe.db.delete("Scheduled Job Type", {"method": ("like", "svc.%")})
            frappe.db.commit()
        assert calls.count("svc.daily") == 2

    def test_failing_event_does_not_stop_the_others(self):
        calls = []

        def attr(path):
            if not path.startswith("svc."):
                return kept[1](path)

            def work():
                calls.append(path)
                if path == "svc.bad":
                    raise ValueError("svc event failed")

            return work

        kept = frappe.get_hooks, frappe.get_attr
        frappe.get_hooks = lambda name=None, *args, **kwargs: (
            {"hourly": ["svc.bad", "svc.good"]} if name == "scheduler_events" else {}
        )
        frappe.get_attr = attr
        try:
            run_due("2099-06-12 10:00:00")
        finally:
            frappe.get_hooks, frappe.get_attr = kept
            frappe.db.delete("Scheduled Job Type", {"method": ("like", "svc.%")})
            frappe.db.commit()
        assert calls == ["svc.bad", "svc.good"]
        assert frappe.db.exists("Error Log", {"method": ("like", "%svc.bad%")})
