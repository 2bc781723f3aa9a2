"""One-off grants on the rails of the monthly payout: each is a line of the first run that knows it, until paid."""

from dataclasses import asdict

import frappe
from frappe.utils import getdate

from ansinh_app.core.ledger import CAME_BACK, COUNTS_AS_SETTLED, PAID
from ansinh_app.core.months import Month
from ansinh_app.core.payout import ONE_OFF, line_key
from ansinh_app.payouts.book.rows import OneOffGrant, PersonBook
from ansinh_app.payouts.book.stored import months_to_json
from ansinh_app.payouts.payees import CASH, Hold, payee_for

GRANTED, ON_ITS_WAY, DONE = "Granted", "On Its Way", "Paid"


def grant_lines(plan, person: PersonBook) -> list[dict | Hold]:
    """The lines a period pays for the person's grants known on its day; what came back is carried over."""
    found: list[dict | Hold] = []
    for grant in person.grants:
        if getdate(grant.row.decision_date) > plan.as_of or not grant.amount:
            continue
        others = [(month, amount, status) for month, amount, status in grant.lines if month != plan.month]
        if any(status in COUNTS_AS_SETTLED for _month, _amount, status in others):
            continue
        came_back = any(status in CAME_BACK for _month, _amount, status in others)
        found.append(_line(plan, person, grant, came_back))
    return found


def _line(plan, person: PersonBook, grant: OneOffGrant, came_back: bool) -> dict | Hold:
    row = grant.row
    if row.payee_type != "Self" and row.payment_method != CASH and not row.payment_account:
        # Never by default into the account of the one who died.
        return Hold("no_account", row.name)
    payee = payee_for(plan.book, person, row.name, row.programme, plan.contracts)
    if isinstance(payee, Hold):
        return payee
    event = Month.of(getdate(row.occurred_on or row.decision_date))
    return {
        "office": plan.office,
        "period": plan.period,
        "kind": ONE_OFF,
        "status": "Planned",
        "beneficiary": person.row.name,
        "full_name": person.row.full_name,
        "entitlement": None,
        "one_off_grant": row.name,
        "benefit": row.grant_type,
        "line_key": line_key(person.row.name, row.grant_type, plan.month, ONE_OFF),
        "category_shown": plan.law.grant_type(row.grant_type).title,
        "programme": row.programme,
        "administrative_unit": person.row.administrative_unit,
        "village": person.row.village or "",
        **asdict(payee),
        "monthly_amount": 0 if came_back else grant.amount,
        "arrears": 0,
        "carried_over": grant.amount if came_back else 0,
        "recovery": 0,
        "total": grant.amount,
        "months": months_to_json({event: grant.amount}),
        "explanation": row.steps or "[]",
        "own_month_only": 0,
        "advance": 0,
    }


def refresh(batch: str) -> None:
    """Statuses of the grants a batch pays, from its lines."""
    rows = frappe.get_all(
        "Payout Line",
        filters={"batch": batch, "kind": ONE_OFF},
        fields=["one_off_grant", "status"],
        limit_page_length=0,
    )
    for row in rows:
        status = DONE if row.status == PAID else ON_ITS_WAY if row.status == "Sent" else GRANTED
        frappe.db.set_value("One-off Grant", row.one_off_grant, "status", status, update_modified=False)
