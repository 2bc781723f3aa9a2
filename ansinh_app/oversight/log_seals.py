"""Seals over the Personal Data Log: each covers the rows of a time and the seal before it."""

import hashlib
import json
from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from ansinh_app.exceptions import PersonalDataError
from ansinh_app.oversight import personal_data
from ansinh_app.utils import actions

_AT_ONCE = 2000
# A row is written before its transaction ends: only what is older than any transaction is sealed.
_SETTLED = timedelta(hours=1)
_SEALED = (
    "name logged_at action user roles ip_address people office beneficiary what reference_doctype "
    "reference_name reason detail"
).split()


def seal(until: datetime | None = None) -> str | None:
    """Hourly: seal the rows not sealed yet; returns the seal's name, None where there is nothing to seal."""
    until = until or now_datetime() - _SETTLED
    last = _last()
    since = get_datetime(last.sealed_until) if last else None
    if since and since >= until:
        return None
    count, digest = _digest(since, until, last.digest if last else "")
    if not count:
        return None
    doc = frappe.get_doc(
        {
            "doctype": "Personal Data Log Seal",
            "sealed_until": until,
            "row_count": count,
            "digest": digest,
            "previous_digest": last.digest if last else None,
        }
    )
    doc.flags.by_system = True
    return doc.insert(ignore_permissions=True).name


def broken() -> list[dict]:
    """The seals that no longer agree with the log, oldest first: [{"name", "sealed_until", "rows", "found"}]."""
    found, before, since = [], "", None
    for row in _seals():
        count, digest = _digest(since, get_datetime(row.sealed_until), before)
        if digest != row.digest or count != row.row_count or (row.previous_digest or "") != before:
            found.append(
                {"name": row.name, "sealed_until": row.sealed_until, "rows": row.row_count, "found": count}
            )
        before, since = row.digest, get_datetime(row.sealed_until)
    return found


@frappe.whitelist(methods=["POST"])
def check_log(doc: str | dict) -> str:
    """Action: compute every seal anew and say which rows of which time were touched."""
    actions.stored(doc, "Personal Data Log Seal", "read")
    wrong = broken()
    if wrong:
        lines = [
            _("{0}: {1} rows were sealed until {2}, {3} are there, or one was changed").format(
                frappe.bold(row["name"]), row["rows"], row["sealed_until"], row["found"]
            )
            for row in wrong
        ]
        frappe.throw("<br>".join(lines), PersonalDataError, title=_("The Log Was Touched"))
    message = _("All {0} seals agree with the log.").format(len(_seals()))
    frappe.msgprint(message, title=_("Personal Data Log"), indicator="green")
    return message


def watch() -> None:
    """Daily: tell the managers when the log was touched."""
    wrong = broken()
    if wrong:
        subject = _("The Personal Data Log was touched: {0}").format(", ".join(row["name"] for row in wrong))
        frappe.log_error(title="Personal Data Log", message=subject)
        personal_data.tell_managers(subject, "Personal Data Log Seal", wrong[0]["name"])


def _last():
    rows = _seals(limit=1, order="desc")
    return rows[0] if rows else None


def _seals(limit: int = 0, order: str = "asc") -> list[dict]:
    return frappe.get_all(
        "Personal Data Log Seal",
        fields=["name", "sealed_until", "row_count", "digest", "previous_digest"],
        order_by=f"sealed_until {order}, name {order}",
        limit_page_length=limit,
    )


def _digest(since: datetime | None, until: datetime, before: str) -> tuple[int, str]:
    """Rows of (since, until] and the digest over them, by time and name."""
    log = frappe.qb.DocType("Personal Data Log")
    query = frappe.qb.from_(log).select(*(log[name] for name in _SEALED)).where(log.logged_at <= until)
    if since:
        query = query.where(log.logged_at > since)
    query = query.orderby(log.logged_at).orderby(log.name)
    total, sum_of = 0, hashlib.sha256(before.encode())
    while rows := query.limit(_AT_ONCE).offset(total).run(as_dict=True):
        for row in rows:
            values = [
                str(get_datetime(row.logged_at)) if name == "logged_at" else row[name] for name in _SEALED
            ]
            sum_of.update(json.dumps(values, ensure_ascii=False, default=str).encode())
        total += len(rows)
    return total, sum_of.hexdigest()
