"""Histories for the ledger's properties: people, couples, decisions, law changes, reversals, payments, recoveries."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import lru_cache

from hypothesis import strategies as st

from ansinh_app.core.law import Law, RateVersion
from ansinh_app.core.ledger import (
    COUNTS_AS_SETTLED,
    SENT,
    Change,
    Entitlement,
    Marriage,
    Move,
    Person,
    RecoveryCase,
    Settled,
    grants_of,
)
from ansinh_app.core.months import Month
from ansinh_app.core.payout import run_person

from .world import law, shipped_categories, shipped_versions

OPENING, LAST = Month(2024, 1), Month(2025, 2)
PERIODS = tuple(Month.range(OPENING, LAST))
ASSISTANCE = ["BTXH-06A1", "BTXH-06B1", "BTXH-05A1", "BTXH-04"]
CARE = ["CS-06H", "CS-06M1", "CS-06M2"]
MERIT = ["NCC-03A", "NCC-07A", "NCC-07B", "NCC-06T"]
BIRTHS = [date(1944, 6, 15), date(1964, 9, 1), date(1990, 1, 1)]

months = st.sampled_from(PERIODS)
days = st.integers(0, 420).map(lambda number: date(2023, 12, 1) + timedelta(days=number))
changes = st.builds(Change, months, days, st.booleans(), st.just(""))


@st.composite
def decisions(draw, categories=(*ASSISTANCE, *CARE, *MERIT), most=3):
    """Up to `most` decisions with later changes; some are checked to be due beside an allowance of merit."""
    chosen = draw(st.lists(st.sampled_from(categories), min_size=1, max_size=most))
    return [
        Entitlement(
            name=f"ENT-{number}",
            category=category,
            quantity=2 if category in ("BTXH-04", "NCC-06T") else 1,
            start=draw(months),
            decided_on=draw(days),
            settled_through=draw(st.none() | months),
            changes=tuple(draw(st.lists(changes, max_size=3))),
            both_schemes_on=draw(st.none() | days),
        )
        for number, category in enumerate(chosen)
    ]


@st.composite
def people(draw, name="BEN-1"):
    """Somebody who may die, be reported late, and move into the province with a level of its own."""
    died = draw(st.none() | days)
    moves = [
        (draw(months), draw(days), draw(st.sampled_from(["P", ""]))) for _ in range(draw(st.integers(0, 2)))
    ]
    return Person(
        name=name,
        born=draw(st.sampled_from(BIRTHS)),
        dob_precision=draw(st.sampled_from(["Day", "Year"])),
        died_on=died,
        death_known_on=died and died + timedelta(days=draw(st.integers(0, 120))),
        moves=tuple(Move(month, day, (place,) if place else ()) for month, day, place in moves),
    )


@lru_cache(maxsize=1)
def _latest() -> dict[str, RateVersion]:
    state = [version for version in shipped_versions() if version.effective_from <= date(2024, 7, 1)]
    return {version.programme: version for version in state}


@st.composite
def laws(draw):
    """The law as shipped, with up to three more decrees of the state or the province, counted before they are known."""
    extra = []
    for number in range(draw(st.integers(0, 3))):
        programme = draw(st.sampled_from(["BTXH", "CARE", "NCC"]))
        before, first = _latest()[programme], draw(months)
        rise = draw(st.integers(-5, 30)) * 20_000
        lines = {
            code: line if line.amount is None else replace(line, amount=line.amount + rise // 2)
            for code, line in before.lines.items()
        }
        for gap in draw(st.lists(st.sampled_from([*ASSISTANCE, *MERIT]), max_size=1)):
            lines.pop(gap, None)
        extra.append(
            replace(
                before,
                name=f"MORE-{number}",
                effective_from=first.first_day,
                in_force_on=first.first_day + timedelta(days=draw(st.integers(-60, 150))),
                base_amount=before.base_amount + rise,
                unit=draw(st.sampled_from([None, None, "P"])),
                certainty=draw(st.sampled_from(["law", "law", "law", "estimate"])),
                lines=lines,
            )
        )
    return Law(shipped_categories(), [*shipped_versions(), *extra]) if extra else law()


@dataclass
class History:
    """One person's months: what is recorded when, what is taken back, what becomes of each line and proposal."""

    person: Person
    recorded: list[tuple[Month, Entitlement]]
    reversals: list[tuple[Month, int, str]]
    law: Law
    late: list[bool]
    outcomes: list[tuple[str, int, str]]
    decided: list[tuple[str, int]]
    settled: list[Settled] = field(default_factory=list)
    due: list[tuple[Month, int, str]] = field(default_factory=list)
    cases: list[RecoveryCase] = field(default_factory=list)
    books: dict[str, dict[str, int]] = field(default_factory=dict)

    def known(self, period: Month) -> list[Entitlement]:
        """What stands in the registry when the period is prepared: recorded by then, less what was taken back."""
        found = []
        for number, (since, item) in enumerate(self.recorded):
            gone = [what for month, which, what in self.reversals if which == number and month <= period]
            if since > period or "cancelled" in gone:
                continue
            if "undone" in gone:
                item = replace(item, changes=item.changes[:-1])
            if "amended" in gone:
                item = replace(item, settled_through=None, start=item.start + 1)
            found.append(item)
        return found

    def as_of(self, period: Month) -> date:
        """The 24th of the month before, or a day of the period's own month."""
        late = self.late[period - OPENING]
        return period.first_day.replace(day=9) if late else (period - 1).first_day.replace(day=24)

    def run(self, period: Month, settled=None):
        lines = self.settled if settled is None else settled
        args = (self.person, self.known(period), period, self.as_of(period), self.law)
        return run_person(*args, lines, self.cases, OPENING)

    def results(self, period: Month) -> None:
        """What was sent earlier is answered now: paid, or come back."""
        waiting = []
        for when, index, status in self.due:
            if when <= period:
                self._answer(index, status)
            else:
                waiting.append((when, index, status))
        self.due = waiting

    def _answer(self, index: int, status: str) -> None:
        line = self.settled[index]
        self.settled[index] = replace(line, status=status)
        if status not in COUNTS_AS_SETTLED:
            for case, amount in self._taken.get(index, ()):
                self._book(case, recovered=-amount)

    def pay(self, period: Month, line) -> None:
        """The line is sent; its result comes at once or up to three months later."""
        status, delay, later = self.outcomes.pop()
        now = status if not delay else SENT
        self.settled.append(Settled(line.benefit, period, line.months, line.recovery, now))
        self._taken[len(self.settled) - 1] = line.recoveries
        if now in COUNTS_AS_SETTLED:
            for case, amount in line.recoveries:
                self._book(case, recovered=amount)
        if delay:
            self.due.append((period + delay, len(self.settled) - 1, later))

    @property
    def _taken(self) -> dict[int, tuple]:
        return self.__dict__.setdefault("taken", {})

    def decide(self, proposal) -> None:
        """Approved at an instalment, waived, paid back over the counter, or left open for the next month."""
        what, sum_ = self.decided.pop()
        if what == "left open":
            return
        name = f"REC-{len(self.cases)}"
        self.books[name] = {"amount": proposal.amount, "recovered": 0, "repaid": 0, "waived": 0}
        case = RecoveryCase(
            proposal.benefit, dict(proposal.months), proposal.amount, max(1, sum_), True, name
        )
        self.cases.append(case)
        if what == "repaid":
            self._book(name, repaid=min(proposal.amount, sum_))
        elif what == "waived":
            self._book(name, waived=proposal.amount)

    def _book(self, name: str, **sums: int) -> None:
        book = self.books[name]
        for what, amount in sums.items():
            book[what] += amount
        left = book["amount"] - book["recovered"] - book["repaid"] - book["waived"]
        assert left >= 0
        self.cases = [replace(case, outstanding=left) if case.name == name else case for case in self.cases]

    def owed_by_law(self, period: Month) -> dict[str, int]:
        """What the person is owed in all up to the period, by benefit, from the rules alone."""
        totals: dict[str, int] = {}
        known, as_of = self.known(period), self.as_of(period)
        for month in Month.range(OPENING, period):
            for grant in grants_of(self.person, known, month, self.law, as_of, explain=False)[0]:
                totals[grant.benefit] = totals.get(grant.benefit, 0) + grant.owed
        return totals

    def sent(self, benefit: str) -> int:
        """Gross sums of the benefit's lines that are paid or on their way."""
        lines = (one for one in self.settled if one.benefit == benefit and one.status in COUNTS_AS_SETTLED)
        return sum(sum(line.months.values()) for line in lines)

    def moved(self, benefit: str) -> int:
        """Over-payments that cases have taken out of the ledger."""
        return sum(sum(case.months.values()) for case in self.cases if case.benefit == benefit)


_STATUSES = ["Paid", "Paid", "Paid", "Failed", "Uncollected", "Cancelled"]
_DECIDED = ["approved", "approved", "left open", "waived", "repaid"]


@st.composite
def histories(draw, person=None, law_in_force=None, given=None):
    """Any history of one person; of a couple when a person with marriages is given."""
    items = given or draw(decisions())
    number = st.integers(0, len(items) - 1)
    return History(
        person=person or draw(people()),
        recorded=[(draw(st.just(OPENING) | months), item) for item in items],
        reversals=draw(
            st.lists(
                st.tuples(months, number, st.sampled_from(["cancelled", "undone", "amended"])), max_size=3
            )
        ),
        law=law_in_force or draw(laws()),
        late=draw(st.lists(st.booleans(), min_size=len(PERIODS), max_size=len(PERIODS))),
        outcomes=draw(
            st.lists(
                st.tuples(st.sampled_from(_STATUSES), st.integers(0, 3), st.sampled_from(_STATUSES[:-1])),
                min_size=80,
                max_size=80,
            )
        ),
        decided=draw(
            st.lists(
                st.tuples(st.sampled_from(_DECIDED), st.sampled_from([100_000, 250_000, 10**9])),
                min_size=80,
                max_size=80,
            )
        ),
    )


@st.composite
def couples(draw):
    """Two histories of people married to one another, both with a claim on what a couple draws once."""
    in_force = draw(laws())
    men, women = draw(people("BEN-1")), draw(people("BEN-2"))
    his = draw(decisions(["CS-06M1", "CS-06M2", "BTXH-06B1"]))
    hers = draw(decisions(["CS-06M1", "CS-06M2", "BTXH-06A1"]))
    hers = [replace(item, name=f"W{item.name}") for item in hers]
    since, until = draw(st.none() | days), draw(st.none() | days)
    facts = {
        "since": since,
        "until": until,
        "known_on": draw(st.none() | days),
        "end_known_on": draw(st.none() | days),
    }
    husband = replace(men, marriages=(Marriage(women, tuple(hers), **facts),))
    wife = replace(women, marriages=(Marriage(men, tuple(his), **facts),))
    one = draw(histories(husband, in_force, his))
    other = draw(histories(wife, in_force, hers))
    # A spouse's decisions are read as they stand: both sides see the same ones from the start.
    for history in (one, other):
        history.recorded = [(OPENING, item) for _since, item in history.recorded]
        history.reversals = []
    other.late = one.late
    return one, other
