"""Treasury Drawdown: what the treasury pays one receiver for one programme and month."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from ansinh_app.core.money import as_dong, format_dong, in_words
from ansinh_app.exceptions import AllotmentError, PeriodStateError
from ansinh_app.payouts import drawdowns, lost_lists, seal_book, settlements
from ansinh_app.payouts.held_money import held_before
from ansinh_app.payouts.run import lock_period


class TreasuryDrawdown(Document):
    def validate(self):
        self.validate_office()
        self.purpose = self.purpose or drawdowns.BENEFITS
        if self.purpose == drawdowns.FEE:
            self.set_fee()
        else:
            self.settlement = None
            self.set_batches()
            self.validate_batches()
            self.set_amount()
        self.amount_in_words = in_words(self.amount)
        self.set_allotment()

    def set_fee(self):
        """The receiver's fee for the programme, from the month's settlement: drawn once (TT 76/2021 Đ3.7)."""
        self.set("batches", [])
        self.batch_total = self.held_by_provider = 0
        filters = {"period": self.period, "provider": self.receiver, "docstatus": 1}
        self.settlement = frappe.db.get_value("Settlement", filters, "name")
        if not self.settlement:
            frappe.throw(
                _("The fee is drawn when the month is settled with {0}.").format(frappe.bold(self.receiver)),
                PeriodStateError,
            )
        other = drawdowns.fee_drawdown(self.settlement, self.programme, self.name)
        if other:
            frappe.throw(_("The fee is drawn already by {0}.").format(frappe.bold(other)), PeriodStateError)
        _percents, by_programme = settlements.fees(self.period, self.receiver)
        self.amount = by_programme.get(self.programme, 0)
        if not self.amount:
            frappe.throw(
                _("No fee is due to {0} for {1}.").format(
                    frappe.bold(self.receiver), frappe.bold(self.programme)
                ),
                PeriodStateError,
            )

    def validate_office(self):
        if frappe.db.get_value("Payout Period", self.period, "office") != self.office:
            frappe.throw(
                _("{0} belongs to another office.").format(frappe.bold(self.period)), PeriodStateError
            )

    def set_batches(self):
        """Left empty, it takes every sealed batch of the programme and receiver that is not drawn yet."""
        if self.batches:
            return
        for batch in drawdowns.open_batches(self.period, self.programme, self.receiver, self.name):
            self.append("batches", {"batch": batch.name})

    def validate_batches(self):
        allowed = {
            row.name: row
            for row in drawdowns.open_batches(self.period, self.programme, self.receiver, self.name)
        }
        seen, wrong = set(), []
        for row in self.batches:
            batch = allowed.get(row.batch)
            if not batch or row.batch in seen or batch.office != self.office:
                wrong.append(str(row.batch))
                continue
            seen.add(row.batch)
            row.provider, row.channel = batch.provider, batch.channel
            row.line_count, row.total_amount = batch.line_count, as_dong(batch.total_amount)
            self.contract = batch.contract
        if wrong or not seen:
            frappe.throw(
                _(
                    "Only approved batches of this period, programme and receiver that are not drawn yet "
                    "can be drawn: {0}."
                ).format(", ".join(wrong) or _("there is none")),
                PeriodStateError,
            )

    def set_amount(self):
        """Batch totals less what the receiver still holds of earlier months (NĐ 20/2021 Đ34.4)."""
        month = getdate(frappe.db.get_value("Payout Period", self.period, "month"))
        self.batch_total = sum(as_dong(row.total_amount) for row in self.batches)
        held = held_before(self.office, self.receiver, month).get(self.programme, 0)
        self.held_by_provider = max(0, held - self.held_already_used())
        self.amount = max(0, self.batch_total - self.held_by_provider)

    def held_already_used(self) -> int:
        """What an earlier drawdown of the same month and receiver has counted on already."""
        rows = frappe.get_all(
            "Treasury Drawdown",
            filters={
                "period": self.period,
                "programme": self.programme,
                "receiver": self.receiver,
                "purpose": ["!=", drawdowns.FEE],
                "docstatus": ["<", 2],
                "name": ["!=", self.name or ""],
            },
            fields=["batch_total", "amount"],
            limit_page_length=0,
        )
        return sum(as_dong(row.batch_total or 0) - as_dong(row.amount or 0) for row in rows)

    def set_allotment(self, lock: bool = False):
        year = getdate(frappe.db.get_value("Payout Period", self.period, "month")).year
        fee = self.purpose == drawdowns.FEE
        filters = {"office": self.office, "programme": self.programme, "year": year, "docstatus": 1}
        filters["purpose"] = drawdowns.FEE if fee else ["!=", drawdowns.FEE]
        self.allotment = frappe.db.get_value("Budget Allotment", filters, "name", order_by="creation desc")
        left = drawdowns.allotment_left(
            self.office, self.programme, year, self.name, lock, purpose=self.purpose
        )
        self.allotment_left = left - self.amount

    def before_submit(self):
        lock_period(self.period)
        self.set_allotment(lock=True)
        if self.purpose == drawdowns.FEE:
            self.set_fee()  # another one may have been made meanwhile
        drawn = drawdowns.drawn_batches(self.period, self.name, lock=True)
        twice = [row.batch for row in self.batches if row.batch in drawn]
        if twice:
            frappe.throw(
                _("These batches are drawn already: {0}.").format(", ".join(twice)), PeriodStateError
            )
        if not self.allotment:
            frappe.throw(
                _("No budget is allotted to {0} for {1}. Enter and submit a Budget Allotment first.").format(
                    frappe.bold(self.programme), frappe.bold(self.period)
                ),
                AllotmentError,
                title=_("No allotment"),
            )
        if as_dong(self.allotment_left) < 0:
            frappe.throw(
                _("The budget allotted to {0} is short of {1} đồng.").format(
                    frappe.bold(self.programme), format_dong(-as_dong(self.allotment_left))
                ),
                AllotmentError,
                title=_("Allotment exceeded"),
            )

    def on_submit(self):
        """The book knows what the treasury has; a second one for the same lists, after an old backup, says so."""
        known = set()
        for row in self.batches:
            entry = lost_lists.entry_of(frappe.get_doc("Payout Batch", row.batch))
            other = entry and entry.drawdown
            if other and (other == self.name or not frappe.db.exists("Treasury Drawdown", other)):
                known.add(other)
            seal_book.note(row.batch, seal_book.DRAWN, drawdown=self.name)
        if known:
            text = _("The treasury has a drawdown for these lists already ({0}): do not hand in this one as well.")
            self.add_comment("Info", text.format(", ".join(sorted(known))))
            frappe.msgprint(text.format(", ".join(sorted(known))), indicator="orange")

    def before_cancel(self):
        lock_period(self.period)
        if self.purpose == drawdowns.FEE:
            return
        settled = frappe.db.get_value(
            "Settlement", {"period": self.period, "provider": self.receiver, "docstatus": 1}, "name"
        )
        if settled:
            frappe.throw(_("Cancel the settlement {0} first.").format(frappe.bold(settled)), PeriodStateError)
