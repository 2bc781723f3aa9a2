"""Why this amount: the steps, their articles and the ledger behind one person's month."""

from datetime import date

import frappe
from frappe.utils import getdate

from ansinh_app.core.explain import render
from ansinh_app.core.ledger import COUNTS_AS_SETTLED, Grant, grants_of
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.core.payout import run_person
from ansinh_app.payouts.ledger_reader import Book, PersonBook, read_book
from ansinh_app.payouts.plan import opening_of
from ansinh_app.policy.law import load_law


def explain(beneficiary: str, month: Month, as_of: date | None = None) -> dict:
    """What the person is owed for the month and how it came about, as known on the day of the month's run."""
    law = load_law()
    book: Book = read_book(law, beneficiary=beneficiary)
    person = book.people[beneficiary]
    known_on = as_of or _as_of(person, month)
    run = run_person(
        person.person,
        person.entitlements,
        month,
        known_on,
        law,
        [settled for settled in person.settled if settled.period < month],
        person.cases,
        opening_of(person, month),
    )
    grants, failures = grants_of(person.person, person.entitlements, month, law, known_on)
    return {
        "beneficiary": beneficiary,
        "full_name": person.row.full_name,
        "month": str(month),
        "as_of": str(known_on),
        "entitled": [_grant(law, grant) for grant in grants],
        "lines": [_line(law, line) for line in run.lines],
        "ledger": _ledger(person, law, month, known_on),
        "paid": _paid(beneficiary, month),
        "overpaid": [
            {"benefit": proposal.benefit, "amount": proposal.amount, "months": _text(proposal.months)}
            for proposal in run.proposals
        ],
        "problems": [{"code": problem.code, "message": problem.message} for problem in run.problems],
        "failures": {benefit: str(error) for benefit, error in failures.items()},
    }


def _as_of(person: PersonBook, month: Month) -> date:
    filters = {"office": person.row.office, "month": month.first_day}
    return getdate(frappe.db.get_value("Payout Period", filters, "as_of") or None)


def _grant(law, grant: Grant) -> dict:
    return {
        "benefit": grant.benefit,
        "category": grant.category,
        "title": law.category(grant.category).title,
        "article": law.category(grant.category).article,
        "entitlement": grant.entitlement,
        "amount": grant.amount,
        "steps": _steps(grant.steps),
    }


def _line(law, line) -> dict:
    return {
        "benefit": line.benefit,
        "category": line.category,
        "title": law.category(line.category).title,
        "entitlement": line.entitlement,
        "monthly_amount": line.monthly_amount,
        "arrears": line.arrears,
        "carried_over": line.carried_over,
        "recovery": line.recovery,
        "total": line.total,
        "months": _text(line.months),
        "steps": _steps(line.steps),
    }


def _steps(steps) -> list[dict]:
    return [{"code": step.code, "text": render(step), **step.params} for step in steps]


def _ledger(person: PersonBook, law, until: Month, as_of: date) -> list[dict]:
    """Entitled and settled by month and benefit, from the first month anything is known of."""
    settled: dict[tuple[Month, str], int] = {}
    for line in person.settled:
        if line.status in COUNTS_AS_SETTLED:
            for month, amount in line.months.items():
                settled[(month, line.benefit)] = settled.get((month, line.benefit), 0) + amount
    rows = []
    for month in Month.range(opening_of(person, until), until):
        grants, _failures = grants_of(person.person, person.entitlements, month, law, as_of, explain=False)
        entitled = {grant.benefit: grant.owed for grant in grants}
        benefits = sorted(set(entitled) | {benefit for paid, benefit in settled if paid == month})
        for benefit in benefits:
            due, paid = entitled.get(benefit, 0), settled.get((month, benefit), 0)
            rows.append(
                {
                    "month": str(month),
                    "benefit": benefit,
                    "entitled": due,
                    "settled": paid,
                    "balance": due - paid,
                }
            )
    return rows


def _paid(beneficiary: str, month: Month) -> list[dict]:
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    rows = (
        frappe.qb.from_(line)
        .join(period)
        .on(line.period == period.name)
        .select(line.batch, line.benefit, line.total, line.status, line.failure_reason)
        .where(line.beneficiary == beneficiary)
        .where(period.month == month.first_day)
        .orderby(line.line_key)
        .run(as_dict=True)
    )
    return [row | {"total": as_dong(row.total or 0)} for row in rows]


def _text(months: dict[Month, int]) -> dict[str, int]:
    return {str(month): amount for month, amount in months.items()}
