"""Settlement: the month's reconciliation with one receiver, A + B - D - F = G."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import today

from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.core.reconcile import settlement
from ansinh_app.exceptions import SettlementError
from ansinh_app.payouts import answers, returns, settlements
from ansinh_app.payouts.run import lock_period


class Settlement(Document):
    def validate(self):
        self.validate_office()
        self.validate_unique()
        self.set_lines()

    def validate_office(self):
        if frappe.db.get_value("Payout Period", self.period, "office") != self.office:
            frappe.throw(
                _("{0} belongs to another office.").format(frappe.bold(self.period)), SettlementError
            )

    def validate_unique(self):
        filters = {
            "period": self.period,
            "provider": self.provider,
            "docstatus": ["<", 2],
            "name": ["!=", self.name or ""],
        }
        other = frappe.db.get_value("Settlement", filters, "name")
        if other:
            frappe.throw(
                _("{0} already settles this month with {1}.").format(frappe.bold(other), self.provider),
                SettlementError,
            )
        if self.provider not in settlements.receivers(self.period):
            frappe.throw(
                _("The treasury pays nothing to {0} for this month.").format(frappe.bold(self.provider)),
                SettlementError,
            )

    def set_lines(self):
        """G is the money still held and must equal the list of people carried over (NĐ 20/2021 Đ34.5)."""
        lines = settlements.reconcile(self.office, self.period, self.provider)
        for fieldname in lines.__slots__:
            self.set(fieldname, getattr(lines, fieldname))
        # Vouchers say what went back; without one the clerk's own entry stands.
        self.returned = returns.returned_by(self.period, self.provider) or as_dong(self.returned or 0)
        sums = settlement(
            carried_in=lines.opening_held,
            received=lines.received,
            due=lines.due,
            paid=lines.paid,
            unpaid=lines.unpaid,
            returned=self.returned,
        )
        self.closing_held = sums.g_held
        self.difference = sums.difference

    def before_submit(self):
        lock_period(self.period)
        if as_dong(self.in_flight):
            frappe.throw(
                _("{0} đồng are still without a result from the provider.").format(
                    format_dong(as_dong(self.in_flight))
                ),
                SettlementError,
            )
        waiting = answers.unanswered(self.period, self.provider)
        if waiting:
            frappe.throw(
                _("Rows of the provider's results wait for an answer: {0}.").format(
                    ", ".join(f"{name} ({number})" for name, number in waiting.items())
                ),
                SettlementError,
                title=_("Results to answer"),
            )
        if as_dong(self.difference):
            frappe.throw(
                _(
                    "{0} đồng are unexplained: money still held must equal the people carried over. "
                    "Check the drawdown, or make a Treasury Return of what goes back to the budget."
                ).format(format_dong(as_dong(self.difference))),
                SettlementError,
                title=_("Does not add up"),
            )
        self.settled_on = self.settled_on or today()

    def before_cancel(self):
        status = lock_period(self.period)
        self.refuse_when_fee_is_drawn()
        if status == "Closed":
            frappe.throw(_("{0} is closed.").format(frappe.bold(self.period)), SettlementError)

    def refuse_when_fee_is_drawn(self):
        drawn = frappe.db.get_value("Treasury Drawdown", {"settlement": self.name, "docstatus": 1}, "name")
        if drawn:
            frappe.throw(_("Cancel the drawdown {0} first.").format(frappe.bold(drawn)), SettlementError)
