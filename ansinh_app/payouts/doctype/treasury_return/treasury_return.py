"""Treasury Return: money paid back to the State Treasury, on the voucher C2-05a/NS (NĐ 347/2025)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from ansinh_app.core.money import as_dong, format_dong, in_words
from ansinh_app.exceptions import SettlementError
from ansinh_app.payouts import returns
from ansinh_app.payouts.run import lock_period

NOT_PAID_OUT, RECOVERED = "Money Not Paid Out", "Money Recovered"


class TreasuryReturn(Document):
    def validate(self):
        self.validate_period()
        self.validate_source()
        self.set_amount()
        self.set_allotment()

    def validate_period(self):
        period = frappe.db.get_value("Payout Period", self.period, ["office", "status"], as_dict=True)
        if period.office != self.office:
            frappe.throw(
                _("{0} belongs to another office.").format(frappe.bold(self.period)), SettlementError
            )
        if period.status == "Closed":
            frappe.throw(_("{0} is closed.").format(frappe.bold(self.period)), SettlementError)

    def validate_source(self):
        if self.source == NOT_PAID_OUT:
            self.set("cases", [])
            if not self.provider:
                frappe.throw(
                    _("Choose under {0} who still holds the money.").format(frappe.bold(_("Paid Back By"))),
                    SettlementError,
                )
            return
        self.provider = None
        if not self.cases:
            frappe.throw(_("Add the recovery cases the money was paid back under."), SettlementError)
        for row in self.cases:
            self.validate_case(row)

    def validate_case(self, row):
        """What a person paid back over the counter goes to the treasury once."""
        case = frappe.db.get_value(
            "Recovery Case", row.recovery_case, ["office", "programme", "docstatus", "repaid"], as_dict=True
        )
        if case.docstatus != 1 or (case.office, case.programme) != (self.office, self.programme):
            frappe.throw(
                _("Row {0}: {1} is no approved case of this office and programme.").format(
                    row.idx, frappe.bold(row.recovery_case)
                ),
                SettlementError,
            )
        left = as_dong(case.repaid or 0) - returns.returned_of_case(row.recovery_case, self.name)
        if not 0 < as_dong(row.amount or 0) <= left:
            frappe.throw(
                _("Row {0}: {1} đồng of {2} were paid back and not yet returned.").format(
                    row.idx, format_dong(left), frappe.bold(row.recovery_case)
                ),
                SettlementError,
            )

    def set_amount(self):
        if self.source == RECOVERED:
            self.amount = sum(as_dong(row.amount) for row in self.cases)
        if as_dong(self.amount or 0) <= 0:
            frappe.throw(_("The amount must be more than zero."), SettlementError)
        self.amount_in_words = in_words(as_dong(self.amount))

    def set_allotment(self):
        """Only money that comes back within its budget year can be drawn again."""
        year = getdate(frappe.db.get_value("Payout Period", self.period, "month")).year
        if self.returned_on and getdate(self.returned_on).year != year:
            self.restores_allotment = 0

    def before_submit(self):
        lock_period(self.period)
        if self.source == RECOVERED:
            for row in self.cases:
                self.validate_case(row)
            return
        self.refuse_when_settled()
        free = returns.free_to_return(self.office, self.period, self.provider)
        if as_dong(self.amount) > free:
            frappe.throw(
                _("{0} holds {1} đồng that nobody waits for, so {2} đồng cannot be paid back.").format(
                    frappe.bold(self.provider), format_dong(free), format_dong(as_dong(self.amount))
                ),
                SettlementError,
            )

    def before_cancel(self):
        lock_period(self.period)
        if self.source == NOT_PAID_OUT:
            self.refuse_when_settled()

    def refuse_when_settled(self):
        settled = frappe.db.get_value(
            "Settlement", {"period": self.period, "provider": self.provider, "docstatus": 1}, "name"
        )
        if settled:
            frappe.throw(_("Cancel the settlement {0} first.").format(frappe.bold(settled)), SettlementError)
