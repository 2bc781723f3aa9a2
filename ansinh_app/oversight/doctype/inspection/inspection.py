"""Inspection: planned, visited, findings followed up until each is dealt with (plan IV.1: kiểm tra, giám sát)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate, nowdate

from ansinh_app.exceptions import InspectionError
from ansinh_app.oversight import inspections

_SHOWN = ("Visited", "Follow-up", "Closed")


class Inspection(Document):
    def validate(self):
        self.set_inspected()
        self.validate_days()
        self.validate_step()
        self.update(inspections.count(self.findings, getdate(nowdate())))
        seen = self.status in _SHOWN
        # An unannounced visit is not told beforehand: whoever is inspected reads it once it has been.
        self.shown_unit = self.administrative_unit if seen else None
        self.shown_provider = self.provider if seen else None

    def set_inspected(self):
        if self.pay_point and not self.provider:
            self.provider = frappe.db.get_value("Pay Point", self.pay_point, "provider")
        commune = self.administrative_unit and frappe.db.get_value(
            "Administrative Unit", self.administrative_unit, "unit_name"
        )
        provider = self.provider and frappe.db.get_value(
            "Payment Service Provider", self.provider, "provider_name"
        )
        point = self.pay_point and frappe.db.get_value("Pay Point", self.pay_point, "point_name")
        office = frappe.db.get_value("Paying Office", self.office, "office_name")
        self.inspected = {
            "Commune": commune and _("People's Committee of {0}", lang="vi").format(commune),
            "Post": provider,
            "Bank": provider,
            "Pay Point": point,
        }.get(self.inspected_agency, office)
        if not self.inspected:
            frappe.throw(_("Choose the commune, provider or pay point that is inspected."), InspectionError)

    def validate_days(self):
        if self.planned_to and getdate(self.planned_to) < getdate(self.planned_from):
            frappe.throw(_("The last day is before the first."), InspectionError)
        if (
            self.visited_from
            and self.visited_to
            and get_datetime(self.visited_to) < get_datetime(self.visited_from)
        ):
            frappe.throw(_("The visit ends before it begins."), InspectionError)
        for row in self.findings:
            if row.status == "Done" and not row.done_on:
                row.done_on = nowdate()
            if row.status == "Open":
                row.done_on = None

    def validate_step(self):
        before = self.get_doc_before_save()
        if not before or before.status == self.status:
            return
        if self.status == "Visited" and not (self.visited_from and self.team and self.results):
            frappe.throw(
                _("Enter when the visit was, the team and what was seen, save, and press the button again."),
                InspectionError,
            )
        if self.status == "Follow-up":
            if not any(row.status == "Open" for row in self.findings):
                frappe.throw(_("There is no open finding to follow up: close it."), InspectionError)
            for row in self.findings:
                if row.status == "Open" and not (row.due_on and row.responsible):
                    frappe.throw(
                        _("Finding {0}: say who is responsible and until when.").format(row.idx),
                        InspectionError,
                    )
        if self.status == "Closed":
            waiting = [str(row.idx) for row in self.findings if row.status == "Open"]
            if waiting:
                frappe.throw(
                    _("Findings {0} are still open: have them dealt with, or follow up.").format(
                        ", ".join(waiting)
                    ),
                    InspectionError,
                )
            self.closed_on = nowdate()

    def on_trash(self):
        if self.status != "Planned":
            frappe.throw(_("{0} was visited and stays.").format(frappe.bold(self.subject)), InspectionError)
