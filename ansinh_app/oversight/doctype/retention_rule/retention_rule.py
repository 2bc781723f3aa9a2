"""Retention Rule: how long something is kept; never shorter than the law asks for accounting papers."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint

from ansinh_app.exceptions import PersonalDataError

VOUCHER_YEARS = 10


class RetentionRule(Document):
    def validate(self):
        if self.rule_code == "PAID-PEOPLE" and cint(self.years) < VOUCHER_YEARS:
            frappe.throw(
                _("Accounting papers and the people on them are kept at least {0} years (Luật Kế toán Đ41).").format(
                    VOUCHER_YEARS
                ),
                PersonalDataError,
            )
        if cint(self.years) < 1:
            frappe.throw(_("Nothing is erased in its first year."), PersonalDataError)
