"""Recovery cases: proposed by a run, kept up to date by the lines that deduct."""

from collections import defaultdict

import frappe

from ansinh_app.core.money import as_dong
from ansinh_app.payouts.ledger_reader import Who, deducted, months_to_json


def propose(plan) -> dict[str, int]:
    """One draft case per beneficiary and benefit with an over-payment; a draft no longer owed goes."""
    drafts = _drafts(plan)
    counts = {"proposed": 0, "changed": 0, "withdrawn": 0}
    for key, proposal in plan.proposals.items():
        months = months_to_json(proposal.months)
        draft = drafts.pop(key, None)
        if draft is None:
            _insert(plan, key, proposal, months)
            counts["proposed"] += 1
        elif as_dong(draft.amount) != proposal.amount or draft.months != months:
            values = {"amount": proposal.amount, "outstanding": proposal.amount, "months": months}
            values |= {"period": plan.period, "office": plan.office}
            frappe.db.set_value("Recovery Case", draft.name, values)
            counts["changed"] += 1
    for draft in drafts.values():
        if draft.beneficiary not in plan.book.people:
            # Moved to another office, which now answers for the case.
            continue
        frappe.delete_doc("Recovery Case", draft.name, ignore_permissions=True)
        counts["withdrawn"] += 1
    return counts


def _drafts(plan) -> dict[tuple[str, str], dict]:
    """Open proposals of the office and of people who came with one; locked against a second run."""
    case = frappe.qb.DocType("Recovery Case")
    query = (
        frappe.qb.from_(case)
        .select(case.name, case.beneficiary, case.benefit, case.amount, case.months)
        .where(case.docstatus == 0)
        .for_update()
    )
    scopes = [case.office == plan.office]
    over_paid = sorted({beneficiary for beneficiary, _benefit in plan.proposals})
    scopes += [
        case.beneficiary.isin(over_paid[start : start + 500]) for start in range(0, len(over_paid), 500)
    ]
    rows = [row for scope in scopes for row in query.where(scope).run(as_dict=True)]
    return {(row.beneficiary, row.benefit): row for row in rows}


def _insert(plan, key: tuple[str, str], proposal, months: str) -> None:
    beneficiary, benefit = key
    book = plan.book.people[beneficiary]
    category = next((e.category for e in book.entitlements if plan.law.benefit(e.category) == benefit), None)
    document = frappe.get_doc(
        {
            "doctype": "Recovery Case",
            "beneficiary": beneficiary,
            "benefit": benefit,
            "programme": plan.law.category(category).programme if category else None,
            "office": plan.office,
            "amount": proposal.amount,
            "outstanding": proposal.amount,
            "months": months,
            "period": plan.period,
            "reason": ", ".join(month.label for month in sorted(proposal.months)),
        }
    )
    document.flags.by_run = True
    # The right to prepare the period was checked; a proposal deducts nothing before it is approved.
    document.insert(ignore_permissions=True)


def refresh(beneficiaries: list[str]) -> None:
    """Recovered and outstanding of approved cases from the paid lines; a case with nothing left closes.

    What a waived case was to get from a line that then came back is waived with the rest.
    """
    if not beneficiaries:
        return
    cases = frappe.get_all(
        "Recovery Case",
        filters={
            "docstatus": 1,
            "beneficiary": ["in", beneficiaries],
            "status": ["in", ["Approved", "Closed", "Waived"]],
        },
        fields=["name", "beneficiary", "amount", "recovered", "repaid", "waived", "status"],
        limit_page_length=0,
    )
    by_person = defaultdict(list)
    for case in cases:
        by_person[case.beneficiary].append(case)
    for beneficiary, owed in by_person.items():
        paid = deducted(Who(beneficiary=beneficiary), statuses=("Paid",))
        on_its_way = deducted(Who(beneficiary=beneficiary))
        for case in owed:
            recovered = sum(paid.get(case.name, {}).values())
            left = as_dong(case.amount) - as_dong(case.repaid or 0)
            values = {"recovered": recovered, "outstanding": max(0, left - recovered)}
            if case.status == "Waived":
                taken = sum(on_its_way.get(case.name, {}).values())
                values |= {"waived": max(0, left - taken), "outstanding": taken - recovered}
            else:
                values["status"] = "Closed" if left <= recovered else "Approved"
            if any(
                values[field] != as_dong(case[field] or 0)
                for field in ("recovered", "waived")
                if field in values
            ):
                frappe.db.set_value("Recovery Case", case.name, values)
