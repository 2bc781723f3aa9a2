"""The seal of a batch: taken from the lines in the database, and checked against them."""

import frappe

from ansinh_app.core.money import as_dong
from ansinh_app.core.payout import SEALED_AMOUNTS, SEALED_TEXT, seal


def batch_lines(batch: str, for_update: bool = False) -> list[dict]:
    """The lines of a batch in list order, amounts as whole đồng."""
    table = frappe.qb.DocType("Payout Line")
    query = frappe.qb.from_(table).select("*").where(table.batch == batch).orderby(table.line_no)
    rows = (query.for_update() if for_update else query).run(as_dict=True)
    for row in rows:
        for column in SEALED_AMOUNTS:
            row[column] = as_dong(row[column] or 0)
    return rows


def outdated_lines(batch: str) -> list[str]:
    """Who stands on a line whose account or decision is no longer what it was when the run made it."""
    line, account = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payment Account")
    decision, grant = frappe.qb.DocType("Entitlement"), frappe.qb.DocType("One-off Grant")
    rows = (
        frappe.qb.from_(line)
        .left_join(account)
        .on(line.payment_account == account.name)
        .left_join(decision)
        .on(line.entitlement == decision.name)
        .left_join(grant)
        .on(line.one_off_grant == grant.name)
        .select(
            line.full_name,
            line.payment_account,
            line.provider,
            line.account_no,
            line.payee_name,
            account.status,
            account.provider.as_("provider_now"),
            account.account_no.as_("account_no_now"),
            account.account_name.as_("payee_name_now"),
            decision.docstatus.as_("decided"),
            grant.docstatus.as_("granted"),
        )
        .where(line.batch == batch)
        .orderby(line.line_no)
        .run(as_dict=True)
    )
    return [row.full_name for row in rows if not _holds(row)]


def _holds(row: dict) -> bool:
    if 1 not in (row.decided, row.granted):
        return False
    if not row.payment_account:
        return True
    same = all(row[name] == row[f"{name}_now"] for name in ("provider", "account_no", "payee_name"))
    return same and row.status == "Active"


def seal_of(lines: list[dict]) -> str:
    """SHA-256 over the sealed columns. A cancelled line is sealed under the key it was approved with."""
    columns = (*SEALED_TEXT, *SEALED_AMOUNTS)
    rows = []
    for line in lines:
        row = {column: line[column] for column in columns}
        row["line_key"] = row["line_key"].split("#")[0]
        rows.append(row)
    return seal(rows)


def verify(batch: str) -> dict:
    """Whether the lines are still what was approved; lists what the totals say when they are not."""
    document = frappe.db.get_value(
        "Payout Batch", batch, ["name", "seal", "line_count", "total_amount", "status"], as_dict=True
    )
    lines = batch_lines(batch)
    actual = seal_of(lines) if lines else ""
    return {
        "batch": document.name,
        "sealed": bool(document.seal),
        "valid": bool(document.seal) and actual == document.seal,
        "seal": document.seal or "",
        "actual": actual,
        "line_count": len(lines),
        "sealed_line_count": document.line_count,
        "total": sum(line["total"] for line in lines),
        "sealed_total": as_dong(document.total_amount or 0),
    }
