"""Recovery cases: proposed by a run, kept up to date by the lines that deduct."""

from collections import defaultdict
from dataclasses import dataclass

import frappe

from ansinh_app.core.money import as_dong
from ansinh_app.core.payout import Proposal
from ansinh_app.payouts.book.questions import deducted
from ansinh_app.payouts.book.scope import Who
from ansinh_app.payouts.book.stored import months_to_json


@dataclass(frozen=True, slots=True)
class OverPaid:
    """An over-payment of a run, with what its case says of it."""

    beneficiary: str
    proposal: Proposal
    programme: str | None


class Drafts:
    """Proposals of earlier runs that nobody has decided; the office's, and those of people who came with one."""

    def __init__(self, planner) -> None:
        self.rows = _drafts(planner.office)
        self.met: set[str] = set()

    def meet(self, plan) -> None:
        """Notes whose cases this run answers for; who has moved is answered for by the office of the new place."""
        people = plan.book.people
        self.met |= {beneficiary for beneficiary, _benefit in self.rows if beneficiary in people}


def over_paid(plan) -> list[OverPaid]:
    """The over-payments of a plan or a part of it."""
    found = []
    for (beneficiary, benefit), proposal in plan.proposals.items():
        terms = plan.book.people[beneficiary].entitlements
        category = next((one.category for one in terms if plan.law.benefit(one.category) == benefit), None)
        programme = plan.law.category(category).programme if category else None
        found.append(OverPaid(beneficiary, proposal, programme))
    return found


def propose(planner, found: list[OverPaid], drafts: Drafts) -> dict[str, int]:
    """One draft case per beneficiary and benefit with an over-payment; a draft no longer owed goes."""
    people = sorted({item.beneficiary for item in found})
    rows = drafts.rows | _drafts_of(people)
    counts = {"proposed": 0, "changed": 0, "withdrawn": 0}
    for item in sorted(found, key=lambda item: item.beneficiary):
        proposal = item.proposal
        months = months_to_json(proposal.months)
        draft = rows.pop((item.beneficiary, proposal.benefit), None)
        if draft is None:
            _insert(planner, item, months)
            counts["proposed"] += 1
        elif as_dong(draft.amount) != proposal.amount or draft.months != months:
            values = {"amount": proposal.amount, "outstanding": proposal.amount, "months": months}
            values |= {"period": planner.period, "office": planner.office}
            frappe.db.set_value("Recovery Case", draft.name, values)
            counts["changed"] += 1
    met = drafts.met | set(people)
    for draft in rows.values():
        if draft.beneficiary in met:
            frappe.delete_doc("Recovery Case", draft.name, ignore_permissions=True)
            counts["withdrawn"] += 1
    return counts


def _drafts(office: str) -> dict[tuple[str, str], dict]:
    case = frappe.qb.DocType("Recovery Case")
    return _by_person(_open_cases(case).where(case.office == office).run(as_dict=True))


def _drafts_of(people: list[str]) -> dict[tuple[str, str], dict]:
    case, rows = frappe.qb.DocType("Recovery Case"), []
    for start in range(0, len(people), 500):
        some = people[start : start + 500]
        rows += _open_cases(case).where(case.beneficiary.isin(some)).run(as_dict=True)
    return _by_person(rows)


def _open_cases(case):
    """Open proposals, locked against a second run."""
    return (
        frappe.qb.from_(case)
        .select(case.name, case.beneficiary, case.benefit, case.amount, case.months)
        .where(case.docstatus == 0)
        .for_update()
    )


def _by_person(rows: list[dict]) -> dict[tuple[str, str], dict]:
    return {(row.beneficiary, row.benefit): row for row in rows}


def _insert(planner, item: OverPaid, months: str) -> None:
    proposal = item.proposal
    document = frappe.get_doc(
        {
            "doctype": "Recovery Case",
            "beneficiary": item.beneficiary,
            "benefit": proposal.benefit,
            "programme": item.programme,
            "office": planner.office,
            "amount": proposal.amount,
            "outstanding": proposal.amount,
            "months": months,
            "period": planner.period,
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
