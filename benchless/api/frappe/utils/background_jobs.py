"""Background jobs: frappe.enqueue writes a row of the site's database, a worker (benchless/worker.py) runs it.

The rows are those of django-tasks-db, the database backend of Django's own task framework (django-tasks
brings that framework to Django 5.2): its model, states, order and migrations on both engines. Looked at and
left: django-q2 (polls with a cluster of processes, retries a job whose worker died) and huey (tables of its
own outside Django's transaction). Not used is the library's worker: it has no time limit, finds no job whose
worker died, and records success in a second transaction.

What differs from Frappe, whose queue is in Redis: a job belongs to the caller's transaction. A rollback
forgets it, after a commit it is not lost, with or without `enqueue_after_commit`. Its success is recorded in
the transaction of its last commit, so that a job that was killed is either done and "finished" or undone and
"failed". As on Frappe, a failed job is not run again by itself, except for RetryBackgroundJobError and a
locked database: at most MAX_RETRIES times, one second later each time.
"""

import uuid
from collections.abc import Callable
from contextlib import nullcontext

import frappe
from frappe import _
from frappe.realtime import publish_failure
from frappe.utils import cint

MAX_RETRIES = 5
DEFAULT_TIMEOUT = 300  # seconds
TASK = "frappe.utils.background_jobs.execute_job"
STATUS = {"READY": "queued", "RUNNING": "started", "SUCCESSFUL": "finished", "FAILED": "failed"}
# A queue's jobs go before those of the queues after it; at_front before the others of its queue.
PRIORITY = {"short": 20, "default": 10, "long": 0}
AT_FRONT = 5
_SALT = "frappe.utils.background_jobs"
_IDS = uuid.UUID("5f0a8e5c-2f3b-4c1e-9a76-0f6a1d3c7b42")


class PickleSerializer:
    """Dates, documents, sets, functions by their name: what apps pass. Signed with the site's secret."""

    def dumps(self, value) -> bytes:
        import pickle

        return pickle.dumps(value)

    def loads(self, data: bytes):
        import pickle

        return pickle.loads(data)  # noqa: S301 (only after the signature was found right)


class Job:
    """A job in the queue, with the names of RQ's Job that apps use. `id` begins with the site's name."""

    def __init__(self, row):
        self._row = row
        self.key = row.pk
        self.work = row.args_kwargs["kwargs"]["job"]
        self.id = self.work["job_id"]
        self.origin = row.queue_name
        self.method = self.work["method"]
        self.timeout = self.work["timeout"]

    enqueued_at = property(lambda self: self._row.enqueued_at)
    started_at = property(lambda self: self._row.started_at)
    ended_at = property(lambda self: self._row.finished_at)
    exc_info = property(lambda self: self._row.traceback)

    @property
    def kwargs(self) -> dict:
        """The arguments execute_job gets."""
        from django.core import signing

        return signing.loads(self.work["call"], salt=_SALT, serializer=PickleSerializer)

    def refresh(self) -> None:
        self._row.refresh_from_db()

    def get_status(self, refresh: bool = True) -> str:
        """queued, scheduled (it waits for its next try), started, finished or failed."""
        if refresh:
            self._row.refresh_from_db()
        if self._row.status == "READY" and len(self._row.worker_ids):
            return "scheduled"
        return STATUS[self._row.status]

    is_queued = property(lambda self: self.get_status() == "queued")
    is_started = property(lambda self: self.get_status() == "started")
    is_finished = property(lambda self: self.get_status() == "finished")
    is_failed = property(lambda self: self.get_status() == "failed")

    def delete(self) -> None:
        """Take it out of the queue; what runs already is not stopped."""
        frappe.db.lock_writes()
        self._row.delete()

    def requeue(self) -> None:
        """Put a failed job in the queue again."""
        frappe.db.lock_writes()
        rows().filter(pk=self.key, status="FAILED").update(
            status="READY",
            worker_ids=[],
            started_at=None,
            finished_at=None,
            exception_class_path="",
            traceback="",
        )
        _wake_after_commit()


def rows():
    """The queue as a Django query set."""
    from django_tasks_db.models import DBTaskResult

    return DBTaskResult.objects


def get_queues_timeout() -> dict:
    """{queue: seconds a job may take}, the most urgent first; `workers` of site_config.json adds queues."""
    more = frappe.conf.get("workers") or {}
    return {
        "short": DEFAULT_TIMEOUT,
        "default": DEFAULT_TIMEOUT,
        "long": 1500,
        **{name: config.get("timeout", DEFAULT_TIMEOUT) for name, config in more.items()},
    }


def get_queue_list(queue_list=None, build_queue_name=False) -> list[str]:
    """All queues, or those given after a check; ValidationError for an unknown one."""
    if not queue_list:
        return list(get_queues_timeout())
    wanted = [queue_list] if isinstance(queue_list, str) else list(queue_list)
    for queue in wanted:
        validate_queue(queue)
    return wanted


def validate_queue(queue: str, default_queue_list=None) -> None:
    known = default_queue_list or list(get_queues_timeout())
    if queue not in known:
        frappe.throw(_("Queue should be one of {0}").format(", ".join(known)))


def enqueue(
    method: str | Callable,
    queue: str = "default",
    timeout: int | None = None,
    event=None,
    is_async: bool = True,
    job_name: str | None = None,
    now: bool = False,
    enqueue_after_commit: bool = False,
    *,
    on_success: Callable | None = None,
    on_failure: Callable | None = None,
    at_front: bool = False,
    job_id: str | None = None,
    deduplicate: bool = False,
    **kwargs,
):
    """Run a method in the background as the session's user and in its language; returns the Job.

    `now=True` runs it here, in this transaction, and returns its result; so does `is_async=False`, except in
    tests, where it is run and committed as a worker would. With `enqueue_after_commit` nothing is returned.
    With `deduplicate` and `job_id`, a job of that id that still waits or runs is not queued again (None).
    `timeout`: seconds, then the job is stopped and has failed. `on_success(job, connection, result)` and
    `on_failure(job, connection, class, error, traceback)` are called by the worker outside the site.
    ValidationError for an unknown queue.
    """
    is_async = kwargs.pop("async", is_async)
    if deduplicate:
        if not job_id:
            frappe.throw(_("`job_id` paramater is required for deduplication."))
        if is_job_enqueued(job_id):
            return None
    if now or (not is_async and not frappe.flags.in_test):
        return frappe.call(method, **kwargs)

    validate_queue(queue)
    name = get_method_name(method)
    call = {
        "site": frappe.local.site,
        "user": frappe.session.user,
        "method": method,
        "event": event,
        "job_name": job_name or name,
        "is_async": is_async,
        "kwargs": kwargs,
    }
    if not is_async:
        return _run_here(call)

    row = _write_row(
        queue,
        at_front,
        deduplicate,
        job_id=create_job_id(job_id),
        method=name,
        job_name=job_name or name,
        user=frappe.session.user,
        lang=frappe.local.lang,
        in_test=bool(frappe.flags.in_test),
        timeout=cint(timeout) or get_queues_timeout().get(queue) or DEFAULT_TIMEOUT,
        arguments=frappe.as_json({**call, "method": name, "kwargs": _readable(kwargs)}, ensure_ascii=False),
        call=_signed(call),
        on_success=get_method_name(on_success) if on_success else None,
        on_failure=get_method_name(on_failure) if on_failure else None,
    )
    if row is None or enqueue_after_commit:
        return None
    return Job(row)


def _readable(value):
    """Arguments as a person may read them on the page of jobs."""
    if isinstance(value, dict):
        return {str(key): _readable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_readable(item) for item in value]
    if value is None or isinstance(value, (str, int, float, bool)):
        return value
    return str(value)


def _signed(call: dict) -> str:
    from django.core import signing

    return signing.dumps(call, salt=_SALT, serializer=PickleSerializer, compress=True)


def _write_row(queue: str, at_front: bool, unique: bool, **work):
    """The job's row in this transaction; None where `unique` and somebody else's is there first."""
    from django.db import IntegrityError

    frappe.db.lock_writes()
    key = uuid.uuid4()
    if unique:  # the id is the key: two processes that queue it at once make one
        key = uuid.uuid5(_IDS, work["job_id"])
        over = rows().filter(pk=key, status__in=("SUCCESSFUL", "FAILED"))
        if over.exists():  # to delete what is not there would lock its place on MariaDB
            over.delete()
    try:
        row = rows().create(
            id=key,
            args_kwargs={"args": [], "kwargs": {"job": work}},
            priority=PRIORITY.get(queue, 0) + (AT_FRONT if at_front else 0),
            task_path=TASK,
            queue_name=queue,
            run_after=None,
            backend_name="default",
        )
    except IntegrityError:
        if not unique:
            raise
        return None
    frappe.db.transaction_writes += 1
    _wake_after_commit()
    return row


def _wake_after_commit() -> None:
    from benchless.worker import wake

    frappe.db.after_commit.add(wake)


def enqueue_doc(doctype, name=None, method=None, queue="default", timeout=300, now=False, **kwargs):
    """Run a method of a document in the background."""
    return enqueue(
        "frappe.utils.background_jobs.run_doc_method",
        doctype=doctype,
        name=name,
        doc_method=method,
        queue=queue,
        timeout=timeout,
        now=now,
        **kwargs,
    )


def run_doc_method(doctype, name, doc_method, **kwargs):
    """The body of enqueue_doc."""
    getattr(frappe.get_doc(doctype, name), doc_method)(**kwargs)


def get_method_name(method: str | Callable) -> str:
    return method if isinstance(method, str) else f"{method.__module__}.{method.__qualname__}"


def create_job_id(job_id: str | None = None) -> str:
    """A job's id, apart for each site."""
    return f"{frappe.local.site}::{job_id or uuid.uuid4()}"


def get_job(job_id: str) -> Job | None:
    """The newest job of this id (of this site)."""
    row = _of_id(job_id).order_by("-enqueued_at").first()
    return Job(row) if row else None


def _of_id(job_id: str):
    from django.db.models import Q

    full = create_job_id(job_id)
    return rows().filter(Q(pk=uuid.uuid5(_IDS, full)) | Q(args_kwargs__kwargs__job__job_id=full))


def get_job_status(job_id: str) -> str | None:
    job = get_job(job_id)
    return job.get_status(refresh=False) if job else None


def is_job_enqueued(job_id: str) -> bool:
    """Whether a job of this id (of this site) waits or runs."""
    return _of_id(job_id).filter(status__in=("READY", "RUNNING")).exists()


def get_jobs(site=None, queue=None, key="method") -> dict:
    """{site: [values]}: the method, or an argument, of every job that waits or runs."""
    found = frappe._dict()
    waiting = rows().filter(status__in=("READY", "RUNNING"), task_path=TASK)
    for row in waiting.filter(queue_name=queue) if queue else waiting:
        call = Job(row).kwargs
        if site in (None, call["site"]):
            values = found.setdefault(call["site"], [])
            if key in call:
                values.append(call[key])
            elif key in call["kwargs"]:
                values.append(call["kwargs"][key])
    return found


def _run_here(call: dict) -> None:
    """Tests' is_async=False: run and commit as a worker would; an error is logged, not raised."""
    try:
        execute_job(**call)
    except Exception:
        frappe.clear_messages()


def execute_job(
    site,
    method,
    event,
    job_name,
    kwargs,
    user=None,
    is_async=True,
    retry=0,
    *,
    lang=None,
    in_test=False,
    sites_path=None,
    limit=None,
    done=None,
    failed=None,
):
    """Run a job: connect, call, commit; on an error roll back, leave an Error Log and raise it.

    `limit()`: a context that stops the call after the job's time. `done()` and `failed(error)` write down how
    it ended, in the transaction that is committed then. An error that asks for another try is raised without
    an Error Log while `retry` < MAX_RETRIES: the worker runs the job again later.
    """
    if is_async:
        frappe.init(site=site, sites_path=sites_path, force=True)
        frappe.connect()
        frappe.flags.in_test = in_test
        if user:
            frappe.set_user(user)
        frappe.local.lang = lang or frappe.local.lang
    name, result = get_method_name(method), None
    try:
        frappe.local.job = frappe._dict(
            site=site, method=name, job_name=job_name, kwargs=kwargs, user=user, after_job=_callbacks()
        )
        try:
            if isinstance(method, str):
                method = frappe.get_attr(method)
            for path in frappe.get_hooks("before_job"):
                frappe.call(path, method=name, kwargs=kwargs, transaction_type="job")
            with limit() if limit else nullcontext():
                result = method(**kwargs)
            if done:
                frappe.db.lock_writes()
                done()
            frappe.db.commit()
        except Exception as error:
            frappe.db.rollback()
            if not (is_async and isinstance(error, retried_errors()) and retry < MAX_RETRIES):
                frappe.log_error(title=name)
                if failed:
                    failed(error)
                frappe.db.commit()
                publish_failure(error)
            raise
        return result
    finally:
        for path in frappe.get_hooks("after_job"):
            frappe.call(path, method=name, kwargs=kwargs, result=result)
        frappe.local.job.after_job.run()
        if is_async:
            frappe.destroy()


def _callbacks():
    from frappe.database.utils import CallbackManager

    return CallbackManager()


def retried_errors() -> tuple:
    """Errors that ask for another try."""
    return (frappe.RetryBackgroundJobError, frappe.QueryTimeoutError, frappe.QueryDeadlockError)
