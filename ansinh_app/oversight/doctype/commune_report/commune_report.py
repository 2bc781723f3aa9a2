"""Commune Report: a commune's month as the system knows it, with its own words, confirmed by the commune."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, nowdate

from ansinh_app.core.months import Month
from ansinh_app.exceptions import CommuneReportError
from ansinh_app.oversight import commune_reports
from ansinh_app.permissions import check_office
from ansinh_app.registry.people import first_of_month
from ansinh_app.utils import actions

_OFFICE = {"Social Affairs Officer", "Social Affairs Manager", "Administrator", "System Manager"}
_WORDS = ("obstacles", "proposals")
_COURSE = (
    "status",
    "late",
    "due_on",
    "figures_on",
    "confirmed_by",
    "confirmed_on",
    "reopened_by",
    "reopened_on",
)


class CommuneReport(Document):
    def autoname(self):
        self.month = first_of_month(self.month)
        month = Month.of(getdate(self.month))
        self.name = commune_reports.report_name(self.office, self.administrative_unit, month)

    def validate(self):
        self.month = first_of_month(self.month)
        if self.is_new():
            self.set_up()
        elif not self.flags.by_course:
            self.keep_what_the_system_says()

    def set_up(self):
        month = Month.of(getdate(self.month))
        if month > Month.of(getdate(nowdate())):
            frappe.throw(_("{0} has not begun yet").format(month.label), CommuneReportError)
        if self.administrative_unit not in commune_reports.communes_of(self.office, month):
            frappe.throw(
                _("Choose a commune that {0} pays for in {1}").format(frappe.bold(self.office), month.label),
                CommuneReportError,
            )
        unit = frappe.db.get_value("Administrative Unit", self.administrative_unit, "unit_name")
        self.title = _("Report of {0}, month {1}", lang="vi").format(unit, month.label)
        self.due_on = commune_reports.due_day(self.office, month)
        self.status, self.late, self.reminded = "Draft", 0, 0
        if self.flags.figures_known:
            self.figures_on = now_datetime()
        else:
            commune_reports.refreshed(self)

    def keep_what_the_system_says(self):
        """Figures and course come from the system; what is confirmed is locked but for the reason to reopen."""
        before = self.get_doc_before_save()
        for field in (*commune_reports.FIGURES, *_COURSE, "cash_reasons", "title", "reminded"):
            self.set(field, before.get(field))
        if before.status == "Confirmed" and any(
            (self.get(field) or "") != (before.get(field) or "") for field in _WORDS
        ):
            frappe.throw(
                _("{0} is confirmed. The office can reopen it, with a reason.").format(
                    frappe.bold(self.title)
                ),
                CommuneReportError,
                title=_("Confirmed"),
            )
        if not _OFFICE & set(frappe.get_roles()):
            self.reopen_reason = before.reopen_reason

    def on_trash(self):
        if self.status == "Confirmed":
            frappe.throw(_("{0} is confirmed and stays").format(frappe.bold(self.title)), CommuneReportError)

    def take_step(self, **values) -> None:
        """A step of its course, by one of the actions below."""
        self.update(values)
        self.flags.by_course = True
        self.save()


@frappe.whitelist(methods=["POST"])
def confirm_report(doc: str | dict) -> dict:
    """Action: the commune stands for the figures and its words; from now on it is locked."""
    doc = actions.stored(doc, "Commune Report")
    _refuse_confirmed(doc)
    doc.take_step(
        status="Confirmed",
        confirmed_by=frappe.session.user,
        confirmed_on=now_datetime(),
        late=1 if getdate(nowdate()) > getdate(doc.due_on) else 0,
    )
    return _answer(doc, _("The report is confirmed and with the office."))


@frappe.whitelist(methods=["POST"])
def refresh_figures(doc: str | dict) -> dict:
    """Action: count anew what the system knows of the month."""
    doc = actions.stored(doc, "Commune Report")
    _refuse_confirmed(doc)
    commune_reports.refreshed(doc)
    doc.take_step()
    return _answer(doc, _("The figures are those of now."))


@frappe.whitelist(methods=["POST"])
def reopen_report(doc: str | dict) -> dict:
    """Action of the office: give a confirmed report back to the commune, with the reason written on it."""
    doc = actions.stored(doc, "Commune Report")
    if not _OFFICE & set(frappe.get_roles()):
        frappe.throw(_("The paying office reopens a report."), frappe.PermissionError)
    if doc.status != "Confirmed":
        frappe.throw(_("{0} is open").format(frappe.bold(doc.title)), CommuneReportError)
    reason = (doc.reopen_reason or "").strip()
    if not reason:
        frappe.throw(_("Write the reason to reopen on the report, save, and press again"), CommuneReportError)
    doc.add_comment("Info", _("Reopened: {0}").format(reason))
    doc.take_step(
        status="Draft",
        confirmed_by=None,
        confirmed_on=None,
        reopen_reason=None,
        reopened_by=frappe.session.user,
        reopened_on=now_datetime(),
    )
    return _answer(doc, _("The report is with the commune again."))


@frappe.whitelist(methods=["POST"])
def ask_communes(doc: str | dict, month: str | None = None) -> dict:
    """Action of Paying Office: make the reports of its communes for a month, by default the one just past."""
    office = actions.stored(doc, "Paying Office", "read")
    if not frappe.has_permission("Commune Report", "create"):
        raise frappe.PermissionError
    check_office(office.name)
    asked = Month.of(getdate(month)) if month else Month.of(getdate(nowdate())) - 1
    made = commune_reports.create(office.name, asked)
    frappe.msgprint(
        _("{0} reports of communes for {1} were made; the others are there already.").format(
            len(made), asked.label
        ),
        alert=True,
    )
    return {**office.as_dict(), "made": made}


def _refuse_confirmed(doc) -> None:
    if doc.status == "Confirmed":
        frappe.throw(
            _("{0} is confirmed. The office can reopen it, with a reason.").format(frappe.bold(doc.title)),
            CommuneReportError,
        )


def _answer(doc, message: str) -> dict:
    frappe.msgprint(message, alert=True)
    return doc.as_dict()
