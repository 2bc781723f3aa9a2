"""What a run would write, worked out before anything is written: preflight and prepare ask the same plan."""

import json
from dataclasses import asdict, dataclass, field
from datetime import date

import frappe
from frappe.utils import getdate

from ansinh_app.core.law import Law
from ansinh_app.core.ledger import Step
from ansinh_app.core.mandates import pay_days
from ansinh_app.core.months import Month
from ansinh_app.core.payout import REGULAR, Line, Problem, Proposal, line_key, run_person
from ansinh_app.payouts.ledger_reader import Book, PersonBook, months_to_json, read_book
from ansinh_app.payouts.one_off import grant_lines
from ansinh_app.payouts.overrides import Overrides
from ansinh_app.payouts.payees import Contracts, Hold, Payee, payee_for
from ansinh_app.policy.law import load_law

# Every list that leaves the office names these people alike: a category can reveal an illness (DOMAIN 7).
_ONE_TITLE_FOR_ALL = {"BTXH", "CARE"}
_NEUTRAL_TITLE = "Đối tượng bảo trợ xã hội"
# Lines can be listed by banks; what names the category, or the clause it rests on, stays on the entitlement.
_CATEGORY_FACTS = {"category", "decided", "title", "reason"}
_CATEGORY_STEPS = {"entitled", "coefficient", "fixed_amount", "only_higher", "one_off", "allowance_months"}


@dataclass(frozen=True, slots=True)
class Held:
    """A person, or one benefit of theirs, that the run leaves out, and why."""

    code: str
    beneficiary: str
    full_name: str
    detail: str = ""
    data: dict = field(default_factory=dict)
    blocking: bool = True


@dataclass(slots=True)
class Plan:
    """Lines by line key, people held back, over-payments by (beneficiary, benefit), and what was read."""

    office: str
    period: str
    month: Month
    as_of: date
    law: Law
    book: Book
    contracts: Contracts
    overrides: Overrides
    lines: dict[str, dict] = field(default_factory=dict)
    held: list[Held] = field(default_factory=list)
    proposals: dict[tuple[str, str], Proposal] = field(default_factory=dict)


def make_plan(period: dict, as_of: date, progress=None) -> Plan:
    """Reads the period's office and works out every line; tells `progress(done, total)` now and then."""
    law = load_law()
    month = Month.parse(period.month)
    plan = Plan(
        office=period.office,
        period=period.name,
        month=month,
        as_of=as_of,
        law=law,
        book=read_book(law, office=period.office, month=month),
        contracts=Contracts(period.office, month),
        overrides=Overrides(period.office, period.name, month.first_day),
    )
    due = getdate(period.results_due) if period.results_due else month.first_day.replace(day=20)
    plan.book.pay_days, plan.book.as_of = pay_days(month.first_day, due, as_of), as_of
    titles = dict(frappe.get_all("Benefit Programme", fields=["name", "title"], as_list=True))
    people = plan.book.people
    for done, person in enumerate(people.values()):
        if progress and done % 500 == 0:
            progress(done, len(people))
        if person.entitlements or person.settled:
            _plan_person(plan, person, titles)
        if person.grants:
            _plan_grants(plan, person)
    return plan


def _plan_grants(plan: Plan, person: PersonBook) -> None:
    for line in grant_lines(plan, person):
        if isinstance(line, Hold):
            plan.held.append(Held(line.code, person.row.name, person.row.full_name, line.detail))
        else:
            # A second grant of one kind in one month waits for the next: the key admits one.
            plan.lines.setdefault(line["line_key"], line)


def _plan_person(plan: Plan, person: PersonBook, titles: dict[str, str]) -> None:
    result = run_person(
        person.person,
        person.entitlements,
        plan.month,
        plan.as_of,
        plan.law,
        person.settled,
        person.cases,
        opening_of(person, plan.month),
    )
    for problem in result.problems:
        plan.held.append(_held(person, problem))
    for proposal in result.proposals:
        plan.proposals[(person.row.name, proposal.benefit)] = proposal
    for line in result.lines:
        programme = plan.law.category(line.category).programme
        payee = payee_for(plan.book, person, line.entitlement, programme, plan.contracts)
        if isinstance(payee, Hold) and plan.overrides.lets_pass(payee.code, person.row.name, payee.detail):
            payee = payee.otherwise
        if isinstance(payee, Hold):
            plan.held.append(Held(payee.code, person.row.name, person.row.full_name, payee.detail))
            continue
        row = _row(plan, person, line, programme, payee, titles)
        plan.lines[row["line_key"]] = row


def opening_of(person: PersonBook, month: Month) -> Month:
    """The first month the person's ledger knows anything of."""
    starts = [entitlement.start for entitlement in person.entitlements]
    paid = [paid_month for settled in person.settled for paid_month in settled.months]
    return min([*starts, *paid], default=month)


def category_shown(law: Law, category: str, programme_titles: dict[str, str]) -> str:
    """The title a list may print: never one that tells an illness."""
    found = law.category(category)
    if found.programme in _ONE_TITLE_FOR_ALL:
        return _NEUTRAL_TITLE
    return found.neutral_title or programme_titles.get(found.programme) or found.programme


def steps_to_json(steps: tuple[Step, ...]) -> str:
    """The steps of a line as they are stored: what `explain.render(step, neutral=True)` needs and no more."""
    kept = [{"code": step.code, "params": _without_category(step)} for step in steps]
    return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))


def _without_category(step: Step) -> dict:
    hidden = _CATEGORY_FACTS | ({"article"} if step.code in _CATEGORY_STEPS else set())
    return {name: value for name, value in step.params.items() if name not in hidden}


def _held(person: PersonBook, problem: Problem) -> Held:
    facts = {key: value for key, value in problem.data.items() if key != "person"}
    detail = " ".join(str(value) for value in facts.values())
    return Held(problem.code, person.row.name, person.row.full_name, detail, facts, problem.blocking)


def _row(plan: Plan, person: PersonBook, line: Line, programme: str, payee: Payee, titles: dict) -> dict:
    return {
        "office": plan.office,
        "period": plan.period,
        "kind": REGULAR,
        "status": "Planned",
        "beneficiary": person.row.name,
        "full_name": person.row.full_name,
        "entitlement": line.entitlement,
        "one_off_grant": None,
        "benefit": line.benefit,
        "line_key": line_key(person.row.name, line.benefit, plan.month, REGULAR),
        "category_shown": category_shown(plan.law, line.category, titles),
        "programme": programme,
        "administrative_unit": person.row.administrative_unit,
        "village": person.row.village or "",
        **asdict(payee),
        "monthly_amount": line.monthly_amount,
        "arrears": line.arrears,
        "carried_over": line.carried_over,
        "recovery": line.recovery,
        "total": line.total,
        "months": months_to_json(line.months),
        "explanation": steps_to_json(line.steps),
    }
