"""Settlements with each receiver, A to G, and what keeps a period from closing."""

from dataclasses import dataclass
from decimal import Decimal

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.core.money import as_dong, percent_of
from ansinh_app.payouts import answers
from ansinh_app.payouts.held_money import held_before, month_money
from ansinh_app.payouts.run import lock_period


@dataclass(slots=True)
class Reconciliation:
    """The lines of Bảng đối soát (DOMAIN 3.2 F11), in đồng and people; F is the clerk's own entry."""

    opening_held: int
    received: int
    due_count: int
    due: int
    paid_count: int
    paid: int
    unpaid_count: int
    unpaid: int
    in_flight: int
    fee_percent: float
    fee_amount: int


def reconcile(office: str, period: str, receiver: str) -> Reconciliation:
    """A to E for one receiver over all its programmes, with the fee of the contracts."""
    month = getdate(frappe.db.get_value("Payout Period", period, "month"))
    money = month_money(office, receiver, month)
    this_month = [item for key, item in money.items() if key[0] == month]
    percent, fee = _fee(period, receiver)
    return Reconciliation(
        opening_held=sum(held_before(office, receiver, month, money).values()),
        received=sum(item.drawn or 0 for item in this_month),
        due_count=sum(item.due_count for item in this_month),
        due=sum(item.due for item in this_month),
        paid_count=sum(item.paid_count for item in this_month),
        paid=sum(item.paid for item in this_month),
        unpaid_count=sum(item.unpaid_count for item in this_month),
        unpaid=sum(item.unpaid for item in this_month),
        in_flight=sum(item.in_flight for item in this_month),
        fee_percent=percent,
        fee_amount=fee,
    )


def _fee(period: str, receiver: str) -> tuple[float, int]:
    """The contracts' percent (0 when they differ) and the fee on the money paid, in đồng."""
    percents, by_programme = fees(period, receiver)
    return (float(percents.pop()) if len(percents) == 1 else 0.0), sum(by_programme.values())


def fees(period: str, receiver: str) -> tuple[set[Decimal], dict[str, int]]:
    """The fee by programme, rounded by contract and programme (TT 76/2021 Đ3.7), and the percents used."""
    batches = frappe.get_all(
        "Payout Batch",
        filters={"period": period, "receiver": receiver, "docstatus": 1},
        fields=["contract", "programme", "paid_amount"],
        limit_page_length=0,
    )
    paid: dict[tuple[str, str], int] = {}
    for batch in batches:
        key = (batch.contract, batch.programme)
        paid[key] = paid.get(key, 0) + as_dong(batch.paid_amount or 0)
    percents, by_programme = set(), {}
    for (contract, programme), amount in paid.items():
        stated = contract and frappe.db.get_value("Bank Contract", contract, "fee_percent")
        percent = Decimal(str(stated or 0))
        percents.add(percent)
        by_programme[programme] = by_programme.get(programme, 0) + percent_of(amount, percent)
    return percents, by_programme


def receivers(period: str) -> list[str]:
    """Everybody the treasury pays for the period's sealed batches."""
    rows = frappe.get_all(
        "Payout Batch", filters={"period": period, "docstatus": 1}, pluck="receiver", limit_page_length=0
    )
    return sorted(set(rows))


def make(period: str) -> list[str]:
    """Drafts a settlement for each receiver that has none. Returns their names."""
    lock_period(period)
    office = frappe.db.get_value("Payout Period", period, "office")
    present = frappe.get_all(
        "Settlement", filters={"period": period, "docstatus": ["<", 2]}, pluck="provider", limit_page_length=0
    )
    names = []
    for receiver in receivers(period):
        if receiver not in present:
            settlement = frappe.get_doc(
                {"doctype": "Settlement", "office": office, "period": period, "provider": receiver}
            )
            settlement.insert()
            names.append(settlement.name)
    return names


def open_items(period: str) -> list[str]:
    """What is still to be done before the period can close, one sentence each."""
    items = []
    batches = frappe.get_all(
        "Payout Batch",
        filters={"period": period, "docstatus": ["<", 2], "status": ["!=", "Completed"]},
        fields=["name", "status"],
        order_by="name",
        limit_page_length=0,
    )
    for batch in batches:
        items.append(_("Batch {0} is not completed ({1}).").format(batch.name, _(batch.status)))
    settled = frappe.get_all(
        "Settlement", filters={"period": period, "docstatus": 1}, pluck="provider", limit_page_length=0
    )
    for receiver in receivers(period):
        if receiver not in settled:
            items.append(_("There is no submitted settlement with {0}.").format(receiver))
        # A result that came after its settlement says that something in it was otherwise.
        if waiting := answers.unanswered(period, receiver):
            listed = ", ".join(f"{name} ({number})" for name, number in waiting.items())
            items.append(_("Rows of the provider's results wait for an answer: {0}.").format(listed))
    if not frappe.db.exists("Payout Batch", {"period": period, "docstatus": 1}):
        items.append(_("Nothing has been paid in this period."))
    return items
