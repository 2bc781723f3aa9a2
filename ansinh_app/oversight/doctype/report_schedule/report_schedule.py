"""A report or reminder that an office mails on a day of each month; who switches it on answers for it."""

from datetime import date

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, today, validate_email_address

from ansinh_app.core.months import Month
from ansinh_app.exceptions import ReportScheduleError
from ansinh_app.oversight import sending
from ansinh_app.payee_accounts import working_days
from ansinh_app.permissions import KIND_OF_ROLE
from ansinh_app.utils import actions

_SHIFT = {"This Month": 0, "Month Before": -1, "Next Month": 1}
# One letter to outside addresses; a longer list would leave the queue in parts.
MOST_ADDRESSES = 50
# More letters than this are written by the workers, not while the page waits.
_AT_ONCE = 5


class ReportSchedule(Document):
    def autoname(self):
        self.name = f"{self.report}-{self.office}-{self.day_of_month}"

    def validate(self):
        self.validate_report_names_nobody()
        self.validate_day()
        self.validate_recipients()
        self.validate_has_attachment()
        self.keep_who_switched_it_on()
        self.title = f"{_(self.report, lang='vi')} - {self.office}"

    def on_trash(self):
        for name in frappe.get_all("Report Dispatch", {"schedule": self.name}, pluck="name"):
            frappe.db.set_value("Report Dispatch", name, "schedule", None)

    def validate_report_names_nobody(self):
        if self.report not in sending.REPORTS_WITHOUT_NAMES:
            frappe.throw(
                _("{0} names people and cannot be mailed. Choose one of: {1}").format(
                    frappe.bold(_(self.report)), ", ".join(_(name) for name in sending.REPORTS_WITHOUT_NAMES)
                ),
                ReportScheduleError,
            )

    def validate_day(self):
        if not 1 <= (self.day_of_month or 0) <= 31:
            frappe.throw(_("On Day must be a day of the month, 1 to 31."), ReportScheduleError)

    def validate_recipients(self):
        wrong = [address for address in self.addresses() if not validate_email_address(address)]
        nobody = self.enabled and not (self.addresses() or self.roles_told())
        if wrong or nobody:
            frappe.throw(
                _("Tick a role, or enter e-mail addresses, one a line. Wrong: {0}").format(
                    ", ".join(wrong) or _("none given")
                ),
                ReportScheduleError,
            )
        if len(self.addresses()) > MOST_ADDRESSES:
            frappe.throw(
                _("More than {0} addresses. Make a second schedule for the rest.").format(MOST_ADDRESSES),
                ReportScheduleError,
            )

    def validate_has_attachment(self):
        if not self.as_xlsx and not self.as_pdf:
            frappe.throw(_("Choose XLSX, PDF or both."), ReportScheduleError)

    def keep_who_switched_it_on(self):
        """Who switches it on answers for it; what was due before that day is not sent."""
        before = self.get_doc_before_save()
        self.status = "On" if self.enabled else "Off"
        for field in ("switched_on", "switched_on_by"):
            self.set(field, before.get(field) if before else None)
        if self.enabled and not (before and before.enabled):
            self.switched_on, self.switched_on_by = today(), frappe.session.user

    @property
    def next_on(self) -> date | None:
        """The next day it is sent on, None while it is switched off."""
        if not (self.enabled and self.day_of_month):
            return None
        now = getdate(today())
        this = Month.of(now)
        days = [self.due_day(this + shift) for shift in (-1, 0, 1, 2)]
        last = self.sent_for(now)
        return next(
            day
            for day, shift in zip(days, (-1, 0, 1, 2), strict=True)
            if day >= now and (not last or this + shift > last)
        )

    def sent_for(self, on: date) -> Month | None:
        """The last month whose letters went. One after the next was told by a clock that was wrong, and does not
        keep the letters back until then."""
        month = Month.parse(getdate(self.last_month)) if self.last_month else None
        return month if month and month <= Month.of(on) + 1 else None

    def addresses(self) -> list[str]:
        """The recipients, one a line or separated by commas or semicolons."""
        text = (self.recipients or "").replace(",", "\n").replace(";", "\n")
        return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))

    def roles_told(self) -> list[str]:
        """The roles whose holders get a letter each."""
        return [role for role in KIND_OF_ROLE if self.get(role_field(role))]

    def due_day(self, month: Month) -> date:
        """The day of the month it is sent: the 31st is the last of a shorter month, a day off moves by the rule."""
        day = month.first_day.replace(day=min(self.day_of_month, month.last_day.day))
        return working_days.moved(day, self.day_rule or "Working Day Before")

    def month_due(self, on: date) -> Month | None:
        """The month whose day has come and whose letters have not gone, None where there is none.

        A missed day is caught up until the next month's own day comes; of several missed ones the last alone.
        """
        month = next(each for each in (Month.of(on) + shift for shift in (1, 0, -1, -2)) if self.due_day(each) <= on)
        if getdate(self.switched_on or self.creation) > self.due_day(month):
            return None
        sent = self.sent_for(on)
        return month if sent is None or sent < month else None

    def month_told_on(self, month: Month) -> Month:
        """The month the report is about, when it is sent for this one."""
        return month + _SHIFT.get(self.month_told or "This Month", 0)


def role_field(role: str) -> str:
    """The box that is ticked for a role."""
    return f"to_{frappe.scrub(role)}"


@frappe.whitelist(methods=["POST"])
def send_now(doc: str | dict) -> str:
    """Send the report now, whatever the day; the Send Now button. It does not stand for the month's own day."""
    schedule = actions.stored(doc, "Report Schedule")
    letters = sending.readers(schedule)
    if not letters:
        frappe.throw(_("Nobody to send it to: enter a role or an address."), ReportScheduleError)
    if len(letters) > _AT_ONCE:
        actions.later("ansinh_app.oversight.sending.send_by_hand", 1500, name=schedule.name)
        done = _("{0} letters are being written. They appear under Report Dispatch.").format(len(letters))
    else:
        done = sending.send_by_hand(schedule.name)
    frappe.msgprint(done, alert=True)
    return done


@frappe.whitelist(methods=["POST"])
def preview(doc: str | dict) -> None:
    """Show who would get what today, without sending; the Preview button."""
    schedule = actions.stored(doc, "Report Schedule", "read")
    frappe.msgprint(sending.preview(schedule, getdate(today())), title=_("Preview"), wide=True)
