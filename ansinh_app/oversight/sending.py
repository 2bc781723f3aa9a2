"""Letters of Report Schedules: who gets what he may see, handed to the mail queue once, and what became of it.

The row that says "handed over" (Report Dispatch) and the row of the mail queue are written in one transaction: a
process that is killed leaves both or neither, and the key of the letter is unique. So no letter goes twice.
"""

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.utils import escape_html, getdate, now_datetime, strip_html, today

from ansinh_app.core.months import Month
from ansinh_app.exceptions import ReportScheduleError
from ansinh_app.permissions import knows_office
from ansinh_app.utils import terms
from ansinh_app.utils.report_files import cell, report_pdf, report_xlsx, run_report

# Mail leaves the office, so only reports that name nobody are sent; columns that might are left out.
REPORTS_WITHOUT_NAMES = {
    "Account Coverage": (),
    "Monthly Payout": (),
    "Late Commune Reports": ("obstacles", "report"),
    "Results Awaited": (),
    "Lists Due": (),
    "Contracts Ending": (),
    "Mandates Ending by Commune": (),
    "Open Cases": (),
    "Account Funnel": (),
    "Pay Point Network": (),
    "Identity Ageing": (),
    "Cash Payments": (),
    "Data Quality": (),
    "Provider Performance": (),
    "Statistics Forms": (),
    "Treasury Tie-out": (),
}
_ROWS_IN_LETTER, _COLUMNS_IN_LETTER = 40, 8
# Of the mail queue's words, and those here.
_STATUS = {"Sent": "Sent", "Partially Sent": "Partly Sent", "Error": "Error", "Expired": "Error"}
_FINAL_ENOUGH = ("Waiting", "Sent", "Partly Sent", "Error", "Nothing to Send", "Not Allowed")


@dataclass(frozen=True)
class Reader:
    """Whose rights decide what a letter holds, and where it goes."""

    user: str
    addresses: tuple[str, ...]
    outside: bool = False


def readers(schedule) -> list[Reader]:
    """A letter for each user, and one for all addresses outside, with the rights of who switched the schedule on."""
    users, outside = {}, []
    for role in schedule.roles_told():
        for user in terms.users_with(role):
            if knows_office(schedule.office, user):
                users[user] = frappe.db.get_value("User", user, "email") or user
    for address in schedule.addresses():
        user = frappe.db.get_value("User", {"email": address, "enabled": 1}, "name")
        if user:
            users[user] = address
        else:
            outside.append(address)
    found = [Reader(user, (address,)) for user, address in sorted(users.items())]
    if outside:
        found.append(Reader(schedule.switched_on_by or schedule.owner, tuple(outside), outside=True))
    return found


def send_due(on: str | None = None) -> list[str]:
    """Send every schedule that is due; the app's daily scheduler event. Returns those sent.

    Each is committed by itself. What failed is told in its Report Dispatch and tried again the next day.
    """
    day, sent = getdate(on or today()), []
    for name in frappe.get_all("Report Schedule", filters={"enabled": 1}, pluck="name", order_by="name"):
        if _send_if_due(name, day):
            sent.append(name)
        if not frappe.flags.in_test:
            frappe.db.commit()
    return sent


def _send_if_due(name: str, day: date) -> bool:
    # The row is locked first, so that two schedulers at once do not mail one month twice.
    frappe.db.get_value("Report Schedule", name, "last_month", for_update=True)
    schedule = frappe.get_doc("Report Schedule", name)
    month = schedule.month_due(day)
    if month is None or _ended_before(schedule, month):
        return False
    states = _send(schedule, month, day, schedule.due_day(month))
    values = {"last_status": _told(states)}
    if "Failed" not in states:
        values["last_month"] = month.first_day
    if "Waiting" in states:
        values["last_sent_on"] = now_datetime()
    schedule.db_set(values)
    return "Waiting" in states


def send_by_hand(name: str, on: str | None = None) -> str:
    """Send a schedule's letters now, once more if need be; returns what was done."""
    schedule, day = frappe.get_doc("Report Schedule", name), getdate(on or today())
    states = _send(schedule, Month.of(day), day, None)
    done = _told(states)
    values = {"last_status": done}
    if "Waiting" in states:
        values["last_sent_on"] = now_datetime()
    schedule.db_set(values)
    return done


def _send(schedule, month: Month, day: date, due_on: date | None) -> list[str]:
    """Write the letters that are not there yet; returns how each stands. No `due_on`: sent by hand."""
    stamp = str(due_on or now_datetime())
    written: dict[str, list[dict]] = {}
    states = []
    for reader in readers(schedule):
        key = hashlib.sha256(
            f"{schedule.name}|{stamp}|{'outside' if reader.outside else reader.user}".encode()
        ).hexdigest()
        there = frappe.db.get_value("Report Dispatch", {"letter_key": key}, ["name", "status"], as_dict=True)
        if there and there.status in _FINAL_ENOUGH:
            states.append(there.status)
            continue
        row = frappe.get_doc("Report Dispatch", there.name) if there else frappe.new_doc("Report Dispatch")
        row.update(
            {
                "schedule": schedule.name,
                "report": schedule.report,
                "office": schedule.office,
                "month": schedule.month_told_on(month).first_day,
                "due_on": due_on or day,
                "by_hand": int(not due_on),
                "subject": schedule.title,
                "recipients": ", ".join(reader.addresses),
                "letter_key": key,
                "error": "",
            }
        )
        frappe.db.savepoint("report_letter")
        try:
            letter = _letter(schedule, reader, month, day, written)
            row.status = "Waiting" if letter else "Nothing to Send"
            if letter:
                row.subject, row.files = letter["subject"], "\n".join(file["fname"] for file in letter["attachments"])
                row.email_queue, row.queued_on = _hand_over(schedule, reader, letter), now_datetime()
        except frappe.PermissionError:
            frappe.db.rollback(save_point="report_letter")
            row.update({"status": "Not Allowed", "error": _("{0} may not see this report").format(reader.user)})
        except Exception as error:
            frappe.db.rollback(save_point="report_letter")
            frappe.log_error(title=f"Report Schedule {schedule.name}")
            row.update({"status": "Failed", "error": strip_html(str(error))[:140]})
        row.save(ignore_permissions=True) if there else row.insert(ignore_permissions=True)
        states.append(row.status)
    return states


def _letter(schedule, reader: Reader, month: Month, day: date, written: dict) -> dict | None:
    """What the reader may see, as sendmail takes it; None where there is nothing to tell.

    Equal tables are written once: `written` holds their files.
    """
    told = schedule.month_told_on(month)
    with acting_as(reader.user), vietnamese():
        result, counted_on = _table(schedule, told, day)
        if schedule.only_if_any and not result["rows"]:
            return None
        office = frappe.get_cached_doc("Paying Office", schedule.office)
        title = _(schedule.report)
        digest = hashlib.sha256(json.dumps(result, default=str, sort_keys=True).encode()).hexdigest()
        if digest not in written:
            written[digest] = _files(schedule, office, title, told, counted_on, result)
        subject = schedule.subject or _("{0}, month {1} - {2}").format(title, told.label, office.office_name)
        message = frappe.render_template(
            "ansinh_app/templates/papers/letter.html",
            {
                "title": title,
                "month": told.label,
                "day": counted_on.strftime("%d/%m/%Y"),
                "office": office,
                "about": strip_html(result["message"]) if schedule.only_if_any else "",
                "table": _in_letter(result) if schedule.only_if_any else None,
            },
        )
    return {"subject": subject[:140], "message": message, "attachments": written[digest]}


def _table(schedule, told: Month, day: date) -> tuple[dict, date]:
    """The report as the session's user may see it, and the day it is counted on."""
    ended = frappe.db.get_value("Paying Office", schedule.office, "ends_on")
    counted_on = min(day, told.last_day, *([getdate(ended)] if ended else []))
    filters = {
        "as_of": str(counted_on),
        "month": str(told.first_day),
        "year": told.first_day.year,
        "office": schedule.office,
    }
    result = run_report(schedule.report, filters)
    left_out = REPORTS_WITHOUT_NAMES[schedule.report]
    result["columns"] = [column for column in result["columns"] if column.fieldname not in left_out]
    return result, counted_on


def _files(schedule, office, title: str, told: Month, counted_on: date, result: dict) -> list[dict]:
    name = f"{frappe.scrub(schedule.report)}_{schedule.office}_{told}"
    files = []
    if schedule.as_xlsx:
        files.append({"fname": f"{name}.xlsx", "fcontent": report_xlsx(office, title, counted_on, result)})
    if schedule.as_pdf:
        files.append({"fname": f"{name}.pdf", "fcontent": report_pdf(office, title, counted_on, result)})
    return files


def _in_letter(result: dict) -> dict | None:
    """The table as it stands in the letter itself, where it is short enough."""
    columns = [column for column in result["columns"] if column.fieldtype != "Link"]
    if len(result["rows"]) > _ROWS_IN_LETTER or len(columns) > _COLUMNS_IN_LETTER:
        return None
    return {
        "heads": [column.label for column in columns],
        "rows": [[cell(row.get(column.fieldname), column)["text"] for column in columns] for row in result["rows"]],
    }


def _hand_over(schedule, reader: Reader, letter: dict) -> str:
    """Put the letter into the mail queue, in this transaction; returns the queue's row."""
    queued = frappe.sendmail(
        recipients=list(reader.addresses),
        sender=frappe.db.get_single_value("An Sinh Settings", "mail_sender") or "",
        reference_doctype=schedule.doctype,
        reference_name=schedule.name,
        add_unsubscribe_link=0,
        **letter,
    )
    if not queued:
        frappe.throw(_("The mail queue took no letter for {0}.").format(", ".join(reader.addresses)), ReportScheduleError)
    return queued.name


def carry_back() -> int:
    """What the mail server said of letters that wait, from the mail queue; the app's event of every few minutes.

    Returns how many changed. Who switched a schedule on is told of a letter the server refused.
    """
    waiting = frappe.get_all(
        "Report Dispatch",
        filters={"status": ["in", ["Waiting", "Partly Sent"]], "email_queue": ["is", "set"]},
        fields=["name", "status", "email_queue", "schedule", "recipients", "subject"],
        order_by="queued_on",
        limit_page_length=500,
    )
    if not waiting:
        return 0
    queue = {
        row.name: row
        for row in frappe.get_all(
            "Email Queue",
            filters={"name": ["in", [row.email_queue for row in waiting]]},
            fields=["name", "status", "error", "modified"],
            limit_page_length=0,
        )
    }
    changed = 0
    for row in waiting:
        found = queue.get(row.email_queue)
        status = _STATUS.get(found.status, row.status) if found else "Error"
        if status == row.status:
            continue
        error = _last_line(found.error) if found else _("The mail queue no longer knows this letter.")
        values = {"status": status, "error": "" if status == "Sent" else error}
        if status == "Sent":
            values["sent_on"] = found.modified
        frappe.db.set_value("Report Dispatch", row.name, values)
        if status == "Error":
            _tell_of_error(row, error)
        changed += 1
    return changed


def _tell_of_error(row, error: str) -> None:
    schedule = frappe.db.get_value("Report Schedule", row.schedule, ["name", "switched_on_by", "owner"], as_dict=True)
    if not schedule:
        return
    text = _("The mail server did not take \"{0}\" for {1}: {2}", lang="vi").format(row.subject, row.recipients, error)
    frappe.db.set_value("Report Schedule", schedule.name, "last_status", text[:140])
    enqueue_create_notification(
        [schedule.switched_on_by or schedule.owner],
        {
            "type": "Alert",
            "subject": escape_html(text),
            "document_type": "Report Dispatch",
            "document_name": row.name,
        },
    )


def _last_line(error: str | None) -> str:
    lines = [line.strip() for line in (error or "").splitlines() if line.strip()]
    return lines[-1][:140] if lines else ""


def preview(schedule, day: date) -> str:
    """Who would get what today, as HTML for a message; nothing is written."""
    month, parts = Month.of(day), []
    told = schedule.month_told_on(month)
    parts.append(
        "<p>"
        + escape_html(
            _("{0}, month {1}. The month's day is {2}.").format(
                _(schedule.report), told.label, schedule.due_day(month).strftime("%d/%m/%Y")
            )
        )
        + "</p>"
    )
    found = readers(schedule)
    if not found:
        parts.append("<p>" + escape_html(_("Nobody to send it to: enter a role or an address.")) + "</p>")
    shown = False
    for reader in found:
        try:
            with acting_as(reader.user):
                result, _counted_on = _table(schedule, told, day)
            rows = result["rows"]
            said = _("{0} rows").format(len(rows)) if rows else _("nothing to tell")
            if not rows and schedule.only_if_any:
                said = _("nothing to tell, so nothing is sent")
        except frappe.PermissionError:
            frappe.clear_last_message()
            rows, said = [], _("may not see this report")
        except ReportScheduleError as error:
            rows, said = [], str(error)
        parts.append(f"<p><b>{escape_html(', '.join(reader.addresses))}</b>: {escape_html(said)}</p>")
        if rows and not shown:
            parts.append(_shown(result))
            shown = True
    return "".join(parts)


def _shown(result: dict) -> str:
    """The first rows of a table, as HTML."""
    columns = result["columns"][:_COLUMNS_IN_LETTER]
    head = "".join(f"<th>{escape_html(str(column.label))}</th>" for column in columns)
    body = ""
    for row in result["rows"][:10]:
        texts = (cell(row.get(column.fieldname), column)["text"] for column in columns)
        body += "<tr>" + "".join(f"<td>{escape_html(text)}</td>" for text in texts) + "</tr>"
    return f'<table class="table table-bordered"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _told(states: list[str]) -> str:
    """What was done, in a line."""
    if not states:
        return _("Nobody to send it to: enter a role or an address.")
    said = {
        "Waiting": _("{0} letters handed to the mail queue"),
        "Nothing to Send": _("{0} with nothing to tell"),
        "Not Allowed": _("{0} may not see the report"),
        "Failed": _("{0} failed"),
    }
    parts = [text.format(states.count(state)) for state, text in said.items() if state in states]
    return "; ".join(parts) or _("All were sent before")


def _ended_before(schedule, month: Month) -> bool:
    ended = frappe.db.get_value("Paying Office", schedule.office, "ends_on")
    return bool(ended and getdate(ended) < schedule.month_told_on(month).first_day)


@contextmanager
def acting_as(user: str):
    """Run a step with one user's rights; whoever acts comes back as he was, in a web request too."""
    session, form = frappe.local.session, frappe.local.form_dict
    before, sid, data = session.user, session.get("sid"), session.get("data")
    if not frappe.db.get_value("User", user, "enabled"):
        frappe.throw(_("User {0}, whose rights the letter needs, is switched off.").format(user), ReportScheduleError)
    frappe.set_user(user)
    try:
        yield
    finally:
        frappe.set_user(before)
        frappe.local.session.update({"sid": sid, "data": data})
        frappe.local.form_dict = form


@contextmanager
def vietnamese():
    """What is mailed is in Vietnamese, whatever language the sender works in."""
    before = frappe.local.lang
    frappe.local.lang = "vi"
    try:
        yield
    finally:
        frappe.local.lang = before
