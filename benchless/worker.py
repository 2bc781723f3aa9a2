"""The worker: takes jobs from the site's queue, one at a time, and runs each to its end.

Each worker holds a lock file of the site while it lives; the system frees it when the process dies, however
it dies. A job that "runs" under a lock nobody holds was cut off: it is marked failed, and a person decides.
"""

import contextlib
import ctypes
import logging
import os
import socket
import sys
import threading
import time
import traceback
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from benchless import locks, settings

POLL_SECONDS = 1
CARE_SECONDS = 30
MISSES = 5  # looks into the queue that may fail before a burst gives up
KEEP_FINISHED = 10 * 60  # seconds; rq_results_ttl in site_config.json
KEEP_FAILED = 7 * 24 * 3600  # seconds; rq_job_failure_ttl
KEEP_FAILED_JOBS = 1000  # rq_failed_jobs_limit
OLD_SECONDS = 24 * 3600
CUT_OFF = "Job was cut off: its worker ended before the job did"

_queued = threading.Condition()
_logger = logging.getLogger("frappe.worker")


class JobTimeoutException(Exception):
    """The job took longer than it may."""


class AbandonedJobError(Exception):
    """The job's worker died."""


def wake() -> None:
    """Tell this process's workers that there may be work."""
    with _queued:
        _queued.notify_all()


def create_tables() -> None:
    """Bring the queue's tables up to the library's, by its own migrations; commits."""
    from django.core.management import call_command
    from django.db import connections

    connection = connections["default"]
    connection.commit()
    connection.set_autocommit(True)
    try:
        call_command("migrate", "django_tasks_database", verbosity=0, interactive=False)
    finally:
        connection.set_autocommit(False)


class Worker:
    """One thread's worth of work on a site. `queues`: None for all of them."""

    def __init__(self, site: str, sites_path: str | Path | None = None, queues: list[str] | None = None):
        self.site, self.sites_path, self.queues = site, str(sites_path) if sites_path else None, queues
        self.id = f"{socket.gethostname()[:24]}.{os.getpid()}.{uuid.uuid4().hex[:12]}"
        self.stopping = threading.Event()
        self.ran = 0

    def stop(self) -> None:
        """Take no further job; the running one ends first."""
        self.stopping.set()

    def run(self, burst: bool = False, only: list | None = None) -> int:
        """Work until stopped, or (burst) until nothing is due; `only`: the jobs' keys. How many ran."""
        import frappe

        frappe.init(site=self.site, sites_path=self.sites_path)
        folder = Path(frappe.local.site_path)
        self.sites_path = frappe.local.sites_path
        name = f"worker-{self.id}"
        lock = locks.take(folder, name, shared=False)
        cared, said, misses = None, None, 0
        try:
            while not self.stopping.is_set():
                row = None
                try:
                    if not settings.is_half_migrated(folder):  # jobs wait for whole tables
                        if cared is None or datetime.now() - cared > timedelta(seconds=CARE_SECONDS):
                            self.care(folder)
                            cared = datetime.now()
                        row = self.claim(only)
                    said, misses = None, 0
                except Exception as error:
                    # The database is locked, or away: the next round tries again, and says it once.
                    misses += 1
                    if burst and misses == MISSES:
                        raise
                    if said != (said := str(error)):
                        _logger.exception("%s: no look into the queue", self.site)
                    self.close()
                if row is not None:
                    self.execute(row)
                elif burst and not misses:
                    break
                else:
                    with _queued:
                        _queued.wait(POLL_SECONDS)
        finally:
            self.close()
            lock.close()
            (folder / "locks" / name).unlink(missing_ok=True)
        return self.ran

    @staticmethod
    def close() -> None:
        from django.db import connections

        with contextlib.suppress(Exception):
            connections["default"].close()

    def claim(self, only: list | None = None):
        """The most urgent job that is due, marked as this worker's; None where there is none."""
        from frappe.utils.background_jobs import rows

        due = rows().ready()
        if self.queues:
            due = due.filter(queue_name__in=self.queues)
        if only is not None:
            due = due.filter(pk__in=only)
        while (row := due.first()) is not None:
            row.worker_ids = [*row.worker_ids, self.id]
            row.started_at = datetime.now()
            mine = rows().filter(pk=row.pk, status="READY").update(
                status="RUNNING", started_at=row.started_at, worker_ids=row.worker_ids
            )  # fmt: skip
            if mine:
                row.status = "RUNNING"
                return row
        return None

    def execute(self, row) -> None:
        """Run a claimed job and write down how it ended; no error leaves this method."""
        self.ran += 1
        result, trouble = None, None
        try:
            result = self._call(row)
        except (Exception, SystemExit) as error:
            trouble = error
        try:
            self._settle(row, trouble)
        except Exception:
            _logger.exception("%s: the end of job %s could not be written down", self.site, row.pk)
            self.close()
        self._tell(row, result, trouble)

    def _call(self, row):
        """The job's own work; its success or failure is part of the transaction that ends it."""
        from frappe.utils.background_jobs import Job, execute_job

        job = Job(row)
        return execute_job(
            **job.kwargs,
            retry=len(row.worker_ids) - 1,
            lang=job.work["lang"],
            in_test=job.work["in_test"],
            sites_path=self.sites_path,
            limit=lambda: time_limit(job.timeout),
            done=lambda: finish(row),
            failed=lambda error: finish(row, error),
        )

    def _settle(self, row, trouble) -> None:
        """What the job's transaction could not say: another try, or a failure outside it."""
        from frappe.utils.background_jobs import MAX_RETRIES, retried_errors, rows

        tries = len(row.worker_ids)
        if trouble is None:
            finish(row)
        elif isinstance(trouble, retried_errors()) and tries <= MAX_RETRIES:
            later = datetime.now() + timedelta(seconds=tries)
            rows().filter(pk=row.pk, status="RUNNING").update(status="READY", run_after=later)
        else:
            finish(row, trouble)

    def _tell(self, row, result, trouble) -> None:
        """The callbacks of frappe.enqueue, with RQ's arguments."""
        from frappe.utils.background_jobs import Job

        try:
            row.refresh_from_db()
            job = Job(row)
            if row.status == "SUCCESSFUL" and job.work.get("on_success"):
                _function(job.work["on_success"])(job, None, result)
            elif row.status == "FAILED" and job.work.get("on_failure"):
                _function(job.work["on_failure"])(job, None, type(trouble), trouble, trouble.__traceback__)
        except Exception:
            _logger.exception("%s: a callback of job %s failed", self.site, row.pk)
        finally:
            self.close()

    def care(self, folder: Path) -> None:
        """Mark what a dead worker left, and forget what has been long over."""
        import frappe
        from frappe.utils.background_jobs import rows

        for row in rows().running():
            # Its own, while it does nothing: the end of a job that could not be written down, as on a full disk.
            mine = bool(row.worker_ids) and row.worker_ids[-1] == self.id
            if row.worker_ids and (mine or not is_alive(folder, row.worker_ids[-1])):
                error = AbandonedJobError(CUT_OFF)
                if finish(row, error):
                    self._log_cut_off(row)
                    self._tell(row, None, error)
                    if not mine:
                        (folder / "locks" / f"worker-{row.worker_ids[-1]}").unlink(missing_ok=True)
        frappe.init(self.site, self.sites_path)
        conf, now = frappe.conf, datetime.now()
        for status, seconds in (
            ("SUCCESSFUL", conf.get("rq_results_ttl") or KEEP_FINISHED),
            ("FAILED", conf.get("rq_job_failure_ttl") or KEEP_FAILED),
        ):
            over = rows().filter(status=status, finished_at__lt=now - timedelta(seconds=seconds))
            if over.exists():
                over.delete()
        limit = conf.get("rq_failed_jobs_limit") or KEEP_FAILED_JOBS
        for file in (folder / "locks").glob("worker-*"):  # of one that died with nothing to do
            if file.stat().st_mtime < time.time() - OLD_SECONDS and not is_alive(folder, file.name[7:]):
                file.unlink(missing_ok=True)
        surplus = list(rows().failed().order_by("-finished_at").values_list("pk", flat=True)[limit:])
        if surplus:
            rows().filter(pk__in=surplus).delete()

    def _log_cut_off(self, row) -> None:
        import frappe
        from frappe.utils.background_jobs import Job

        frappe.init(site=self.site, sites_path=self.sites_path, force=True)
        frappe.connect()
        try:
            frappe.log_error(title=Job(row).method, message=CUT_OFF)
            frappe.db.commit()
        finally:
            frappe.destroy()


def finish(row, error: BaseException | None = None) -> bool:
    """Mark a running job as finished or failed; False where it no longer runs."""
    from frappe.utils.background_jobs import rows

    values = {"status": "SUCCESSFUL", "finished_at": datetime.now()}
    if error is not None:
        values |= {
            "status": "FAILED",
            "exception_class_path": f"{type(error).__module__}.{type(error).__qualname__}",
            "traceback": "".join(traceback.format_exception(error)),
        }
    return bool(rows().filter(pk=row.pk, status="RUNNING", worker_ids=row.worker_ids).update(**values))


def is_alive(folder: Path, worker: str) -> bool:
    """Whether a worker of the site still holds its lock."""
    if not (folder / "locks" / f"worker-{worker}").exists():
        return False
    if locks.fcntl is None:  # not a Unix: nobody can tell
        return True
    lock = locks.take(folder, f"worker-{worker}", shared=False)
    if lock is None:
        return True
    lock.close()
    return False


def _function(path: str):
    import importlib

    module, name = path.rsplit(".", 1)
    return getattr(importlib.import_module(module), name)


@contextlib.contextmanager
def time_limit(seconds: int):
    """Raise JobTimeoutException in this thread, where its Python code is then, after so many seconds.

    A call into a library that does not come back is only stopped when it returns.
    """
    thread, guard, over = threading.get_ident(), threading.Lock(), False
    raise_in = ctypes.pythonapi.PyThreadState_SetAsyncExc

    def stop():
        with guard:
            if not over:
                raise_in(ctypes.c_ulong(thread), ctypes.py_object(JobTimeoutException))

    timer = threading.Timer(seconds, stop)
    timer.daemon = True
    timer.start()
    try:
        yield
    except JobTimeoutException:
        raise JobTimeoutException(f"Job exceeded maximum timeout value ({seconds} seconds)") from None
    finally:
        with guard:
            over = True
            raise_in(ctypes.c_ulong(thread), None)  # one that has not arrived yet must not hit the commit
        timer.cancel()


class Pool:
    """Workers in threads of this process: one for all queues, one that a long job never keeps busy."""

    def __init__(self, site: str, sites_path: str | Path | None = None):
        self.workers = [Worker(site, sites_path), Worker(site, sites_path, ["short", "default"])]
        self.threads = [
            threading.Thread(target=worker.run, name=f"worker-{number}", daemon=True)
            for number, worker in enumerate(self.workers, 1)
        ]

    def start(self) -> "Pool":
        for thread in self.threads:
            thread.start()
        return self

    def stop(self) -> None:
        """Take no further job and wait for those that run."""
        for worker in self.workers:
            worker.stop()
        wake()
        if any(thread.is_alive() for thread in self.threads) and _running(self.workers):
            print("Waiting for the jobs that run…", file=sys.stderr, flush=True)
        for thread in self.threads:
            thread.join()


def _running(workers: list[Worker]) -> bool:
    from frappe.utils.background_jobs import rows

    with contextlib.suppress(Exception):
        last = {row.worker_ids[-1] for row in rows().running() if row.worker_ids}
        return bool(last & {worker.id for worker in workers})
    return False


def burst(site: str, sites_path: str | None = None, queues=None, only: list | None = None) -> int:
    """Run what is due (of `only`) in a thread of its own: the caller stays connected. How many ran."""
    worker = Worker(site, sites_path, queues)
    thread = threading.Thread(target=worker.run, kwargs={"burst": True, "only": only}, name="worker-burst")
    thread.start()
    thread.join()
    return worker.ran
