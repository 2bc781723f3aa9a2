"""Personal Data Consent: given on a paper, withdrawn on another; the person's record carries the summary."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from ansinh_app.exceptions import PersonalDataError
from ansinh_app.oversight import consents


class PersonalDataConsent(Document):
    def validate(self):
        self.validate_days()
        self.validate_single()
        self.status = "Withdrawn" if self.withdrawn_on else "Given"

    def on_update(self):
        consents.refresh_summary(self.beneficiary)

    def on_trash(self):
        frappe.throw(
            _("A consent is evidence and stays. Enter the day it was withdrawn instead."), PersonalDataError
        )

    def validate_days(self):
        if getdate(self.given_on) > getdate(nowdate()):
            frappe.throw(_("A consent cannot be given on a day to come."), PersonalDataError)
        if self.withdrawn_on and getdate(self.withdrawn_on) < getdate(self.given_on):
            frappe.throw(_("It cannot be withdrawn before it was given."), PersonalDataError)
        before = self.get_doc_before_save()
        if before and before.withdrawn_on and not self.withdrawn_on:
            frappe.throw(_("A withdrawal stays. Enter a new consent instead."), PersonalDataError)

    def validate_single(self):
        """One consent of a scope counts at a time."""
        if self.withdrawn_on:
            return
        same = {"beneficiary": self.beneficiary, "scope": self.scope, "status": "Given"}
        other = frappe.db.get_value(self.doctype, {**same, "name": ["!=", self.name or ""]}, "name")
        if other:
            frappe.throw(
                _("{0} stands already: {1}").format(_(self.scope), frappe.bold(other)), PersonalDataError
            )
