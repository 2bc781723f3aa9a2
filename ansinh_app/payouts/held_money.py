"""Money a receiver holds: what the treasury sent, what was paid out, what is still there."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate

from ansinh_app.core.money import as_dong
from ansinh_app.utils import many


@dataclass(slots=True)
class MonthMoney:
    """One programme of one receiver in one month, in đồng."""

    due: int = 0
    due_count: int = 0
    paid: int = 0
    paid_count: int = 0
    unpaid: int = 0
    unpaid_count: int = 0
    in_flight: int = 0
    drawn: int | None = None


def month_money(office: str, receiver: str, until: date) -> dict[tuple[date, str], MonthMoney]:
    """By (month, programme) up to and including the month `until`, sums of sealed batches and drawdowns."""
    return money_of_all(office, until, receiver).get(receiver, {})


def money_of_all(
    office: str, until: date, receiver: str | None = None
) -> dict[str, dict[tuple[date, str], MonthMoney]]:
    """What `month_money` says of each receiver (or of one), everybody's lines summed in one reading."""
    found: dict[str, dict[tuple[date, str], MonthMoney]] = defaultdict(lambda: defaultdict(MonthMoney))
    batches = _batches(office, until, receiver)
    for name, status, amount, count in line_sums(list(batches)):
        holder, month, programme = batches[name]
        item, amount = found[holder][month, programme], as_dong(amount or 0)
        item.due += amount
        item.due_count += count
        if status == "Paid":
            item.paid += amount
            item.paid_count += count
        elif status in ("Failed", "Uncollected"):
            item.unpaid += amount
            item.unpaid_count += count
        else:
            item.in_flight += amount
    for row in _drawn(office, until, receiver):
        item = found[row.receiver][getdate(row.month), row.programme]
        item.drawn = (item.drawn or 0) + as_dong(row.amount or 0)
    return found


def held_before(
    office: str, receiver: str, month: date, money: dict[tuple[date, str], MonthMoney] | None = None
) -> dict[str, int]:
    """By programme, money of months before `month` still with the receiver and free to be used, in đồng.

    NĐ 20/2021 Đ34.4. What is on its way without a result is not free. A month without a recorded drawdown
    counts as drawn as it should have been, so that an office can begin in the middle of a year.
    `money`: the receiver's `month_money` until this month or a later one, where it is known already.
    """
    money = month_money(office, receiver, month) if money is None else money
    back = _returned(office, receiver)
    held: dict[str, int] = defaultdict(int)
    for paid_month in sorted({key[0] for key in money if key[0] < month}):
        to_return = back.get(paid_month, 0)
        for programme in sorted(key[1] for key in money if key[0] == paid_month):
            item = money[(paid_month, programme)]
            drawn = item.drawn if item.drawn is not None else max(0, item.due - held[programme])
            held[programme] += drawn - item.paid - item.in_flight
            # Only what no unpaid person waits for can have gone back to the budget.
            part = min(to_return, max(0, held[programme] - item.unpaid))
            held[programme] -= part
            to_return -= part
    return {programme: max(0, amount) for programme, amount in held.items()}


def _returned(office: str, receiver: str) -> dict[date, int]:
    """What submitted settlements say went back to the budget, by month."""
    period, settlement = frappe.qb.DocType("Payout Period"), frappe.qb.DocType("Settlement")
    rows = (
        frappe.qb.from_(settlement)
        .join(period)
        .on(settlement.period == period.name)
        .select(period.month, settlement.returned)
        .where(settlement.office == office)
        .where(settlement.provider == receiver)
        .where(settlement.docstatus == 1)
        .run(as_dict=True)
    )
    found: dict[date, int] = defaultdict(int)
    for row in rows:
        found[getdate(row.month)] += as_dong(row.returned or 0)
    return found


def _batches(office: str, until: date, receiver: str | None) -> dict[str, tuple[str, date, str]]:
    """Sealed batches: name -> receiver, month and programme, which are those of all its lines."""
    batch, period = frappe.qb.DocType("Payout Batch"), frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(batch)
        .join(period)
        .on(batch.period == period.name)
        .select(batch.name, batch.receiver, period.month, batch.programme)
        .where(batch.office == office)
        .where(batch.docstatus == 1)
        .where(period.month <= until)
    )
    if receiver:
        query = query.where(batch.receiver == receiver)
    return {name: (holder, getdate(month), programme) for name, holder, month, programme in query.run()}


def line_sums(batches: list[str]) -> Iterator[tuple[str, str, float, int]]:
    """Batch, status, đồng and number of its lines; the index `of_batch` holds all that is asked."""
    line = frappe.qb.DocType("Payout Line")
    for some in many.chunks(batches):
        yield from (
            frappe.qb.from_(line)
            .select(line.batch, line.status, Sum(line.total), Count("*"))
            .where(line.batch.isin(some))
            .groupby(line.batch, line.status)
            .run()
        )


def _drawn(office: str, until: date, receiver: str | None) -> list[dict]:
    drawdown, period = frappe.qb.DocType("Treasury Drawdown"), frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(drawdown)
        .join(period)
        .on(drawdown.period == period.name)
        .select(drawdown.receiver, period.month, drawdown.programme, drawdown.amount)
        .where(drawdown.office == office)
        .where(drawdown.docstatus == 1)
        .where((drawdown.purpose != "Provider Fee") | drawdown.purpose.isnull())
        .where(period.month <= until)
    )
    if receiver:
        query = query.where(drawdown.receiver == receiver)
    return query.run(as_dict=True)
