"""The seal of a batch: taken from the lines in the database, and checked against them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import frappe

from ansinh_app.core.masking import ACCOUNT
from ansinh_app.core.money import as_dong
from ansinh_app.core.payout import SEALED, SEALED_AMOUNTS, seal, seal_in_order
from ansinh_app.utils.sealed_numbers import opened, opened_value, vault

_ACCOUNT = ("provider", "account_no", "payee_name")


@dataclass(slots=True)
class Summed:
    """A batch's lines as they stand: how many, their sum in đồng, and their seal."""

    count: int = 0
    total: int = 0
    seal: str = ""


def sum_up(batch: str, for_update: bool = False) -> Summed:
    """Count, sum and seal of a batch's lines; each is read once and none is kept."""
    summed = Summed()
    summed.seal = seal_in_order(_counted(summed, batch, for_update)) or ""
    if not summed.seal:
        # The database sorts keys by another alphabet than the seal.
        summed = Summed()
        rows = [dict(zip(SEALED, row, strict=True)) for row in _counted(summed, batch, for_update)]
        summed.seal = seal(rows)
    return summed


def _counted(summed: Summed, batch: str, for_update: bool) -> Iterator[list]:
    """The sealed columns of each line. A cancelled line is sealed under the key it was approved with."""
    table = frappe.qb.DocType("Payout Line")
    query = frappe.qb.from_(table).select(*(table[column] for column in SEALED))
    query = query.where(table.batch == batch).orderby(table.line_key)
    place = SEALED.index("account_no")
    vault()  # asked for now: a question while the rows pass would take the cursor from them
    for row in (query.for_update() if for_update else query).run(as_list=True, as_iterator=True):
        row[place] = opened_value(ACCOUNT, row[place])
        row[0] = row[0].split("#")[0]
        summed.count += 1
        summed.total += as_dong(row[-1] or 0)
        yield row


def batch_lines(batch: str, for_update: bool = False, columns: Iterable[str] = ("*",)) -> list[dict]:
    """The lines of a batch in list order, whole or these columns of them, amounts as whole đồng."""
    table = frappe.qb.DocType("Payout Line")
    query = frappe.qb.from_(table).select(*columns).where(table.batch == batch).orderby(table.line_no)
    rows = opened((query.for_update() if for_update else query).run(as_dict=True))
    amounts = [column for column in SEALED_AMOUNTS if rows and column in rows[0]]
    for row in rows:
        for column in amounts:
            row[column] = as_dong(row[column] or 0)
    return rows


def outdated_lines(batch: str) -> list[str]:
    """Who stands on a line whose account or decision is no longer what it was when the run made it."""
    line, account = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payment Account")
    decision, grant = frappe.qb.DocType("Entitlement"), frappe.qb.DocType("One-off Grant")
    vault()  # as above
    rows = (
        frappe.qb.from_(line)
        .left_join(account)
        .on(line.payment_account == account.name)
        .left_join(decision)
        .on(line.entitlement == decision.name)
        .left_join(grant)
        .on(line.one_off_grant == grant.name)
        .select(*(line[column] for column in _ACCOUNT))
        .select(account.provider, account.account_no, account.account_name, account.status)
        .select(line.payment_account, decision.docstatus, grant.docstatus, line.full_name, line.line_no)
        .where(line.batch == batch)
        .run(as_list=True, as_iterator=True)
    )
    # Compared here, to the letter: a database may take Lý for LY.
    found = [(row[11], row[10]) for row in rows if not _holds(row)]
    return [full_name for _line_no, full_name in sorted(found)]


def _holds(row: list) -> bool:
    if row[8] != 1 and row[9] != 1:
        return False
    row[1], row[4] = opened_value(ACCOUNT, row[1]), opened_value(ACCOUNT, row[4])
    return not row[7] or (row[0:3] == row[3:6] and row[6] == "Active")


def seal_of(lines: list[dict]) -> str:
    """SHA-256 over the sealed columns. A cancelled line is sealed under the key it was approved with."""
    return seal(line | {"line_key": line["line_key"].split("#")[0]} for line in lines)


def verify(batch: str) -> dict:
    """Whether the lines are still what was approved; lists what the totals say when they are not."""
    document = frappe.db.get_value(
        "Payout Batch", batch, ["name", "seal", "line_count", "total_amount", "status"], as_dict=True
    )
    found = sum_up(batch)
    actual = found.seal if found.count else ""
    return {
        "batch": document.name,
        "sealed": bool(document.seal),
        "valid": bool(document.seal) and actual == document.seal,
        "seal": document.seal or "",
        "actual": actual,
        "line_count": found.count,
        "sealed_line_count": document.line_count,
        "total": found.total,
        "sealed_total": as_dong(document.total_amount or 0),
    }
