"""Background jobs: a thread pool of this process; each job has its own connection to the site."""

import atexit
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait

import frappe
from frappe import _

# SQLite takes one writer at a time: two workers keep a short job from waiting behind a long one.
WORKERS = 2

_lock = threading.Lock()
_pool: ThreadPoolExecutor | None = None
_running: dict[str, Future] = {}


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
    """Run a method in the background as the session's user.

    `now=True` runs it in this thread and transaction and returns its result. `enqueue_after_commit`
    starts it when the transaction is committed, never if it is rolled back. With `deduplicate` and
    `job_id`, a job of that id that still waits or runs is not queued again.
    """
    is_async = kwargs.pop("async", is_async)
    if deduplicate and not job_id:
        frappe.throw(_("`job_id` paramater is required for deduplication."))
    if deduplicate and is_job_enqueued(job_id):
        return None
    if now or not is_async:
        return frappe.call(method, **kwargs)

    site, sites_path = frappe.local.site, frappe.local.sites_path
    user = frappe.session.user
    full_id = create_job_id(job_id)
    work = dict(
        site=site,
        sites_path=sites_path,
        user=user,
        lang=frappe.local.lang,
        in_test=frappe.flags.in_test,
        method=method,
        kwargs=kwargs,
        job_id=full_id,
        job_name=job_name or get_method_name(method),
        on_success=on_success,
        on_failure=on_failure,
    )
    if enqueue_after_commit:
        frappe.db.after_commit.add(lambda: _submit(work))
        return None
    return _submit(work)


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
    return getattr(frappe.get_doc(doctype, name), doc_method)(**kwargs)


def get_method_name(method: str | Callable) -> str:
    return method if isinstance(method, str) else f"{method.__module__}.{method.__qualname__}"


def create_job_id(job_id: str | None = None) -> str:
    """A job's id, apart for each site of the process."""
    return f"{frappe.local.site}::{job_id or uuid.uuid4()}"


def is_job_enqueued(job_id: str) -> bool:
    """Whether a job of this id (of this site) waits or runs."""
    future = _running.get(create_job_id(job_id))
    return bool(future) and not future.done()


def wait_for_jobs(timeout: float | None = None) -> bool:
    """Wait until every queued job has ended; False if `timeout` seconds were not enough."""
    pending = [future for future in list(_running.values()) if not future.done()]
    return not wait(pending, timeout=timeout).not_done


def _submit(work: dict) -> Future:
    global _pool
    with _lock:
        if _pool is None:
            _pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="frappe-job")
            atexit.register(_pool.shutdown, wait=True)
        future = _pool.submit(execute_job, **work)
        _running[work["job_id"]] = future
    future.add_done_callback(lambda _done: _forget(work["job_id"], future))
    return future


def _forget(job_id: str, future: Future) -> None:
    with _lock:
        if _running.get(job_id) is future:
            del _running[job_id]


def execute_job(
    site,
    method,
    kwargs,
    user=None,
    sites_path=None,
    lang=None,
    in_test=False,
    job_id=None,
    job_name=None,
    on_success=None,
    on_failure=None,
):
    """The body of a job: connect, run, commit; on an error roll back and leave an Error Log."""
    frappe.init(site=site, sites_path=sites_path)
    frappe.connect()
    try:
        frappe.flags.in_test = in_test
        if user:
            frappe.set_user(user)
        frappe.local.lang = lang or frappe.local.lang
        if isinstance(method, str):
            method = frappe.get_attr(method)
        frappe.local.job = frappe._dict(
            site=site,
            method=get_method_name(method),
            job_name=job_name,
            job_id=job_id,
            kwargs=kwargs,
            user=user,
        )
        try:
            result = method(**kwargs)
            frappe.db.commit()
        except Exception as error:
            frappe.db.rollback()
            frappe.log_error(title=get_method_name(method))
            frappe.db.commit()
            if on_failure:
                on_failure(frappe.local.job, error)
            raise
        if on_success:
            on_success(frappe.local.job, result)
        return result
    finally:
        frappe.destroy()
