"""The blocks and warnings before a run, each with its owner."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.core import masking
from ansinh_app.core.ledger import FAILED
from ansinh_app.core.money import format_dong
from ansinh_app.payouts import drawdowns, lost_lists, proposals
from ansinh_app.payouts.book.reader import lineage
from ansinh_app.payouts.findings import BLOCK, Finding, titles
from ansinh_app.payouts.payees import last_day
from ansinh_app.payouts.plan import Plan, Planner
from ansinh_app.payouts.run import unsealed_before
from ansinh_app.utils.masking import for_reader
from ansinh_app.utils.sealed_numbers import opened_value
from ansinh_app.utils.terms import WARNED_BEFORE


def preflight(period: str, as_of: str | None = None) -> dict:
    """What would be held back or looks wrong if the period were prepared now. Writes nothing.

    Goes by parts of the office as the run does, so that its memory does not grow with the office.
    """
    document = frappe.get_doc("Payout Period", period)
    planner = Planner(document, getdate(as_of or document.as_of or None))
    findings: dict[str, Finding] = {}

    def found(code: str, **item) -> None:
        who = item.get("beneficiary") or ""
        if not planner.overrides.lets_pass(code, who, item.get("detail") or ""):
            findings.setdefault(code, Finding(code)).add(item)

    seen = _Seen(_open_duplicates())
    for plan in planner.parts():
        seen.note(plan)
        for held in plan.held:
            found(held.code, beneficiary=held.beneficiary, full_name=held.full_name, detail=held.detail)
        _people(plan, found)
        _account_names(plan, found)
        _mandates_ending(plan, found)
        _unpaid_long(plan, found)
        for (beneficiary, _benefit), proposal in plan.proposals.items():
            name = plan.book.people[beneficiary].row.full_name
            found("over_paid", beneficiary=beneficiary, full_name=name, detail=str(proposal.amount))
    _office(document, planner, seen, found)
    _doubtful(seen, found)
    _shared_accounts(seen, found)
    _paid_early(seen, found)
    rows = [findings[code].as_dict() for code in sorted(findings, key=_place_in_list)]
    return {
        "period": document.name,
        "as_of": str(planner.as_of),
        "people": seen.people,
        "lines": seen.lines,
        "total": seen.total,
        "blocks": [row for row in rows if row["severity"] == BLOCK],
        "warnings": [row for row in rows if row["severity"] != BLOCK],
        "let_pass": [_let_pass(row) for row in planner.overrides.rows],
    }


@dataclass(slots=True)
class _Seen:
    """What is known of the whole office only when every part has passed."""

    duplicates: list[dict]
    people: int = 0
    lines: int = 0
    total: int = 0
    groups: set[tuple[str, str, str]] = field(default_factory=set)
    on_account: Counter[str] = field(default_factory=Counter)
    doubted: dict[str, str] = field(default_factory=dict)
    early_people: Counter[str] = field(default_factory=Counter)
    early_money: Counter[str] = field(default_factory=Counter)

    def note(self, plan: Plan) -> None:
        """Adds a part; nobody stands in two."""
        self.people += len({line["beneficiary"] for line in plan.lines.values()})
        self.lines += len(plan.lines)
        self.total += sum(line["total"] for line in plan.lines.values())
        self.groups |= {(line["provider"], line["programme"], line["channel"]) for line in plan.lines.values()}
        paid = {(line["payment_account"], line["beneficiary"]) for line in plan.lines.values()}
        self.on_account.update(account for account, _who in paid if account)
        for line in plan.lines.values():
            if line["advance"]:
                self.early_people[line["programme"]] += 1
                self.early_money[line["programme"]] += line["advance"]
        for row in self.duplicates:
            for name in (row.beneficiary, row.other_beneficiary):
                if name in plan.book.people:
                    self.doubted[name] = plan.book.people[name].row.full_name


def _place_in_list(code: str) -> int:
    """Findings stand in the order of their titles, whatever was found first."""
    known = list(titles())
    return known.index(code) if code in known else len(known)


def _let_pass(row: dict) -> dict:
    names = ("name", "code", "beneficiary", "full_name", "detail", "reason", "overridden_by")
    return {"title": titles()[row.code][2], **{name: row[name] or "" for name in names}}


def _office(document, planner: Planner, seen: _Seen, found) -> None:
    if document.status == "Closed":
        found("period_closed", detail=document.name)
    for code, detail in lost_lists.findings_of(planner.office):
        found(code, detail=detail)
    for batch in unsealed_before(planner.office, planner.month.first_day):
        found("earlier_batches_open", batch=batch, detail=batch)
    for provider, programme, channel in sorted(seen.groups):
        if not planner.contracts.find(provider, programme, channel):
            code = "no_contract" if planner.contracts.are_kept else "contracts_not_kept"
            found(code, detail=f"{provider} {programme} {channel}")
    allotted = frappe.get_all(
        "Budget Allotment",
        filters={
            "office": planner.office,
            "year": planner.month.year,
            "docstatus": 1,
            "purpose": ["!=", drawdowns.FEE],
        },
        pluck="programme",
        limit_page_length=0,
    )
    for programme in sorted({group[1] for group in seen.groups} - set(allotted)):
        found("no_allotment", detail=f"{programme} {planner.month.year}")


def _people(plan: Plan, found) -> None:
    paid = {line["beneficiary"] for line in plan.lines.values()}
    area = frappe.db.get_value("Paying Office", plan.office, "administrative_unit")
    for name, person in plan.book.people.items():
        row = person.row
        who = {"beneficiary": name, "full_name": row.full_name}
        if name not in paid:
            in_force = any(e.state(plan.month, plan.as_of)[0] for e in person.entitlements)
            if row.status == "Active" and not in_force:
                found("no_entitlement", **who, detail="")
            continue
        number = opened_value(masking.PERSONAL_ID, row.personal_id)
        number = for_reader("Beneficiary", masking.PERSONAL_ID, number)
        if row.verification_status == "Mismatch":
            found("identity_mismatch", **who, detail=number)
        elif row.verification_status != "Verified":
            found("identity_unverified", **who, detail=number)
        if row.deceased_on and getdate(row.deceased_on) < plan.month.first_day:
            found("deceased", **who, detail=str(row.deceased_on))
        if area and area not in lineage(plan.book.units, row.administrative_unit):
            found("moved", **who, detail=row.administrative_unit or "")


def _open_duplicates() -> list[dict]:
    """Findings that wait for a decision; the search for them is the registry's."""
    return frappe.get_all(
        "Duplicate Finding",
        filters={"status": "Open"},
        fields=["name", "kind", "score", "beneficiary", "other_beneficiary"],
        order_by="score desc, name",
        limit_page_length=0,
    )


def _doubtful(seen: _Seen, found) -> None:
    """People about whom a duplicate finding waits for a decision."""
    for row in seen.duplicates:
        code = {"Two Schemes": "two_schemes", "Same Account": "account_of_another"}.get(row.kind, "same_person_twice")
        for name in (row.beneficiary, row.other_beneficiary):
            if name in seen.doubted:
                full_name = seen.doubted[name]
                found(code, beneficiary=name, full_name=full_name, detail=f"{row.name} ({row.score}%)")


def _mandates_ending(plan: Plan, found) -> None:
    """Who is still paid through a representative, and soon no longer; told before it stops."""
    soon = timedelta(days=WARNED_BEFORE[0])
    seen = set()
    for line in plan.lines.values():
        person = plan.book.people[line["beneficiary"]]
        other = person.terms[line["entitlement"] or line["one_off_grant"]].representative
        if not other or (line["beneficiary"], other) in seen:
            continue
        seen.add((line["beneficiary"], other))
        last = last_day(plan.book, person, other)
        if last and last <= plan.book.pay_days[1] + soon:
            detail = f"{plan.book.representatives[other].full_name} ({last:%d/%m/%Y})"
            found("mandate_ending", beneficiary=line["beneficiary"], full_name=person.row.full_name, detail=detail)


def _unpaid_long(plan: Plan, found) -> None:
    """Who leaves the money lying may have moved or died; a transfer that keeps coming back needs another account."""
    most = frappe.db.get_single_value("An Sinh Settings", "uncollected_months") or 3
    for change in proposals.find(plan):
        code = "uncollected_long" if change.change_type == "Suspend" else "suspended_long"
        name = plan.book.people[change.beneficiary].row.full_name
        found(code, beneficiary=change.beneficiary, full_name=name, detail=str(change.months))
    for name, person in plan.book.people.items():
        if proposals.unpaid_since(person, plan.month, most, FAILED):
            found("failed_long", beneficiary=name, full_name=person.row.full_name, detail=str(most))


def _paid_early(seen: _Seen, found) -> None:
    """What the next list will not hold, because this one pays it: by programme, people and đồng."""
    for programme, people in sorted(seen.early_people.items()):
        money = format_dong(seen.early_money[programme])
        found("paid_early", detail=_("{0}: {1} people, {2} đồng").format(programme, format_dong(people), money))


def _account_names(plan: Plan, found) -> None:
    """A name the bank spells otherwise is worth a look."""
    pairs = {(line["payment_account"], line["beneficiary"]) for line in plan.lines.values()}
    for account, name in sorted(pair for pair in pairs if pair[0]):
        known = plan.book.accounts.get(account)
        if known and known.name_match not in ("Exact", "", None):
            full_name = plan.book.people[name].row.full_name
            found("account_name_check", beneficiary=name, full_name=full_name, detail=known.account_name)


def _shared_accounts(seen: _Seen, found) -> None:
    """One account may serve many wards; far too many is worth a look."""
    most = frappe.db.get_single_value("An Sinh Settings", "max_payees_per_account") or 10
    for account, number in sorted(seen.on_account.items()):
        if number > most:
            found("too_many_on_account", payment_account=account, detail=str(number))
