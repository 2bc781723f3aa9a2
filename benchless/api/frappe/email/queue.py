"""Outgoing mail: frappe.sendmail writes an Email Queue record; sending it is one SMTP conversation, once.

What the server refused for now, or could not be reached for, is tried again after RETRY_MINUTES, four and
sixteen times that. What may have arrived is never sent again by itself.
"""

import json
import re
import time
from contextlib import contextmanager, nullcontext
from email.message import EmailMessage
from email.utils import formataddr, formatdate, make_msgid, parseaddr
from html import unescape
from pathlib import Path

import frappe
from frappe import _
from frappe.email.smtp import Outbox, Undecided, get_outgoing_account
from frappe.utils import add_to_date, cint, get_datetime, now_datetime
from frappe.utils.jinja import get_email_from_template

RETRY_LIMIT = 3  # email_retry_limit in site_config.json
RETRY_MINUTES = 5
BATCH = 500
FLUSH_SECONDS = 200
WAITING = ("Not Sent", "Partially Sent")


def sendmail(
    recipients=None,
    sender="",
    subject="No Subject",
    message="No Message",
    delayed=True,
    reference_doctype=None,
    reference_name=None,
    attachments=None,
    content=None,
    doctype=None,
    name=None,
    reply_to=None,
    queue_separately=False,
    cc=None,
    bcc=None,
    message_id=None,
    in_reply_to=None,
    send_after=None,
    send_priority=1,
    now=None,
    template=None,
    args=None,
    header=None,
    **_ignored,
):
    """Queue an e-mail; with `now` (or delayed=False) it is sent when this transaction is committed.

    Attachments are {"fname", "fcontent"}, {"fid"} or {"file_url"} of a File, or
    {"print_format_attachment": 1, "doctype", "name", "print_format", "lang", …}, rendered when it is
    sent. An error of the mail server stays in the record, it never undoes the caller's work.
    Returns the Email Queue document, None where there is nobody to send to.
    """
    text = None
    if template:
        message, text = get_email_from_template(template, args)
    message = content or message

    to, cc, bcc = _addresses(recipients), _addresses(cc), _addresses(bcc)
    everyone = list(dict.fromkeys([*to, *cc, *bcc]))
    if not everyone:
        return None

    account = get_outgoing_account()
    sender = _sender(sender, account)
    groups = [[one] for one in everyone] if queue_separately else [everyone]
    queue_doc = None
    for group in groups:
        mail = _compose(
            sender,
            to if not queue_separately else group,
            cc,
            subject,
            message,
            text,
            reply_to,
            message_id,
            in_reply_to,
            header,
        )
        queue_doc = _queue(
            mail,
            sender,
            group,
            cc,
            attachments,
            send_after,
            send_priority,
            doctype or reference_doctype,
            name or reference_name,
            account,
        )
        if now or not delayed:
            queue_name = queue_doc.name
            frappe.db.after_commit.add(lambda queue_name=queue_name: send_one(queue_name))
    return queue_doc


def _addresses(value) -> list[str]:
    """A list, or a text with commas, semicolons or new lines, as plain valid addresses."""
    parts = re.split(r"[,;\n]", value) if isinstance(value, str) else (value or [])
    found = []
    for part in parts:
        part = (part or "").strip()
        if not part:
            continue
        address = parseaddr(part)[1]
        if not re.fullmatch(r"[^@\s\r\n]+@[^@\s\r\n]+", address):
            frappe.throw(
                _("{0} is not a valid Email Address").format(frappe.utils.escape_html(part)),
                frappe.InvalidEmailAddressError,
            )
        found.append(address)
    return list(dict.fromkeys(found))


def _sender(sender: str, account) -> str:
    """The wanted sender, else the account's address, else the user's."""
    own = account.email_id or frappe.db.get_value("User", frappe.session.user, "email")
    if not own or "@" not in own:
        own = (
            f"notifications@{frappe.local.site}" if "." in frappe.local.site else "notifications@site.invalid"
        )
    if sender and not account.always_sender:
        display, address = parseaddr(sender)
        if "@" in address:
            return formataddr((display, address)) if display else address
    return formataddr((account.sender_name, own)) if account.sender_name else own


def _compose(
    sender, to, cc, subject, message, text, reply_to, message_id, in_reply_to, header
) -> EmailMessage:
    mail = EmailMessage()
    mail["Subject"] = " ".join(str(subject).split())
    mail["From"] = sender
    mail["To"] = ", ".join(to)
    if cc:
        mail["Cc"] = ", ".join(cc)
    if reply_to:
        mail["Reply-To"] = reply_to
    mail["Date"] = formatdate(localtime=True)
    mail["Message-Id"] = f"<{message_id.strip('<>')}>" if message_id else make_msgid(domain="frappe")
    if in_reply_to:
        mail["In-Reply-To"] = f"<{in_reply_to.strip('<>')}>"
    html = message if "<" in message else frappe.utils.escape_html(message).replace("\n", "<br>")
    if header:
        title = header[0] if isinstance(header, (list, tuple)) else header
        html = f"<h2>{frappe.utils.escape_html(title)}</h2>{html}"
    mail.set_content(text or html_to_text(html))
    mail.add_alternative(
        f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{html}</body></html>', subtype="html"
    )
    return mail


def html_to_text(html: str) -> str:
    """The plain text twin of a message."""
    html = re.sub(r"(?is)<(script|style).*?</\1>", "", html)
    html = re.sub(r"(?i)<br\s*/?>|</(p|div|tr|h\d|li)>", "\n", html)
    text = unescape(re.sub(r"<[^>]+>", " ", html))
    return "\n".join(line for line in (" ".join(part.split()) for part in text.splitlines()) if line) + "\n"


def _queue(mail, sender, group, cc, attachments, send_after, priority, doctype, name, account):
    return frappe.get_doc(
        {
            "doctype": "Email Queue",
            "sender": sender,
            "message": mail.as_string(),
            "message_id": mail["Message-Id"].strip("<>"),
            "status": "Not Sent",
            "reference_doctype": doctype,
            "reference_name": name,
            "show_as_cc": ",".join(cc),
            "send_after": send_after,
            "priority": priority,
            "email_account": account.name,
            "attachments": json.dumps([_keep_attachment(a, doctype, name) for a in attachments or []]),
            "recipients": [{"recipient": one, "status": "Not Sent"} for one in group],
        }
    ).insert(ignore_permissions=True)


def _keep_attachment(attachment: dict, doctype, name) -> dict:
    """What the record remembers of an attachment: content becomes a private File, a print is made later."""
    if "fcontent" not in attachment:
        return dict(attachment)
    file = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": attachment["fname"],
            "content": attachment["fcontent"],
            "is_private": 1,
        }
    ).insert(ignore_permissions=True)
    return {"fid": file.name, "fname": attachment["fname"]}


def get_attachment(attachment: dict) -> tuple[str, bytes]:
    """(file name, bytes) of what _keep_attachment remembered."""
    if attachment.get("print_format_attachment"):
        wanted = {
            key: attachment[key]
            for key in (
                "doctype",
                "name",
                "file_name",
                "print_format",
                "style",
                "html",
                "lang",
                "print_letterhead",
                "password",
                "letterhead",
            )
            if key in attachment
        }
        printed = frappe.attach_print(**wanted)
        return printed["fname"], printed["fcontent"]
    filters = attachment.get("fid") or {"file_url": attachment.get("file_url")}
    file = frappe.get_doc("File", filters)
    content = file.get_content()
    return attachment.get("fname") or file.file_name, content.encode() if isinstance(
        content, str
    ) else content


def flush() -> int:
    """Send what waits and is due, most urgent first, over one connection; returns how many records were sent.

    The round ends early where the server cannot be reached, or after FLUSH_SECONDS; the next one goes on.
    """
    if not can_send():
        return 0
    give_up_interrupted()
    names = frappe.get_all(
        "Email Queue",
        filters={"status": ("in", WAITING)},
        or_filters=[["send_after", "is", "not set"], ["send_after", "<=", now_datetime()]],
        order_by="priority desc, retry asc, creation asc",
        limit=BATCH,
        pluck="name",
    )
    until, sent = time.monotonic() + FLUSH_SECONDS, 0
    with Outbox() as outbox:
        for name in names:
            sent += send_one(name, outbox)
            if outbox.unreachable or time.monotonic() > until:
                break
    return sent


def give_up_interrupted() -> None:
    """What was being sent when a process died may have gone out: a person decides, it is not sent again."""
    for name in frappe.get_all("Email Queue", filters={"status": "Sending"}, pluck="name"):
        with _conversation(name) as mine:
            if mine and frappe.db.get_value("Email Queue", name, "status", for_update=True) == "Sending":
                _finish(
                    name, status="Error", error=_("Sending was interrupted; it may have gone out or not.")
                )
            else:
                frappe.db.rollback()


def can_send() -> bool:
    """False where mail is muted or held, or nobody configured a server."""
    return not (
        frappe.flags.mute_emails
        or cint(frappe.conf.mute_emails)
        or cint(frappe.db.get_default("suspend_email_queue"))
    ) and bool(get_outgoing_account().server)


@contextmanager
def _conversation(name: str):
    """Hold the record's lock while its mail is on the way, so that others see whether the process lives."""
    from benchless import locks

    site, lock_name = Path(frappe.local.site_path), f"mail-{frappe.scrub(str(name))}"
    lock = locks.take(site, lock_name, shared=False)
    try:
        yield lock is not None
    finally:
        if lock is not None:
            (site / "locks" / lock_name).unlink(missing_ok=True)
            lock.close()


def send_one(name: str, outbox: "Outbox | None" = None) -> bool:
    """Send one queued e-mail if it still waits; True if it went out to everybody. Commits.

    The status goes to Sending, committed, before the conversation starts: two workers, or a crash
    half-way, never send the same e-mail twice.
    """
    if not can_send():
        return False
    with _conversation(name) as mine:
        if not (mine and _claim(name)):
            return False
        doc = frappe.get_doc("Email Queue", name)
        try:
            with nullcontext(outbox) if outbox else Outbox() as box:
                trouble = _deliver(doc, box)
        except Exception:
            frappe.db.rollback()
            trouble = frappe.get_traceback()
        return _settle(doc, trouble)


def _claim(name: str) -> bool:
    """Take the record for this worker; False when another has it or it is not due."""
    row = frappe.db.get_value("Email Queue", name, ["status", "send_after"], as_dict=True, for_update=True)
    due = row and (not row.send_after or get_datetime(row.send_after) <= now_datetime())
    if not due or row.status not in WAITING:
        frappe.db.commit()
        return False
    frappe.db.set_value("Email Queue", name, "status", "Sending")
    frappe.db.commit()
    return True


def _finish(name: str, **values) -> None:
    frappe.db.set_value("Email Queue", name, values)
    frappe.db.commit()


def _settle(doc, trouble: str | None) -> bool:
    """Write down how it went: Sent; waiting for the next try; or Error, where a person must decide."""
    states = frappe.get_all("Email Queue Recipient", filters={"parent": doc.name}, pluck="status")
    if states and all(state == "Sent" for state in states):
        _finish(doc.name, status="Sent", error=None)
        return True
    retry = cint(doc.retry) + 1
    if "Not Sent" in states and retry <= retry_limit():
        waiting = "Partially Sent" if "Sent" in states else "Not Sent"
        later = add_to_date(now_datetime(), minutes=RETRY_MINUTES * 4 ** (retry - 1))
        _finish(doc.name, status=waiting, retry=retry, send_after=later, error=trouble)
        return False
    frappe.db.set_value("Email Queue", doc.name, {"status": "Error", "retry": retry, "error": trouble})
    _tell_sender(doc)
    frappe.db.commit()
    return False


def retry_limit() -> int:
    """How often a mail is tried again by itself."""
    return cint(frappe.conf.email_retry_limit) or RETRY_LIMIT


def _tell_sender(doc) -> None:
    """A notice on the desk for whoever queued the mail."""
    from email import message_from_string, policy

    subject = message_from_string(doc.message or "", policy=policy.SMTP)["Subject"]
    frappe.get_doc(
        {
            "doctype": "Notification Log",
            "for_user": doc.owner,
            "from_user": doc.owner,
            "type": "Alert",
            "document_type": doc.doctype,
            "document_name": doc.name,
            "subject": _("Failed to send email with subject:") + f" {subject}",
        }
    ).insert(ignore_permissions=True)


def _deliver(doc, outbox: Outbox) -> str | None:
    """A message for each recipient who waits for it; returns what went wrong, None where nothing did.

    A recipient's status is "Sent", "Not Sent" (to be tried again), or empty: refused for good, or undecided.
    """
    from email import message_from_string, policy

    mail = message_from_string(doc.message, policy=policy.SMTP)
    for attachment in json.loads(doc.attachments or "[]"):
        add_attachment(mail, *get_attachment(attachment))
    content = mail.as_bytes(policy=policy.SMTP.clone(cte_type="7bit"))
    trouble = []
    for row in doc.recipients:
        if row.status != "Not Sent":
            continue
        outcome = {"status": "Sent", "error": None}
        try:
            outbox.hand_over(parseaddr(doc.sender)[1], row.recipient, content)
        except Exception as error:
            refused = getattr(error, "smtp_code", 0) >= 500 and not outbox.unreachable
            final = refused or isinstance(error, Undecided)
            words = _("The connection broke off while it was sent; it may have gone out or not.")
            text = words if isinstance(error, Undecided) else repr(error)
            outcome = {"status": "" if final else "Not Sent", "error": text}
            trouble.append(f"{row.recipient}: {text}")
        frappe.db.set_value("Email Queue Recipient", row.name, outcome)
        frappe.db.commit()
        if outbox.unreachable:
            break
    return "\n".join(trouble) or None


def add_attachment(mail: EmailMessage, fname: str, content: bytes) -> None:
    """Add a file to a message."""
    import mimetypes

    kind, _encoding = mimetypes.guess_type(fname)
    main, _slash, sub = (kind or "application/octet-stream").partition("/")
    if main in ("text", "message", "multipart"):
        main, sub = "application", "octet-stream"
    mail.add_attachment(content, maintype=main, subtype=sub, filename=fname)
