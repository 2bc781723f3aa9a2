"""What went back to the treasury: by provider and month, by recovery case, by budget."""

import frappe
from frappe.query_builder.functions import Sum

from ansinh_app.core.money import as_dong
from ansinh_app.payouts import settlements


def returned_by(period: str, provider: str) -> int:
    """Đồng of the period's submitted returns by the provider."""
    return _sum({"period": period, "provider": provider, "docstatus": 1})


def free_to_return(office: str, period: str, provider: str) -> int:
    """Đồng the provider holds in the period that no unpaid person waits for (NĐ 20/2021 Đ34.4)."""
    lines = settlements.reconcile(office, period, provider)
    held = lines.opening_held + lines.received - lines.paid - lines.in_flight
    return max(0, held - lines.unpaid - returned_by(period, provider))


def returned_of_case(case: str, leave_out: str | None = None) -> int:
    """Đồng of a recovery case that submitted returns took to the treasury."""
    row, document = frappe.qb.DocType("Treasury Return Case"), frappe.qb.DocType("Treasury Return")
    query = (
        frappe.qb.from_(row)
        .join(document)
        .on(row.parent == document.name)
        .select(Sum(row.amount))
        .where(row.recovery_case == case)
        .where(document.docstatus == 1)
    )
    if leave_out:
        query = query.where(document.name != leave_out)
    return as_dong(query.run()[0][0] or 0)


def restored(office: str, programme: str, year: int) -> int:
    """Đồng of the year's months that came back in time to be drawn again."""
    document, period = frappe.qb.DocType("Treasury Return"), frappe.qb.DocType("Payout Period")
    rows = (
        frappe.qb.from_(document)
        .join(period)
        .on(document.period == period.name)
        .select(Sum(document.amount))
        .where(document.office == office)
        .where(document.programme == programme)
        .where(document.docstatus == 1)
        .where(document.restores_allotment == 1)
        .where(period.month >= f"{year}-01-01")
        .where(period.month <= f"{year}-12-31")
        .run()
    )
    return as_dong(rows[0][0] or 0)


def _sum(filters: dict) -> int:
    rows = frappe.get_all("Treasury Return", filters=filters, pluck="amount", limit_page_length=0)
    return sum(as_dong(amount or 0) for amount in rows)
