"""What is asked of the database for a book: a fixed number of questions for each scope."""

from collections import defaultdict
from collections.abc import Iterable

import frappe
from frappe.query_builder.functions import Count, Max, Min
from frappe.utils import getdate

from ansinh_app.core.law import Law
from ansinh_app.core.ledger import Change, RecoveryCase
from ansinh_app.core.masking import ACCOUNT
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.core.payout import ONE_OFF
from ansinh_app.payouts.book.rows import AccountRow, PersonBook, PersonRow, TermRow
from ansinh_app.payouts.book.scope import Who, scoped
from ansinh_app.payouts.book.stored import months_from_json, recoveries_of
from ansinh_app.registry.mandates import COLUMNS as MANDATE_COLUMNS
from ansinh_app.registry.marriages import COUPLE_RULE
from ansinh_app.utils import many
from ansinh_app.utils.sealed_numbers import opened_value, vault


def units() -> dict[str, dict]:
    return {
        row.name: row
        for row in frappe.get_all(
            "Administrative Unit",
            fields=["name", "unit_name", "parent_administrative_unit", "valid_to"],
            order_by="name",
            limit_page_length=0,
        )
    }


def beneficiaries(who: Who) -> Iterable[PersonRow]:
    table = frappe.qb.DocType("Beneficiary")
    query = frappe.qb.from_(table).select(*(table[column] for column in PersonRow._fields))
    return map(PersonRow._make, scoped(query, table, who).orderby(table.name).run())


def terms(who: Who) -> Iterable[TermRow]:
    person, term = frappe.qb.DocType("Beneficiary"), frappe.qb.DocType("Entitlement")
    query = (
        frappe.qb.from_(term)
        .join(person)
        .on(term.beneficiary == person.name)
        .select(*(term[column] for column in TermRow._fields))
        .where(term.docstatus == 1)
    )
    return map(TermRow._make, scoped(query, person, who).orderby(term.name).run())


def marriages(law: Law, who: Who) -> list[dict]:
    """Marriages of the people with somebody who holds what a couple draws once."""
    shares = [code for code, category in law.categories.items() if category.stack_rule == COUPLE_RULE]
    bond, person = frappe.qb.DocType("Beneficiary Spouse"), frappe.qb.DocType("Beneficiary")
    term = frappe.qb.DocType("Entitlement")
    query = (
        frappe.qb.from_(bond)
        .join(person)
        .on(bond.parent == person.name)
        .join(term)
        .on(term.beneficiary == bond.spouse)
        .select(bond.parent, bond.spouse, bond.married_on, bond.known_on, bond.ended_on, bond.end_known_on)
        .distinct()
        .where(term.docstatus == 1)
        .where(term.category.isin(shares or [""]))
    )
    return scoped(query, person, who).orderby(bond.parent).orderby(bond.spouse).run(as_dict=True)


def changes(who: Who) -> dict[str, list[Change]]:
    change, term = frappe.qb.DocType("Entitlement Change"), frappe.qb.DocType("Entitlement")
    person = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(change)
        .join(term)
        .on(change.parent == term.name)
        .join(person)
        .on(term.beneficiary == person.name)
        .select(change.parent, change.effective_month, change.decided_on, change.active, change.reason)
        .where(change.parenttype == "Entitlement")
    )
    found = defaultdict(list)
    rows = scoped(query, person, who).orderby(change.parent).orderby(change.idx)
    for row in rows.run(as_dict=True):
        month = Month.parse(getdate(row.effective_month))
        found[row.parent].append(Change(month, getdate(row.decided_on), bool(row.active), row.reason or ""))
    return found


def runs_of_lines(who: Who) -> Iterable[tuple]:
    """The regular lines that pay for their own month alone, those of one amount together.

    Beneficiary, benefit, office, amount, status, first and last period, and how many lines they are.
    """
    person, line = frappe.qb.DocType("Beneficiary"), frappe.qb.DocType("Payout Line")
    same = (line.beneficiary, line.benefit, line.office, line.monthly_amount, line.status)
    query = (
        frappe.qb.from_(line)
        .join(person)
        .on(line.beneficiary == person.name)
        # An office's periods are named by their months (see _renamed): the first by name is the first in time.
        .select(*same, Min(line.period), Max(line.period), Count("*"))
        .where(line.own_month_only == 1)
        .where(line.status != "Cancelled")
        .groupby(*same)
    )
    return scoped(query, person, who).run()


def lines(who: Who, own_month_only: int) -> list[tuple]:
    """Beneficiary, benefit, office, period, months, recovery and status of regular lines, one by one."""
    person, line = frappe.qb.DocType("Beneficiary"), frappe.qb.DocType("Payout Line")
    query = (
        frappe.qb.from_(line)
        .join(person)
        .on(line.beneficiary == person.name)
        .select(line.beneficiary, line.benefit, line.office, line.period)
        .select(line.months, line.recovery, line.status)
        .where(line.own_month_only == own_month_only)
        .where(line.status != "Cancelled")
        .where(line.kind != ONE_OFF)
    )
    return list(scoped(query, person, who).run())


def read_cases(people: dict[str, PersonBook], who: Who) -> None:
    """Approved cases; outstanding counts every deduction that is planned, under way or paid."""
    case, person = frappe.qb.DocType("Recovery Case"), frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(case)
        .join(person)
        .on(case.beneficiary == person.name)
        .select(
            case.name,
            case.beneficiary,
            case.benefit,
            case.amount,
            case.instalment,
            case.repaid,
            case.months,
            case.status,
        )
        .where(case.docstatus == 1)
    )
    rows = scoped(query, person, who).orderby(case.name).run(as_dict=True)
    taken = deducted(who) if rows else {}
    for row in rows:
        outstanding = as_dong(row.amount) - as_dong(row.repaid or 0) - sum(taken.get(row.name, {}).values())
        people[row.beneficiary].cases.append(
            RecoveryCase(
                benefit=row.benefit,
                months=months_from_json(row.months),
                outstanding=0 if row.status == "Waived" else max(0, outstanding),
                instalment=as_dong(row.instalment or 0),
                approved=True,
                name=row.name,
            )
        )


def grants(who: Who) -> list[dict]:
    grant, person = frappe.qb.DocType("One-off Grant"), frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(grant)
        .join(person)
        .on(grant.beneficiary == person.name)
        .select(
            grant.name,
            grant.beneficiary,
            grant.grant_type,
            grant.programme,
            grant.amount,
            grant.decision_date,
            grant.occurred_on,
            grant.steps,
            grant.payee_type,
            grant.representative,
            grant.payment_method,
            grant.payment_account,
            grant.cash_reason,
        )
        .where(grant.docstatus == 1)
    )
    return scoped(query, person, who).orderby(grant.name).run(as_dict=True)


def grant_lines(who: Who) -> list[dict]:
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    person = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(line)
        .join(period)
        .on(line.period == period.name)
        .join(person)
        .on(line.beneficiary == person.name)
        .select(line.beneficiary, line.line_key, line.office, line.one_off_grant, line.total, line.status)
        .select(period.month)
        .where(line.kind == ONE_OFF)
        .where(line.status != "Cancelled")
    )
    return scoped(query, person, who).run(as_dict=True)


def deducted(
    who: Who,
    statuses: tuple = ("Planned", "Sent", "Paid"),
    leave_out_drafts: bool = True,
) -> dict[str, dict[str, int]]:
    """What lines of these statuses deduct: case -> line name -> đồng.

    Lines of batches not yet sealed are left out: the run that made them makes them anew.
    """
    line, person = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Beneficiary")
    batch = frappe.qb.DocType("Payout Batch")
    query = (
        frappe.qb.from_(line)
        .join(person)
        .on(line.beneficiary == person.name)
        .join(batch)
        .on(line.batch == batch.name)
        .select(line.name, line.explanation)
        .where(line.recovery > 0)
        .where(line.status.isin(list(statuses)))
    )
    if leave_out_drafts:
        query = query.where(batch.docstatus == 1)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in scoped(query, person, who).run(as_dict=True):
        for case, amount in recoveries_of(row.explanation).items():
            found[case][row.name] = amount
    return found


def mandates(who: Who) -> dict[tuple[str, str], list[dict]]:
    """Guardians and mandates by (beneficiary, representative)."""
    mandate, person = frappe.qb.DocType("Beneficiary Representative"), frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(mandate)
        .join(person)
        .on(mandate.parent == person.name)
        .select(mandate.parent, *(mandate[column] for column in MANDATE_COLUMNS))
    )
    found = defaultdict(list)
    for row in scoped(query, person, who).run(as_dict=True):
        found[(row.parent, row.representative)].append(row)
    return found


def accounts(names: set) -> dict[str, AccountRow]:
    wanted = sorted(name for name in names if name)
    rows = many.rows_among("Payment Account", AccountRow._fields, "name", wanted)
    found = {row[0]: AccountRow._make(row) for row in rows}
    if vault():
        for name, row in found.items():
            found[name] = row._replace(account_no=opened_value(ACCOUNT, row.account_no))
    return found


def by_name(doctype: str, names: set, fields: list[str]) -> dict[str, dict]:
    wanted = sorted(name for name in names if name)
    found = {}
    for chunk in many.chunks(wanted):
        rows = frappe.get_all(
            doctype,
            filters={"name": ["in", chunk]},
            fields=fields,
            limit_page_length=0,
        )
        found.update({row.name: row for row in rows})
    return found
