"""What a run would write, worked out before anything is written: preflight and prepare ask the same plan.

An office is worked out in parts, a few communes at a time, in the order in which its lists go.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe.utils import getdate

from ansinh_app.core.alike import AlikeRuns, Own, Pattern, told
from ansinh_app.core.law import Law
from ansinh_app.core.ledger import Step
from ansinh_app.core.mandates import pay_days
from ansinh_app.core.months import Month
from ansinh_app.core.payout import REGULAR, Line, Problem, Proposal, line_key, run_person
from ansinh_app.payouts.book.reader import Reader
from ansinh_app.payouts.book.rows import Book, PersonBook
from ansinh_app.payouts.book.scope import Who, places_of, units_of
from ansinh_app.payouts.book.stored import months_to_json
from ansinh_app.payouts.early_months import paid_early
from ansinh_app.payouts.one_off import grant_lines
from ansinh_app.payouts.overrides import Overrides
from ansinh_app.payouts.payees import Contracts, Hold, payee_for
from ansinh_app.policy.law import load_law

# Every list that leaves the office names these people alike: a category can reveal an illness (DOMAIN 7).
_ONE_TITLE_FOR_ALL = {"BTXH", "CARE"}
_NEUTRAL_TITLE = "Đối tượng bảo trợ xã hội"
# Lines can be listed by banks; what names the category, or the clause it rests on, stays on the entitlement.
_CATEGORY_FACTS = {"category", "decided", "title", "reason"}
_CATEGORY_STEPS = {"entitled", "coefficient", "fixed_amount", "only_higher", "one_off", "allowance_months"}
# People worked out at a time: enough for few statements a line, few enough to forget them again.
_PART = 10_000


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
    """Lines by line key, people held back, over-payments by (beneficiary, benefit), and what was read.

    Of an office, or of a part of its people.
    """

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


class Planner:
    """Works out a period's lines under what was known on a day; the same for preflight and for prepare."""

    def __init__(self, period: dict, as_of: date) -> None:
        self.office, self.period, self.as_of = period.office, period.name, as_of
        self.month = Month.parse(period.month)
        self.law = load_law()
        self.contracts = Contracts(self.office, self.month)
        self.reader = Reader(self.law, self.office, self.month)
        self.overrides = Overrides(self.office, self.period, self.month.first_day)
        due = getdate(period.results_due) if period.results_due else self.month.first_day.replace(day=20)
        self.pay_days = pay_days(self.month.first_day, due, as_of)
        self.ahead = paid_early(period)
        self.runs = AlikeRuns(self.month, as_of, self.law, self.ahead)
        self.titles = dict(frappe.get_all("Benefit Programme", fields=["name", "title"], as_list=True))
        self._texts: dict[int, _Texts] = {}
        self._known_titles: dict[str, str] = {}

    @property
    def units(self) -> dict[str, dict]:
        """All units by name."""
        return self.reader.units

    def who(self) -> Who:
        """The people the office pays in the month."""
        return self.reader.who()

    def parts(self, progress: Callable[[int, int], None] | None = None) -> Iterator[Plan]:
        """The plan of some communes after the other, in list order; tells `progress(done, total)` between them."""
        done, scopes = 0, self._scopes()
        total = sum(number for number, _whos in scopes)
        for number, whos in scopes:
            if progress:
                progress(done, total)
            yield self.plan(*whos)
            done += number

    def plan(self, *scopes: Who) -> Plan:
        """The plan of the people in these scopes."""
        plan = Plan(
            office=self.office,
            period=self.period,
            month=self.month,
            as_of=self.as_of,
            law=self.law,
            book=self.reader.read(*scopes),
            contracts=self.contracts,
            overrides=self.overrides,
        )
        plan.book.pay_days, plan.book.as_of = self.pay_days, self.as_of
        for person in plan.book.people.values():
            if person.entitlements or person.settled:
                self._plan_person(plan, person)
            if person.grants:
                _plan_grants(plan, person)
        return plan

    def _scopes(self) -> list[tuple[int, list[Who]]]:
        """How many people and whose books make up each part: communes whole, unless one alone is too many.

        Lists go by commune, so parts in the order of the communes' names make lists in order.
        """
        everybody = self.who()
        if self.reader.put_back:
            # Before a reform: lists go by the communes of then, which the registry has no longer.
            return self._split([everybody])
        here: dict[str, list] = defaultdict(list)
        numbers: dict[str, int] = defaultdict(int)
        for unit, number in units_of(everybody):
            here[self.unit_name(unit)].append(unit)
            numbers[self.unit_name(unit)] += number
        # Who lives elsewhere already and is still paid here stands on the list of the place they live in.
        gone: dict[str, list[str]] = defaultdict(list)
        if everybody.leaving:
            for name, unit, *_rest in places_of(Who(names=everybody.leaving)):
                gone[self.unit_name(unit)].append(name)
                numbers[self.unit_name(unit)] += 1
        found, group = [], []
        for title in sorted(numbers):
            if group and sum(numbers[one] for one in (*group, title)) > _PART:
                found.append(group)
                group = []
            group.append(title)
        found += [group] if group else []
        parts = []
        for group in found:
            whos = []
            units = tuple(unit for title in group for unit in here[title])
            names = tuple(name for title in group for name in gone[title])
            if units:
                whos.append(Who(self.office, arriving=everybody.arriving, units=units))
            if names:
                whos.append(Who(names=names))
            number = sum(numbers[title] for title in group)
            parts += self._split(whos) if number > _PART else [(number, whos)]
        return parts

    def _split(self, scopes: list[Who]) -> list[tuple[int, list[Who]]]:
        """People too many or too scattered for parts of whole communes, by the order of their list."""
        rows = [row for who in scopes for row in places_of(who)]
        back = self.reader.put_back

        def order(row: tuple) -> tuple:
            name, unit, village, search_name, full_name = row
            # A line's key, by which people of one name are ordered, goes on after the person's.
            return self.unit_name(back.get(name, unit)), village or "", search_name or full_name, f"{name}|"

        rows.sort(key=order)
        names = [row[0] for row in rows]
        some = 900
        return [
            (
                len(names[start : start + _PART]),
                [
                    Who(names=tuple(names[first : min(first + some, start + _PART)]))
                    for first in range(start, min(start + _PART, len(names)), some)
                ],
            )
            for start in range(0, len(names), _PART)
        ]

    def unit_name(self, unit: str | None) -> str:
        """What lists call the unit; nothing for one that is not known."""
        found = self.units.get(unit)
        return found.unit_name if found else ""

    def _plan_person(self, plan: Plan, person: PersonBook) -> None:
        opening = opening_of(person, self.month)
        given = (person.person, person.entitlements, person.settled, person.cases, opening)
        pattern = self.runs.pattern(*given, person.ledger)
        if pattern is not None:
            texts = self._texts_of(pattern)
            for number, line in enumerate(pattern.lines):
                entitlement = person.entitlements[pattern.places[number]]
                own = self.runs.own(person.person, entitlement)
                months, explanation = texts.of(number, own)
                alone = texts.own_month_only[number]
                self._add(plan, person, line, own.entitlement, months, explanation, alone)
            return
        result = run_person(
            person.person,
            person.entitlements,
            self.month,
            self.as_of,
            self.law,
            person.settled,
            person.cases,
            opening,
            self.ahead,
        )
        for problem in result.problems:
            plan.held.append(_held(person, problem))
        for proposal in result.proposals:
            plan.proposals[(person.row.name, proposal.benefit)] = proposal
        for line in result.lines:
            texts = months_to_json(line.months), steps_to_json(line.steps)
            self._add(plan, person, line, line.entitlement, *texts, _own_month_only(line, self.month))

    def _texts_of(self, pattern: Pattern) -> "_Texts":
        found = self._texts.get(id(pattern))
        if found is None:
            # The pattern is kept as long as the texts, so that no other can take its identity.
            found = self._texts[id(pattern)] = _Texts(pattern, self.month)
        return found

    def _add(
        self,
        plan: Plan,
        person: PersonBook,
        line: Line,
        entitlement: str,
        months: str,
        explanation: str,
        own_month_only: int,
    ) -> None:
        programme = self.law.category(line.category).programme
        payee = payee_for(plan.book, person, entitlement, programme, self.contracts)
        row = person.row
        if isinstance(payee, Hold) and self.overrides.lets_pass(payee.code, row.name, payee.detail):
            payee = payee.otherwise
        if isinstance(payee, Hold):
            plan.held.append(Held(payee.code, row.name, row.full_name, payee.detail))
            return
        key = line_key(row.name, line.benefit, self.month, REGULAR)
        plan.lines[key] = {
            "office": self.office,
            "period": self.period,
            "kind": REGULAR,
            "status": "Planned",
            "beneficiary": row.name,
            "full_name": row.full_name,
            "entitlement": entitlement,
            "one_off_grant": None,
            "benefit": line.benefit,
            "line_key": key,
            "category_shown": self._shown(line.category),
            "programme": programme,
            "administrative_unit": row.administrative_unit,
            "village": row.village or "",
            "provider": payee.provider,
            "channel": payee.channel,
            "payment_account": payee.payment_account,
            "account_no": payee.account_no,
            "payee_name": payee.payee_name,
            "payee_type": payee.payee_type,
            "monthly_amount": line.monthly_amount,
            "arrears": line.arrears,
            "carried_over": line.carried_over,
            "advance": line.advance,
            "recovery": line.recovery,
            "total": line.total,
            "months": months,
            "explanation": explanation,
            "own_month_only": own_month_only,
        }

    def _shown(self, category: str) -> str:
        found = self._known_titles.get(category)
        if found is None:
            found = self._known_titles[category] = category_shown(self.law, category, self.titles)
        return found


class _Texts:
    """A pattern's lines as they are stored: months, and the steps with blanks for what they say of one person."""

    _BLANKS = Own("\0entitlement", "\0decision_no", "\0start", "\0decided_on", "\0age", "\0born")

    def __init__(self, pattern: Pattern, month: Month) -> None:
        self.pattern = pattern
        self.own_month_only = [_own_month_only(line, month) for line in pattern.lines]
        self.months = [months_to_json(line.months) for line in pattern.lines]
        self.steps = [self._form(steps_to_json(told(line.steps, self._BLANKS))) for line in pattern.lines]

    @classmethod
    def _form(cls, text: str) -> str:
        """The text as a form to fill by the names of Own."""
        text = text.replace("%", "%%")
        for name in Own.__slots__:
            text = text.replace(_json(f"\0{name}"), f"%({name})s")
        return text

    def of(self, number: int, own: Own) -> tuple[str, str]:
        """Months and explanation of one line as stored for this person."""
        return self.months[number], self.steps[number] % {
            "entitlement": _json(own.entitlement),
            "decision_no": _json(own.decision_no),
            "start": f'"{own.start}"',
            "decided_on": f'"{own.decided_on}"',
            "age": own.age,
            "born": f'"{own.born}"',
        }


# As json.dumps(…, ensure_ascii=False) writes a text, without its detours.
_json = json.encoder.encode_basestring


def _own_month_only(line: Line, month: Month) -> int:
    """1 for a line that pays its own month and nothing else: later runs read those of a person in one go."""
    return int(not line.recovery and line.months == {month: line.monthly_amount})


def _plan_grants(plan: Plan, person: PersonBook) -> None:
    for line in grant_lines(plan, person):
        if isinstance(line, Hold):
            plan.held.append(Held(line.code, person.row.name, person.row.full_name, line.detail))
        else:
            # A second grant of one kind in one month waits for the next: the key admits one.
            plan.lines.setdefault(line["line_key"], line)


def opening_of(person: PersonBook, month: Month) -> Month:
    """The first month the person's ledger knows anything of."""
    firsts = [entitlement.start for entitlement in person.entitlements]
    if person.paid_from:
        firsts.append(person.paid_from)
    return min(firsts, key=_index, default=month)


def _index(month: Month) -> int:
    return month.index


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
