"""Budget Allotment: what an office may draw for a programme in a year."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.exceptions import AllotmentError
from ansinh_app.payouts import drawdowns


class BudgetAllotment(Document):
    def validate(self):
        if not 2000 <= (self.year or 0) <= 2100:
            frappe.throw(_("Write the year with four digits."), AllotmentError)
        if as_dong(self.amount or 0) <= 0:
            frappe.throw(_("The amount must be more than zero."), AllotmentError)

    def before_cancel(self):
        purpose = self.purpose or drawdowns.BENEFITS
        left = drawdowns.allotment_left(self.office, self.programme, self.year, purpose=purpose)
        left -= as_dong(self.amount)
        if left < 0:
            frappe.throw(_("{0} đồng of it are drawn already.").format(format_dong(-left)), AllotmentError)
