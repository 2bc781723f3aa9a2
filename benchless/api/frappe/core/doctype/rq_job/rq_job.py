"""RQ Job: the queue as a list of documents (Frappe's name for it); a virtual DocType over the jobs' rows."""

from zoneinfo import ZoneInfo

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, compare, cstr, get_system_timezone
from frappe.utils.background_jobs import Job, get_job, rows

# Failed jobs come first, then what runs and waits.
ORDER = ("failed", "started", "scheduled", "queued", "finished")


class RQJob(Document):
    def load_from_db(self):
        job = _job(self.name)
        if job is None:
            raise frappe.DoesNotExistError(_("{0} {1} not found").format(_(self.doctype), self.name))
        super(Document, self).__init__(serialize_job(job))
        self.job = job
        return self

    @staticmethod
    def get_list(args) -> list:
        """Jobs as rows; `filters`, `or_filters`, `order_by`, `start`, `page_length` (20)."""
        found = _matching(args)
        first = cstr(args.get("order_by")).split(",")[0].replace("`", "").split(".")[-1].split()
        field, newest_first = (first or ["modified"])[0], first[1:] != ["asc"]
        if field == "modified":
            found.sort(key=lambda job: job.modified, reverse=newest_first)
            if newest_first:
                found.sort(key=lambda job: ORDER.index(job.status))
        else:
            found.sort(key=lambda job: cstr(job.get(field)), reverse=newest_first)
        start, length = cint(args.get("start")), cint(args.get("page_length")) or 20
        return found[start : start + length]

    @staticmethod
    def get_count(args) -> int:
        return len(_matching(args))

    @staticmethod
    def get_stats(args) -> dict:
        return {}

    def db_insert(self, *args, **kwargs):
        """Jobs are queued by frappe.enqueue only."""

    def db_update(self, *args, **kwargs):
        """A job's fields are what the queue says."""

    def delete(self, *args, **kwargs) -> None:
        frappe.has_permission("RQ Job", "delete", throw=True)
        self.job.delete()


def _job(name) -> Job | None:
    """The job of a full id; only this site's."""
    site, _colons, job_id = cstr(name).partition("::")
    return get_job(job_id) if site == frappe.local.site and job_id else None


def _matching(args) -> list:
    filters = _triples(args.get("filters"))
    any_of = _triples(args.get("or_filters"))
    jobs = [serialize_job(Job(row)) for row in rows().all()]
    return [
        job
        for job in jobs
        if all(_holds(job, rule) for rule in filters)
        and (not any_of or any(_holds(job, rule) for rule in any_of))
    ]


def _triples(filters) -> list[tuple]:
    """(field, operator, value) of filters in any of their spellings."""
    if isinstance(filters, dict):
        filters = [
            [field, *(value if isinstance(value, (list, tuple)) else ("=", value))]
            for field, value in filters.items()
        ]
    return [tuple(rule[-3:]) if len(rule) > 2 else (rule[0], "=", rule[1]) for rule in filters or []]


def _holds(job, rule: tuple) -> bool:
    field, operator, value = rule
    if operator == "between":
        return cstr(value[0]) <= cstr(job.get(field)) <= cstr(value[1]) + "~"
    return compare(cstr(job.get(field)) if isinstance(value, str) else job.get(field), operator, value)


def serialize_job(job: Job) -> frappe._dict:
    """A job as a document's values; times in the site's zone."""
    name = job.work["job_name"]
    call = frappe.parse_json(job.work["arguments"])["kwargs"]
    if (
        job.method == "frappe.utils.background_jobs.run_doc_method"
        and call.get("doctype")
        and call.get("doc_method")
    ):
        name = f"{call['doctype']}.{call['doc_method']}"
    started, ended = _local(job.started_at), _local(job.ended_at)
    return frappe._dict(
        doctype="RQ Job",
        name=job.id,
        job_id=job.id,
        queue=job.origin,
        job_name=name,
        status=job.get_status(refresh=False),
        started_at=started or "",
        ended_at=ended or "",
        time_taken=(job.ended_at - job.started_at).total_seconds() if job.ended_at and job.started_at else "",
        exc_info=job.exc_info,
        arguments=job.work["arguments"],
        timeout=job.timeout,
        creation=_local(job.enqueued_at),
        modified=ended or started or _local(job.enqueued_at),
        _comment_count=0,
        owner=job.work["user"],
        modified_by=job.work["user"],
        docstatus=0,
    )


def _local(moment):
    """The queue's times are those of the server's clock; a page shows the site's."""
    return moment and moment.astimezone(ZoneInfo(get_system_timezone())).replace(tzinfo=None)


@frappe.whitelist(methods=["POST"])
def retry_job(doc: str | dict) -> str:
    """DocType Action: put a failed job in the queue again. ValidationError where it has not failed."""
    frappe.has_permission("RQ Job", "delete", throw=True)
    job = _job(frappe.parse_json(doc).get("name"))
    if job is None or not job.is_failed:
        frappe.throw(_("Only a failed job can be run again."))
    job.requeue()
    return _("The job is in the queue again.")


@frappe.whitelist(methods=["POST"])
def remove_failed_jobs(doc: str | dict | None = None) -> None:
    """Forget the failed jobs: a document's (DocType Action), else all of them."""
    frappe.has_permission("RQ Job", "delete", throw=True)
    if doc:
        job = _job(frappe.parse_json(doc).get("name"))
        if job is None or not job.is_failed:
            frappe.throw(_("Only a failed job can be removed."))
        job.delete()
        return
    frappe.db.lock_writes()
    rows().filter(status="FAILED").delete()
