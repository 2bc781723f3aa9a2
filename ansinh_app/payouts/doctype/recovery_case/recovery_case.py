"""Recovery Case: an over-payment to be paid back; nothing is deducted before it is approved."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import ChangeNotAllowedError

_FROM_THE_LEDGER = (
    "beneficiary",
    "benefit",
    "programme",
    "amount",
    "months",
    "period",
    "reason",
    "recovered",
)


class RecoveryCase(Document):
    def validate(self):
        self.validate_from_run()
        self.validate_one_open()
        self.validate_instalment()
        self.set_repaid()

    def validate_from_run(self):
        """The amount and its months come from the ledger; a person decides about the instalment."""
        before = self.get_doc_before_save()
        if not before and not self.flags.by_run:
            frappe.throw(_("Recovery cases are proposed by preparing a period."), ChangeNotAllowedError)
        for fieldname in _FROM_THE_LEDGER if before else ():
            self.set(fieldname, before.get(fieldname))

    def validate_one_open(self):
        filters = {
            "beneficiary": self.beneficiary,
            "benefit": self.benefit,
            "docstatus": 0,
            "name": ["!=", self.name or ""],
        }
        other = self.docstatus == 0 and frappe.db.get_value("Recovery Case", filters, "name")
        if other:
            frappe.throw(
                _("{0} already stands open for this person and benefit.").format(frappe.bold(other)),
                ChangeNotAllowedError,
            )

    def validate_instalment(self):
        if as_dong(self.instalment or 0) > as_dong(self.amount or 0):
            frappe.throw(_("The instalment is larger than the over-payment."), ChangeNotAllowedError)

    def set_repaid(self):
        """What was paid back over the counter, where no line is left to deduct from: after a death, a stop."""
        self.repaid = sum(as_dong(row.amount or 0) for row in self.repayments)
        over = self.repaid + as_dong(self.recovered or 0) - as_dong(self.amount or 0)
        if over > 0 or any(as_dong(row.amount or 0) <= 0 for row in self.repayments):
            frappe.throw(
                _("Each amount paid back must be above 0, and together not more than what was overpaid."),
                ChangeNotAllowedError,
            )

    def before_submit(self):
        """Approval: from now on each run deducts the instalment (NĐ 20/2021; TT 44/2022/TT-BTC Đ15)."""
        if not self.instalment:
            self.instalment = self.amount
        self.recovered = 0
        self.outstanding = as_dong(self.amount) - as_dong(self.repaid or 0)
        self.status = "Approved" if self.outstanding else "Closed"

    def before_update_after_submit(self):
        before = self.get_doc_before_save()
        if before.status != self.status or as_dong(before.recovered or 0) != as_dong(self.recovered or 0):
            frappe.throw(_("Paid lines alone change what has been recovered."), ChangeNotAllowedError)
        self.set_repaid()
        self.outstanding = as_dong(self.amount) - as_dong(self.recovered or 0) - as_dong(self.repaid)
        if self.status in ("Approved", "Closed"):
            self.status = "Approved" if self.outstanding else "Closed"

    def before_cancel(self):
        if as_dong(self.recovered or 0) or as_dong(self.repaid or 0):
            frappe.throw(
                _("Money was already recovered under {0}.").format(frappe.bold(self.name)),
                ChangeNotAllowedError,
            )

    def on_cancel(self):
        self.db_set("status", "Cancelled")
