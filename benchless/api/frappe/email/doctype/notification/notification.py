"""Notification: who is told what, when a document of a kind is saved, changed, or reaches a date."""

import json
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.model import numeric_fieldtypes
from frappe.model.document import Document
from frappe.utils import add_to_date, cast, cint, nowdate, validate_email_address
from jinja2 import TemplateError, TemplateSyntaxError

FORBIDDEN_DOCUMENT_TYPES = frozenset(("Email Queue",))
DATE_BASED_EVENTS = frozenset(("Days Before", "Days After"))
EVENTS = {"on_update": "Save", "after_insert": "New", "on_submit": "Submit", "on_cancel": "Cancel"}


class Notification(Document):
    def autoname(self):
        if not self.name:
            self.name = self.subject

    def validate(self):
        _check_template(self.subject)
        _check_template(self.message)
        if self.event in DATE_BASED_EVENTS and not self.date_changed:
            frappe.throw(_("Please specify which date field must be checked"))
        if self.event == "Value Change" and not self.value_changed:
            frappe.throw(_("Please specify which value field must be checked"))
        self.validate_forbidden_document_types()
        self.validate_condition()
        _forget()

    def on_update(self):
        _forget()

    def on_trash(self):
        _forget()

    def validate_forbidden_document_types(self):
        """Rows of a table have no events of their own, only dates."""
        is_row = frappe.get_meta(self.document_type).istable and self.event not in DATE_BASED_EVENTS
        if self.document_type in FORBIDDEN_DOCUMENT_TYPES or is_row:
            frappe.throw(
                _("Cannot set Notification with event {0} on Document Type {1}").format(
                    _(self.event), _(self.document_type)
                )
            )

    def validate_condition(self):
        if not self.condition:
            return
        try:
            frappe.safe_eval(self.condition, None, get_context(frappe.new_doc(self.document_type).as_dict()))
        except Exception:
            frappe.throw(_("The Condition '{0}' is invalid").format(self.condition))

    def get_documents_for_today(self) -> list:
        """The documents whose date is as many days away as the alert says, and that meet its condition."""
        days = -self.days_in_advance if self.event == "Days After" else self.days_in_advance
        day = add_to_date(nowdate(), days=days)
        names = frappe.get_all(
            self.document_type,
            filters=[
                [self.document_type, self.date_changed, ">=", f"{day} 00:00:00.000000"],
                [self.document_type, self.date_changed, "<=", f"{day} 23:59:59.000000"],
            ],
            pluck="name",
        )
        docs = [frappe.get_doc(self.document_type, name) for name in names]
        return [doc for doc in docs if self.is_met_by(doc)]

    def is_met_by(self, doc) -> bool:
        return not self.condition or bool(frappe.safe_eval(self.condition, None, get_context(doc)))

    def send(self, doc) -> None:
        """Tell the recipients, then set the property; an error is logged, the document stays."""
        context = {"doc": doc, "alert": self, "comments": None}
        if doc.get("_comments"):
            context["comments"] = json.loads(doc.get("_comments"))
        try:
            if self.channel == "Email":
                self.send_an_email(doc, context)
            if self.channel == "System Notification" or self.send_system_notification:
                self.create_system_notification(doc, context)
        except Exception:
            self.log_failure("Failed to send Notification")
        if self.set_property_after_alert:
            try:
                self.set_property(doc)
            except Exception:
                self.log_failure("Document update failed")

    def log_failure(self, title: str) -> None:
        frappe.log_error(title=title, reference_doctype=self.doctype, reference_name=self.name)

    def set_property(self, doc) -> None:
        """Write the alert's value into the document, unless it is submitted and the field fixed then."""
        df = doc.meta.get_field(self.set_property_after_alert)
        fixed = doc.docstatus.is_submitted() and not df.allow_on_submit
        if fixed or doc.flags.in_notification_update:
            return
        value = cint(self.property_value) if df.fieldtype in numeric_fieldtypes else self.property_value
        doc.reload()
        doc.set(df.fieldname, value)
        doc.flags.updater_reference = {
            "doctype": self.doctype,
            "docname": self.name,
            "label": _("via Notification"),
        }
        doc.flags.in_notification_update = True
        doc.save(ignore_permissions=True)
        doc.flags.in_notification_update = False

    def rendered_subject(self, context: dict) -> str:
        return frappe.render_template(self.subject, context) if "{" in self.subject else self.subject

    def send_an_email(self, doc, context: dict) -> None:
        attachments = self.get_attachment(doc)
        recipients, cc, bcc = self.get_list_of_recipients(doc, context)
        if not (recipients or cc or bcc):
            return
        sender = None
        if self.sender and self.sender_email:
            from email.utils import formataddr

            sender = formataddr((self.sender, self.sender_email))
        frappe.sendmail(
            recipients=recipients,
            subject=self.rendered_subject(context),
            sender=sender,
            cc=cc,
            bcc=bcc,
            message=frappe.render_template(self.message, context),
            reference_doctype=get_reference_doctype(doc),
            reference_name=get_reference_name(doc),
            attachments=attachments,
            expose_recipients="header",
        )

    def create_system_notification(self, doc, context: dict) -> None:
        attachments = self.get_attachment(doc)
        recipients, cc, bcc = self.get_list_of_recipients(doc, context)
        if users := recipients + cc + bcc:
            values = {
                "type": "Alert",
                "document_type": get_reference_doctype(doc),
                "document_name": get_reference_name(doc),
                "subject": self.rendered_subject(context),
                "from_user": doc.modified_by or doc.owner,
                "email_content": frappe.render_template(self.message, context),
                "attached_file": attachments and json.dumps(attachments[0]),
            }
            enqueue_create_notification(users, values)

    def get_list_of_recipients(self, doc, context: dict) -> tuple[list, list, list]:
        """(to, cc, bcc), each address once."""
        recipients, cc, bcc = [], [], []
        for recipient in self.recipients:
            if recipient.condition and not frappe.safe_eval(recipient.condition, None, context):
                continue
            if recipient.receiver_by_document_field:
                recipients += _addresses_in(doc, recipient.receiver_by_document_field)
            cc += get_emails_from_template(recipient.cc, context)
            bcc += get_emails_from_template(recipient.bcc, context)
            if recipient.receiver_by_role:
                for email in _addresses_of_role(recipient.receiver_by_role):
                    recipients += email.split("\n")
        if self.send_to_all_assignees:
            recipients += get_assignees(doc)
        return list(dict.fromkeys(recipients)), list(dict.fromkeys(cc)), list(dict.fromkeys(bcc))

    def get_attachment(self, doc) -> list | None:
        """The document as a PDF, made when the mail goes out; ValidationError where drafts are not printed."""
        if not self.attach_print:
            return None
        settings = frappe.get_doc("Print Settings", "Print Settings")
        state = {0: "Draft", 2: "Cancelled"}.get(cint(doc.docstatus))
        if state and not settings.get(f"allow_print_for_{state.lower()}"):
            frappe.throw(
                _(
                    "Not allowed to attach {0} document, please enable Allow Print For {0} in Print Settings"
                ).format(state),
                title=_("Error in Notification"),
            )
        return [
            {
                "print_format_attachment": 1,
                "doctype": doc.doctype,
                "name": doc.name,
                "print_format": self.print_format,
                "print_letterhead": settings.with_letterhead,
                "lang": frappe.db.get_value("Print Format", self.print_format, "default_print_language")
                if self.print_format
                else "en",
            }
        ]


def _check_template(text: str | None) -> None:
    from frappe.utils.jinja import get_jenv

    try:
        get_jenv().from_string(text or "")
    except TemplateSyntaxError as error:
        frappe.throw(f"Syntax error in template as line {error.lineno}: {error.message}")


def _forget() -> None:
    """Every process asks again which alerts there are."""
    frappe.cache.delete_value("notifications")


def alerts_of(doctype: str) -> list:
    """The enabled alerts of a DocType: name, event, method."""

    def ask():
        if not frappe.db.table_exists("Notification"):  # a site that waits for migrate
            return []
        return frappe.get_all(
            "Notification",
            fields=["name", "event", "method"],
            filters={"enabled": 1, "document_type": doctype},
        )

    return frappe.cache.hget("notifications", doctype, ask)


def run_notifications(doc, method: str) -> None:
    """Send the alerts that wait for this event of a document, each once for a document object."""
    flags = frappe.flags
    if flags.in_patch or flags.in_install or (flags.in_import and flags.mute_emails):
        return
    if doc.flags.notifications is None:
        doc.flags.notifications = alerts_of(doc.doctype)
    if not doc.flags.notifications:
        return
    executed = doc.flags.notifications_executed = doc.flags.notifications_executed or []
    event = EVENTS.get(method)
    if method == "on_change" and not doc.flags.in_insert and not doc.flags.in_delete:
        event = "Value Change"
    for alert in doc.flags.notifications:
        wanted = (event and alert.event == event) or (alert.event == "Method" and alert.method == method)
        if wanted and alert.name not in executed:
            evaluate_alert(doc, alert.name, alert.event)
            executed.append(alert.name)


@frappe.whitelist()
def get_documents_for_today(notification: str) -> list[str]:
    """Names of the documents a date alert would send today."""
    notification = frappe.get_doc("Notification", notification)
    notification.check_permission("read")
    return [doc.name for doc in notification.get_documents_for_today()]


def trigger_daily_alerts() -> None:
    """A scheduled event: every alert that waits for a date."""
    trigger_notifications(None, "daily")


def trigger_notifications(doc, method: str | None = None) -> None:
    """The day's alerts in one transaction: a round that is cut off has told nobody, and can be run again.

    What goes wrong with one alert or document is logged and does not keep the others back.
    """
    if frappe.flags.in_import or frappe.flags.in_patch or method != "daily":
        return
    waiting = {"event": ("in", DATE_BASED_EVENTS), "enabled": 1}
    for name in frappe.get_all("Notification", filters=waiting, pluck="name"):
        found = []
        with _on_its_own(name):
            alert = frappe.get_doc("Notification", name)
            found = alert.get_documents_for_today()
        for one in found:
            with _on_its_own(name):
                evaluate_alert(one, alert, alert.event)


@contextmanager
def _on_its_own(name: str):
    """An error inside undoes what was done inside, and is logged."""
    frappe.db.savepoint("daily_alert")
    try:
        yield
    except Exception:
        title, trace = f"Notification {name} failed", frappe.get_traceback()
        frappe.db.rollback(save_point="daily_alert")
        frappe.clear_messages()
        frappe.log_error(title, trace, reference_doctype="Notification", reference_name=name)


def evaluate_alert(doc, alert, event: str) -> None:
    """Send an alert if its condition holds (and its value has changed). An error in it stops the save."""
    try:
        if isinstance(alert, str):
            alert = frappe.get_doc("Notification", alert)
        if not alert.is_met_by(doc):
            return
        if event == "Value Change" and not doc.is_new():
            if not frappe.db.has_column(doc.doctype, alert.value_changed):
                alert.db_set("enabled", 0)
                alert.log_failure(f"Notification {alert.name} has been disabled due to missing field")
                return
            before = doc.get_doc_before_save()
            kind = doc.meta.get_field(alert.value_changed).fieldtype
            old = before.get(alert.value_changed) if before else None
            if cast(kind, doc.get(alert.value_changed)) == cast(kind, old):
                return
        if event != "Value Change" and not doc.is_new():
            doc.reload()  # with its comments, and as the database rounded it
        alert.send(doc)
    except TemplateError:
        link = frappe.utils.get_link_to_form("Notification", alert.name)
        frappe.throw(
            _("Error while evaluating Notification {0}. Please fix your template.").format(link),
            title=_("Error in Notification"),
        )
    except Exception as error:
        title, trace = str(error), frappe.get_traceback(with_context=True)
        frappe.log_error(title=title, message=trace)
        escape = frappe.utils.escape_html
        frappe.throw(
            f"<details><summary>{escape(title)}</summary>{escape(trace)}</details>",
            title=_("Error in Notification"),
        )


def get_context(doc) -> dict:
    """What a condition may use."""
    from frappe.utils.safe_exec import get_safe_globals

    return {"doc": doc, "nowdate": nowdate, "frappe": frappe._dict(utils=get_safe_globals().frappe.utils)}


def _addresses_in(doc, field: str) -> list[str]:
    """The addresses in a field, or in `field,table` of its rows."""
    name, _comma, table = field.partition(",")
    if table:
        return [row.get(name) for row in doc.get(table) or [] if validate_email_address(row.get(name))]
    value = doc.get(name)
    return value.replace(",", "\n").split("\n") if validate_email_address(value) else []


def _addresses_of_role(role: str) -> list[str]:
    """Addresses of the enabled users with a role; those of the standard users are nobody's."""
    names = frappe.get_all("Has Role", filters={"role": role, "parenttype": "User"}, pluck="parent")
    rows = (
        frappe.get_all("User", filters={"name": ("in", names), "enabled": 1}, pluck="email") if names else []
    )
    return [email for email in rows if email and email not in ("admin@example.com", "guest@example.com")]


def get_assignees(doc) -> list[str]:
    """The users an open ToDo gives the document to."""
    if not frappe.db.table_exists("ToDo"):
        return []
    filters = {"status": "Open", "reference_name": doc.name, "reference_type": doc.doctype}
    return frappe.get_all("ToDo", filters=filters, pluck="allocated_to")


def get_emails_from_template(template: str | None, context: dict) -> list[str]:
    if not template:
        return []
    text = frappe.render_template(template, context) if "{" in template else template
    return [part for part in text.replace(",", "\n").split("\n") if part]


def get_reference_doctype(doc) -> str:
    return doc.parenttype if doc.meta.istable else doc.doctype


def get_reference_name(doc) -> str:
    return doc.parent if doc.meta.istable else doc.name
