"""A report that an office mails on a day of each month: once a month, a missed day is caught up."""

from contextlib import contextmanager
from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, today, validate_email_address

from ansinh_app.core.months import Month
from ansinh_app.exceptions import ReportScheduleError
from ansinh_app.utils.report_files import report_pdf, report_xlsx, run_report

# Mail leaves the office, so only reports that name nobody may be scheduled.
REPORTS_WITHOUT_NAMES = ("Account Coverage", "Monthly Payout")


class ReportSchedule(Document):
    def validate(self):
        self.validate_report_names_nobody()
        self.validate_day()
        self.validate_recipients()
        self.validate_has_attachment()

    def validate_report_names_nobody(self):
        if self.report not in REPORTS_WITHOUT_NAMES:
            frappe.throw(
                _("{0} names people and cannot be mailed. Choose one of: {1}").format(
                    frappe.bold(_(self.report)), ", ".join(_(name) for name in REPORTS_WITHOUT_NAMES)
                ),
                ReportScheduleError,
            )

    def validate_day(self):
        if not 1 <= (self.day_of_month or 0) <= 31:
            frappe.throw(_("On Day must be a day of the month, 1 to 31."), ReportScheduleError)

    def validate_recipients(self):
        wrong = [address for address in self.addresses() if not validate_email_address(address)]
        if wrong or not self.addresses():
            frappe.throw(
                _("Recipients must be e-mail addresses, one a line. Wrong: {0}").format(
                    ", ".join(wrong) or _("none given")
                ),
                ReportScheduleError,
            )

    def validate_has_attachment(self):
        if not self.as_xlsx and not self.as_pdf:
            frappe.throw(_("Choose XLSX, PDF or both."), ReportScheduleError)

    def addresses(self) -> list[str]:
        """The recipients, one a line or separated by commas or semicolons."""
        text = (self.recipients or "").replace(",", "\n").replace(";", "\n")
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

    def due_day(self, month: Month) -> date:
        """The day of the month it is sent; the 31st is the last day of a shorter month."""
        return month.first_day.replace(day=min(self.day_of_month, month.last_day.day))

    def month_due(self, on: date) -> Month | None:
        """The month whose report is to be sent on a day, or None: sent already, not yet, or too late.

        A missed day is caught up within its month, and in the next month until that one's own day comes.
        """
        month = Month.of(on)
        if on < self.due_day(month):
            month = month - 1
            if getdate(self.creation) > self.due_day(month):
                return None
        sent = Month.parse(getdate(self.last_month)) if self.last_month else None
        return month if sent is None or sent < month else None

    def send(self, month: Month, on: date) -> str:
        """Run the report as the session's user and hand the letter to the mail queue; returns what was done.

        The queue row and `last_month` are written in one transaction: a month is mailed once or not at all.
        """
        ended = frappe.db.get_value("Paying Office", self.office, "ends_on")
        counted_on = min(on, month.last_day, *([getdate(ended)] if ended else []))
        with vietnamese():
            filters = {"as_of": str(counted_on), "month": str(month.first_day), "office": self.office}
            result = run_report(self.report, filters)
            office = frappe.get_cached_doc("Paying Office", self.office)
            title = _(self.report)
            name = f"{frappe.scrub(self.report)}_{self.office}_{month}"
            attachments = []
            if self.as_xlsx:
                content = report_xlsx(office, title, counted_on, result)
                attachments.append({"fname": f"{name}.xlsx", "fcontent": content})
            if self.as_pdf:
                attachments.append(
                    {"fname": f"{name}.pdf", "fcontent": report_pdf(office, title, counted_on, result)}
                )
            frappe.sendmail(
                recipients=self.addresses(),
                sender=frappe.db.get_single_value("An Sinh Settings", "mail_sender") or "",
                subject=self.subject
                or _("{0}, month {1} - {2}").format(title, month.label, office.office_name),
                message=self.letter(title, month, counted_on, office),
                attachments=attachments,
                reference_doctype=self.doctype,
                reference_name=self.name,
                add_unsubscribe_link=0,
            )
            done = _("Handed to the mail queue for {0} recipients").format(len(self.addresses()))
        self.db_set({"last_sent_on": now_datetime(), "last_month": month.first_day, "last_status": done})
        return done

    def letter(self, title: str, month: Month, counted_on: date, office) -> str:
        return frappe.render_template(
            "ansinh_app/templates/papers/letter.html",
            {"title": title, "month": month.label, "day": counted_on.strftime("%d/%m/%Y"), "office": office},
        )


def send_due(on: str | None = None) -> list[str]:
    """Send every schedule that is due, each as its owner; the app's daily scheduler event.

    One that fails is rolled back alone, says so in `last_status`, and is tried again the next day.
    """
    day = getdate(on or today())
    names = frappe.get_all("Report Schedule", filters={"enabled": 1}, pluck="name", order_by="name")
    return [name for name in names if _send_if_due(name, day)]


def _send_if_due(name: str, day: date) -> bool:
    # The row is locked first, so that two schedulers at once do not mail one month twice.
    frappe.db.get_value("Report Schedule", name, "last_month", for_update=True)
    schedule = frappe.get_doc("Report Schedule", name)
    month = schedule.month_due(day)
    if month is None:
        return False
    frappe.db.savepoint("report_schedule")
    try:
        with acting_as(schedule.owner):
            schedule.send(month, day)
    except Exception as error:
        frappe.db.rollback(save_point="report_schedule")
        frappe.log_error(title=f"Report Schedule {name}")
        schedule.db_set("last_status", _("Failed: {0}").format(str(error)[:100]))
        return False
    return True


@frappe.whitelist(methods=["POST"])
def send_now(doc: str | dict) -> str:
    """Send the report of the current month now, whatever the day; the Send Now button."""
    given = frappe.parse_json(doc)
    schedule = frappe.get_doc("Report Schedule", given["name"])
    schedule.check_permission("write")
    day = getdate(today())
    done = schedule.send(Month.of(day), day)
    frappe.msgprint(done, alert=True)
    return done


@contextmanager
def acting_as(user: str):
    """Run a job's step with one user's rights. Not for web requests: set_user would replace the session."""
    before = frappe.session.user
    if not frappe.db.get_value("User", user, "enabled"):
        frappe.throw(_("User {0}, who owns the schedule, is switched off.").format(user), ReportScheduleError)
    frappe.set_user(user)
    try:
        yield
    finally:
        frappe.set_user(before)


@contextmanager
def vietnamese():
    """What is mailed to another agency is in Vietnamese, whatever language the sender works in."""
    before = frappe.local.lang
    frappe.local.lang = "vi"
    try:
        yield
    finally:
        frappe.local.lang = before
