"""Treasury drawdowns: what the treasury still has to send for a month's batches, within the allotment."""

from collections import defaultdict

import frappe
from frappe import _

from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import PeriodStateError
from ansinh_app.payouts import returns, settlements
from ansinh_app.payouts.run import lock_period

BENEFITS, FEE = "Benefits", "Provider Fee"


def make(period: str) -> list[str]:
    """Drafts one drawdown per programme and receiver for sealed batches that have none; returns names."""
    lock_period(period)
    office = frappe.db.get_value("Payout Period", period, "office")
    unsealed = frappe.get_all("Payout Batch", filters={"period": period, "docstatus": 0}, pluck="name")
    if unsealed:
        frappe.throw(
            _("Approve or cancel these batches first: {0}.").format(", ".join(unsealed)), PeriodStateError
        )
    groups = defaultdict(list)
    for batch in open_batches(period):
        groups[(batch.programme, batch.receiver)].append(batch.name)
    names = []
    for (programme, receiver), batches in sorted(groups.items()):
        drawdown = frappe.get_doc(
            {
                "doctype": "Treasury Drawdown",
                "office": office,
                "period": period,
                "programme": programme,
                "receiver": receiver,
                "batches": [{"batch": batch} for batch in batches],
            }
        )
        drawdown.insert()
        names.append(drawdown.name)
    return names + _draft_fees(office, period)


def _draft_fees(office: str, period: str) -> list[str]:
    """The fee of each settled receiver is drawn by itself, from a budget of its own (TT 76/2021 Đ3.7)."""
    names = []
    for settlement in frappe.get_all(
        "Settlement",
        filters={"period": period, "docstatus": 1},
        fields=["name", "provider"],
        order_by="name",
        limit_page_length=0,
    ):
        _percents, by_programme = settlements.fees(period, settlement.provider)
        for programme, amount in sorted(by_programme.items()):
            if not amount or fee_drawdown(settlement.name, programme):
                continue
            drawdown = frappe.get_doc(
                {
                    "doctype": "Treasury Drawdown",
                    "office": office,
                    "period": period,
                    "programme": programme,
                    "receiver": settlement.provider,
                    "purpose": FEE,
                    "settlement": settlement.name,
                }
            )
            drawdown.insert()
            names.append(drawdown.name)
    return names


def fee_drawdown(settlement: str, programme: str, leave_out: str | None = None) -> str | None:
    """The draft or submitted drawdown of a settlement's fee for the programme, if any."""
    filters = {"settlement": settlement, "programme": programme, "docstatus": ["<", 2]}
    return frappe.db.get_value("Treasury Drawdown", {**filters, "name": ["!=", leave_out or ""]}, "name")


def open_batches(
    period: str, programme: str | None = None, receiver: str | None = None, drawdown: str | None = None
) -> list[dict]:
    """Sealed batches of the period that stand in no drawdown other than `drawdown`."""
    filters = {"period": period, "docstatus": 1}
    if programme:
        filters["programme"] = programme
    if receiver:
        filters["receiver"] = receiver
    rows = frappe.get_all(
        "Payout Batch",
        filters=filters,
        fields=["name", "office", "period", "programme", "receiver", "provider", "channel", "contract"]
        + ["line_count", "total_amount"],
        order_by="name",
        limit_page_length=0,
    )
    drawn = drawn_batches(period, drawdown)
    return [row for row in rows if row.name not in drawn]


def drawn_batches(period: str, leave_out: str | None = None, lock: bool = False) -> dict[str, str]:
    """Batch -> the draft or submitted drawdown it stands in; `lock` sees what was just written elsewhere."""
    row, drawdown = frappe.qb.DocType("Drawdown Batch"), frappe.qb.DocType("Treasury Drawdown")
    query = (
        frappe.qb.from_(row)
        .join(drawdown)
        .on(row.parent == drawdown.name)
        .select(row.batch, drawdown.name)
        .where(drawdown.period == period)
        .where(drawdown.docstatus < 2)
    )
    if leave_out:
        query = query.where(drawdown.name != leave_out)
    return dict((query.for_update() if lock else query).run())


def allotment_left(
    office: str,
    programme: str,
    year: int,
    leave_out: str | None = None,
    lock: bool = False,
    purpose: str = BENEFITS,
) -> int:
    """Allotted for the programme and year less what submitted drawdowns of its months took, in đồng.

    Money paid back within its year can be drawn again.
    """
    allotment = frappe.qb.DocType("Budget Allotment")
    allotted = (
        frappe.qb.from_(allotment)
        .select(allotment.amount)
        .where(allotment.office == office)
        .where(allotment.programme == programme)
        .where(allotment.year == year)
        .where(allotment.docstatus == 1)
        .where(_is(allotment, purpose))
    )
    drawdown, period = frappe.qb.DocType("Treasury Drawdown"), frappe.qb.DocType("Payout Period")
    drawn = (
        frappe.qb.from_(drawdown)
        .join(period)
        .on(drawdown.period == period.name)
        .select(drawdown.amount)
        .where(drawdown.office == office)
        .where(drawdown.programme == programme)
        .where(drawdown.docstatus == 1)
        .where(_is(drawdown, purpose))
        .where(period.month >= f"{year}-01-01")
        .where(period.month <= f"{year}-12-31")
    )
    if leave_out:
        drawn = drawn.where(drawdown.name != leave_out)
    if lock:
        # Allotments first: whoever draws from the same budget waits here, then counts what the other took.
        allotted, drawn = allotted.for_update(), drawn.for_update()
    given = sum(as_dong(row[0] or 0) for row in allotted.run())
    back = returns.restored(office, programme, year) if purpose == BENEFITS else 0
    return given + back - sum(as_dong(row[0] or 0) for row in drawn.run())


def _is(table, purpose: str):
    """Whose purpose it is; documents older than the distinction are for benefits."""
    return table.purpose == FEE if purpose == FEE else (table.purpose != FEE) | table.purpose.isnull()
