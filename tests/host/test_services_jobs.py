"""Background jobs, progress and the scheduler."""

import datetime
import os
import threading
import time
from pathlib import Path
from unittest.mock import patch

import frappe
import pytest
from frappe.core.doctype.rq_job.rq_job import remove_failed_jobs, retry_job
from frappe.realtime import get_messages, get_progress
from frappe.tests.utils import FrappeTestCase
from frappe.utils import background_jobs, get_datetime
from frappe.utils.background_jobs import get_job, is_job_enqueued
from frappe.utils.scheduler import run_due

from benchless import settings, worker
from benchless.locks import take

pytestmark = pytest.mark.usefixtures("site")

ran = []
told = []


def note(what, fail=False, **more):
    """A job that leaves a record behind, then fails if it is told to."""
    ran.append((what, frappe.session.user, frappe.local.lang, more))
    frappe.get_doc({"doctype": "Role", "role_name": what}).insert(ignore_permissions=True)
    if fail:
        raise ValueError("svc job failed")


def order(what):
    ran.append(what)


def ask_again(what, times):
    """Fails `times` times in a way that asks for another try."""
    ran.append(what)
    frappe.get_doc({"doctype": "Role", "role_name": what}).insert(ignore_permissions=True)
    if len(ran) <= times:
        raise frappe.RetryBackgroundJobError("svc: not yet")


def busy(what):
    """Python that would never end, after a write."""
    frappe.get_doc({"doctype": "Role", "role_name": what}).insert(ignore_permissions=True)
    while True:
        ran.append(what)
        time.sleep(0.01)


def half_way(error):
    frappe.publish_progress(50, "Half", doctype="Role", docname="All")
    if error:
        raise error


def after_me(what):
    frappe.job.after_job.add(lambda: told.append("after the job"))


def leave(what):
    raise SystemExit("svc job left")


def good(job, connection, result, *_more):
    told.append(("good", job.get_status(), result))


def bad(job, connection, kind, error, trace):
    told.append(("bad", job.get_status(), kind))


def work(**options) -> int:
    """Run what is queued, as a worker would; how many jobs ran."""
    frappe.db.commit()
    count = worker.burst(frappe.local.site, frappe.local.sites_path, **options)
    frappe.db.rollback()
    return count


class JobTestCase(FrappeTestCase):
    def setUp(self):
        ran.clear()
        told.clear()
        self.name = f"Svc Job {frappe.generate_hash(length=6)}"

    def tearDown(self):
        frappe.db.rollback()
        frappe.set_user("Administrator")
        background_jobs.rows().all().delete()
        for name in frappe.get_all("Role", filters={"name": ("like", "Svc Job%")}, pluck="name"):
            frappe.delete_doc("Role", name, force=True)
        frappe.db.commit()

    def made(self) -> bool:
        return bool(frappe.db.exists("Role", self.name))


class TestJobs(JobTestCase):
    def test_now_runs_here(self):
        frappe.enqueue(note, what=self.name, now=True)
        assert self.made()
        frappe.db.rollback()
        assert not self.made()

    def test_job_runs_as_its_user_in_the_users_language_with_its_arguments(self):
        day, role = datetime.date(2024, 5, 6), frappe.get_doc("Role", "All")
        frappe.set_user("Guest")
        frappe.local.lang = "vi"
        frappe.enqueue(note, what=self.name, day=day, row=frappe._dict(a=1), doc=role, names={"x"})
        frappe.set_user("Administrator")
        frappe.local.lang = "en"
        assert work() == 1
        ((what, user, lang, more),) = ran
        assert (what, user, lang) == (self.name, "Guest", "vi")
        assert (more["day"], more["row"].a, more["names"]) == (day, 1, {"x"})
        assert (more["doc"].doctype, more["doc"].role_name) == ("Role", "All")
        assert self.made()

    def test_in_a_test_it_may_run_here_as_a_worker_would(self):
        frappe.enqueue(note, what=self.name, is_async=False)
        frappe.db.rollback()
        assert self.made()
        before = frappe.db.count("Error Log")
        frappe.enqueue(note, what=f"{self.name} 2", fail=True, is_async=False)
        assert frappe.db.count("Error Log") == before + 1
        assert not frappe.db.exists("Role", f"{self.name} 2")

    def test_hooks_stand_around_each_job(self):
        hooks = {"before_job": ["svc.before"], "after_job": ["svc.after"]}
        kept = frappe.get_hooks

        def call(path, method, **more):
            told.append((path, method.rpartition(".")[2], sorted(more)))

        with (
            patch.object(
                frappe, "get_hooks", lambda name=None, **more: hooks.get(name) or kept(name, **more)
            ),
            patch.object(frappe, "call", call),
        ):
            frappe.enqueue(after_me, what="x")
            work()
        assert told == [
            ("svc.before", "after_me", ["kwargs", "transaction_type"]),
            ("svc.after", "after_me", ["kwargs", "result"]),
            "after the job",
        ]

    def test_jobs_wait_while_the_site_is_migrated(self):
        mark = settings.migration_mark(frappe.local.site_path)
        frappe.enqueue(order, what="x")
        mark.touch()
        try:
            assert work() == 0
        finally:
            mark.unlink()
        assert work() == 1

    def test_a_job_belongs_to_the_transaction_that_queued_it(self):
        for later in (True, False):
            frappe.enqueue(note, what=self.name, enqueue_after_commit=later)
            frappe.db.rollback()
            assert work() == 0
        frappe.db.savepoint("svc")
        frappe.enqueue(note, what=self.name)
        frappe.db.rollback(save_point="svc")
        assert work() == 0
        assert frappe.enqueue(note, what=self.name, enqueue_after_commit=True) is None
        assert work() == 1
        assert ran

    def test_failing_job_is_rolled_back_logged_and_kept(self):
        before = frappe.db.count("Error Log")
        job = frappe.enqueue(note, what=self.name, fail=True, on_success=good, on_failure=bad)
        assert job.get_status() == "queued"
        work()
        assert not self.made()
        assert frappe.db.count("Error Log") == before + 1
        assert job.is_failed
        assert "svc job failed" in job.exc_info
        assert told == [("bad", "failed", ValueError)]
        assert work() == 0  # by itself it is not tried again

    def test_success_is_told(self):
        frappe.enqueue(order, what="a", on_success=good, on_failure=bad)
        work()
        assert told == [("good", "finished", None)]

    def test_a_job_that_asks_for_it_is_tried_again_later_each_time(self):
        job = frappe.enqueue(ask_again, what=self.name, times=2)
        work()
        assert (len(ran), job.get_status()) == (1, "scheduled")
        assert not self.made()
        for tries in (2, 3):
            assert work() == 0  # it is not due yet
            background_jobs.rows().update(run_after=datetime.datetime.now())
            assert work() == 1
            assert len(ran) == tries
        assert job.is_finished
        assert self.made()

    def test_a_job_that_asks_without_end_fails(self):
        job = frappe.enqueue(ask_again, what=self.name, times=100)
        while not job.is_failed:
            assert work() == 1
            background_jobs.rows().update(run_after=datetime.datetime.now())
        assert len(ran) == background_jobs.MAX_RETRIES + 1
        assert not self.made()

    def test_a_job_stops_after_its_time(self):
        job = frappe.enqueue(busy, what=self.name, timeout=1)
        assert work() == 1
        assert job.is_failed
        assert "maximum timeout value (1 seconds)" in job.exc_info
        assert not self.made()

    def test_a_job_that_ends_the_process_ends_itself_only(self):
        job = frappe.enqueue(leave, what="x")
        frappe.enqueue(order, what="after")
        assert work() == 2
        assert job.is_failed
        assert ran == ["after"]

    def test_urgent_queues_and_jobs_go_first(self):
        for what, options in (
            ("long", {"queue": "long"}),
            ("default", {}),
            ("front", {"at_front": True}),
            ("short", {"queue": "short"}),
            ("default 2", {}),
        ):
            frappe.enqueue(order, what=what, **options)
        assert work(queues=["long"]) == 1
        work()
        assert ran == ["long", "short", "front", "default", "default 2"]
        with pytest.raises(frappe.ValidationError):
            frappe.enqueue(order, queue="no such queue", what="x")

    def test_job_of_the_same_id_is_not_queued_twice(self):
        same = {"job_id": "svc", "deduplicate": True, "what": "once"}
        assert frappe.enqueue(order, **same).id == f"{frappe.local.site}::svc"
        assert is_job_enqueued("svc")
        assert frappe.enqueue(order, **same) is None
        assert work() == 1
        assert not is_job_enqueued("svc")
        assert get_job("svc").is_finished
        assert frappe.enqueue(order, **same) is not None  # that one is over
        assert work() == 1
        with pytest.raises(frappe.ValidationError):
            frappe.enqueue(order, deduplicate=True, what="x")

    def test_processes_that_queue_the_same_id_at_once_queue_it_once(self):
        frappe.db.commit()
        site, sites_path, gate, answers = frappe.local.site, frappe.local.sites_path, threading.Barrier(4), []

        def put():
            frappe.init(site=site, sites_path=sites_path)
            frappe.connect()
            gate.wait(10)
            answers.append(frappe.enqueue(order, what="once", job_id="svc-race", deduplicate=True))
            frappe.db.commit()
            frappe.destroy()

        threads = [threading.Thread(target=put) for _number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len([answer for answer in answers if answer]) == 1
        assert work() == 1

    def test_workers_at_once_run_each_job_once(self):
        wanted = [f"job {number}" for number in range(20)]
        for what in wanted:
            frappe.enqueue(order, what=what)
        frappe.db.commit()
        workers = [worker.Worker(frappe.local.site, frappe.local.sites_path) for _number in range(3)]
        threads = [threading.Thread(target=one.run, kwargs={"burst": True}) for one in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(ran) == sorted(wanted)
        assert sum(one.ran for one in workers) == 20

    def test_arguments_that_were_tampered_with_are_not_run(self):
        job = frappe.enqueue(order, what="x")
        row = background_jobs.rows().get(pk=job.key)
        row.args_kwargs["kwargs"]["job"]["call"] = "gASV.tampered:with"
        row.save()
        work()
        assert ran == []
        assert job.is_failed

    def test_locks_of_dead_workers_are_cleared_away_and_those_of_the_living_kept(self):
        locks = Path(frappe.local.site_path, "locks")
        dead, young, living = (locks / f"worker-svc-{name}" for name in ("dead", "young", "living"))
        two_days_ago = time.time() - 2 * 24 * 3600
        for file in (dead, young, living):
            file.touch()
        for file in (dead, living):
            os.utime(file, (two_days_ago, two_days_ago))
        with take(frappe.local.site_path, living.name, shared=False):
            work()
            assert [file.exists() for file in (dead, young, living)] == [False, True, True]
        young.unlink()
        living.unlink()

    def test_what_is_long_over_is_forgotten_and_failures_are_kept_longer(self):
        done, failed = frappe.enqueue(order, what="x"), frappe.enqueue(note, what=self.name, fail=True)
        work()
        an_hour_ago = datetime.datetime.now() - datetime.timedelta(hours=1)
        background_jobs.rows().update(finished_at=an_hour_ago)
        work()
        assert get_job(done.id.partition("::")[2]) is None
        assert get_job(failed.id.partition("::")[2]).is_failed


class TestProgressOfJobs(JobTestCase):
    def test_who_waits_sees_how_far_a_job_is_and_that_it_failed(self):
        frappe.enqueue(half_way, error=None)
        work()
        assert get_progress("Role", "All") == {"percent": 50, "title": "Half", "description": None}
        for error, words in (
            (ValueError("a secret"), "The job failed; the reason is in the Error Log."),
            (frappe.ValidationError("<b>Row 3</b> has no name"), "Row 3 has no name"),
        ):
            frappe.enqueue(half_way, error=error)
            work()
            shown = get_progress("Role", "All")
            assert (shown["failed"], shown["title"], shown["description"]) == (True, "Half", words)


class TestPageOfJobs(JobTestCase):
    def setUp(self):
        super().setUp()
        frappe.enqueue(order, what="fine")
        self.failed = frappe.enqueue(note, what=self.name, fail=True)
        work()
        self.waiting = frappe.enqueue(order, queue="long", what="waits")

    def test_failed_jobs_come_first_with_their_traceback(self):
        rows = frappe.get_list("RQ Job", fields=["name", "status"])
        assert [row.status for row in rows] == ["failed", "queued", "finished"]
        by_desk = frappe.get_list("RQ Job", order_by="`tabRQ Job`.`modified` desc, `tabRQ Job`.`name` desc")
        assert by_desk == rows
        by_status = frappe.get_list("RQ Job", order_by="status asc", limit=2)
        assert [row.status for row in by_status] == ["failed", "finished"]
        assert frappe.get_list("RQ Job", filters={"status": "failed"})[0].name == self.failed.id
        assert frappe.get_list("RQ Job", filters=[["RQ Job", "queue", "=", "long"]])[0].status == "queued"
        assert frappe.get_list("RQ Job", fields=["count(name) as total"])[0].total == 3
        doc = frappe.get_doc("RQ Job", self.failed.id)
        assert "svc job failed" in doc.exc_info
        assert doc.job_name.endswith(".note")
        assert frappe.parse_json(doc.arguments)["kwargs"]["what"] == self.name

    def test_a_failed_job_is_run_again_when_a_manager_says_so(self):
        doc = frappe.get_doc("RQ Job", self.failed.id)
        frappe.set_user("Guest")
        with pytest.raises(frappe.PermissionError):
            retry_job(doc.as_json())
        frappe.set_user("Administrator")
        retry_job(doc.as_json())
        assert work() == 2
        assert self.failed.is_failed
        with pytest.raises(frappe.ValidationError):
            retry_job({"name": self.waiting.id})

    def test_jobs_can_be_taken_out(self):
        frappe.delete_doc("RQ Job", self.waiting.id)
        assert work() == 0
        remove_failed_jobs()
        assert [row.status for row in frappe.get_list("RQ Job")] == ["finished"]
        with pytest.raises(frappe.DoesNotExistError):
            frappe.get_doc("RQ Job", self.failed.id)


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
    def setUp(self):
        self.calls, self.events = [], {}
        self.kept = frappe.get_hooks, frappe.get_attr
        frappe.get_hooks = lambda name=None, *args, **kwargs: (
            self.events if name == "scheduler_events" else self.kept[0](name, *args, **kwargs)
        )
        frappe.get_attr = (
            lambda path: (lambda: self.call(path)) if path.startswith("svc.") else self.kept[1](path)
        )

    def tearDown(self):
        frappe.get_hooks, frappe.get_attr = self.kept
        for name in frappe.get_all("Scheduled Job Type", filters={"method": ("like", "svc.%")}, pluck="name"):
            frappe.delete_doc("Scheduled Job Type", name, force=True)
        background_jobs.rows().all().delete()
        frappe.db.commit()

    def call(self, path):
        self.calls.append(path)
        if path.endswith("bad"):
            raise ValueError("svc event failed")

    def test_due_event_runs_once_a_day(self):
        self.events = {"daily": ["svc.daily"], "cron": {"*/10 * * * *": ["svc.often"]}}
        assert sorted(run_due("2099-06-12 10:00:00")) == ["svc.daily", "svc.often"]
        assert run_due("2099-06-12 10:05:00") == []
        assert run_due("2099-06-12 10:11:00") == ["svc.often"]
        assert sorted(run_due("2099-06-13 00:01:00")) == ["svc.daily", "svc.often"]
        assert self.calls.count("svc.daily") == 2

    def test_failing_event_does_not_stop_the_others(self):
        self.events = {"hourly": ["svc.bad", "svc.good"]}
        run_due("2099-06-12 10:00:00")
        assert sorted(self.calls) == ["svc.bad", "svc.good"]
        assert frappe.db.exists("Error Log", {"method": ("like", "%svc.bad%")})
        ends = frappe.get_all("Scheduled Job Log", fields=["scheduled_job_type", "status", "details"])
        ends = {row.scheduled_job_type: row for row in ends}
        assert ends["svc.good"].status == "Complete"
        assert ends["svc.bad"].status == "Failed"
        assert "svc event failed" in ends["svc.bad"].details

    def test_stopped_event_and_stopped_scheduler_do_not_run(self):
        self.events = {"hourly": ["svc.one", "svc.two"]}
        run_due("2099-06-12 10:00:00")
        frappe.db.set_value("Scheduled Job Type", {"method": "svc.one"}, "stopped", 1)
        assert run_due("2099-06-12 11:00:01") == ["svc.two"]
        frappe.db.set_single_value("System Settings", "enable_scheduler", 0)
        try:
            assert run_due("2099-06-12 12:00:01") == []
        finally:
            frappe.db.set_single_value("System Settings", "enable_scheduler", 1)

    def test_schedulers_at_once_queue_an_event_once(self):
        from frappe.utils.scheduler import enqueue_events

        self.events = {"hourly": ["svc.one"]}
        run_due("2099-06-12 10:00:00")
        site, sites_path, gate, queued = frappe.local.site, frappe.local.sites_path, threading.Barrier(3), []

        def round_of_a_scheduler():
            frappe.init(site=site, sites_path=sites_path)
            frappe.connect()
            gate.wait(10)
            queued.extend(enqueue_events(now=get_datetime("2099-06-12 11:00:01")))
            frappe.destroy()

        threads = [threading.Thread(target=round_of_a_scheduler) for _number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert queued == ["svc.one"]
        self.calls.clear()
        assert work() == 1
        assert self.calls == ["svc.one"]
