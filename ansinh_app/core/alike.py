"""People alike are worked out once: one run of the rules answers for everybody in the same position.

A run looks at names only to tell decisions apart and at a birth date only to find age bands. Two people with the
same decisions, the same ledger and the same bands in every month looked at get the same line, but for what
its steps say of the one person: number and day of the decision, age and birth date. Whoever has anything else
(a marriage that matters, a recovery case, a problem, an over-payment) is worked out for themselves.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .law import Law
from .ledger import Entitlement, Person, RecoveryCase, Settled, Step
from .months import Month
from .payout import Line, PersonRun, run_person

# What steps say of one person, by step: the step's parameter and where it comes from (see Own).
_OWN = {
    "entitled": {
        "entitlement": "entitlement",
        "decision_no": "decision_no",
        "start": "start",
        "decided_on": "decided_on",
    },
    "age": {"age": "age", "born": "born"},
    "birth_assumed": {"counted": "born"},
    "last_month_of_age": {"age": "age"},
}


@dataclass(frozen=True, slots=True)
class Own:
    """What the steps of a line say of one person alone; the days as ISO text."""

    entitlement: str
    decision_no: str
    start: str
    decided_on: str
    age: int | None
    born: str | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """The lines of everybody alike; `places`: the decision behind each line, by its place among the person's."""

    lines: tuple[Line, ...]
    places: tuple[int, ...]


class AlikeRuns:
    """The runs of one period as known on one day under one law, each kind of person asked once."""

    def __init__(
        self, period: Month, as_of: date, law: Law, ahead: Mapping[str, Month] | None = None
    ) -> None:
        self.period, self.as_of, self.law, self.ahead = period, as_of, law, dict(ahead or {})
        self._last = max([period, *self.ahead.values()], key=_index)
        self._eve = (period - 1).last_day
        self._known: dict[Hashable, Pattern | None] = {}
        self._paid: dict[Hashable, Month | None] = {}
        self._limits: dict[str, tuple[int, ...]] = {}

    def pattern(
        self,
        person: Person,
        entitlements: Sequence[Entitlement],
        settled: Sequence[Settled],
        cases: Sequence[RecoveryCase],
        opening: Month,
        ledger: Hashable,
    ) -> Pattern | None:
        """The lines of people like this one, or None where the person must be worked out with `run_person`.

        `ledger` must differ wherever `settled` does. `person` and `entitlements` are as for `run_person`.
        """
        if cases or person.marriages:
            return None
        outside = self._outside(person, entitlements)
        if outside is not None:
            opening = max(
                opening, min(outside + 1, self._first_paid(settled, ledger) or outside + 1, key=_index)
            )
        key = self._key(person, entitlements, opening, ledger, outside)
        try:
            return self._known[key]
        except KeyError:
            pass
        if outside is not None:
            entitlements = [replace(entitlements[0], start=outside + 1, settled_through=None)]
        run = run_person(
            person, entitlements, self.period, self.as_of, self.law, settled, (), opening, self.ahead
        )
        found = None
        if not run.problems and not run.proposals:
            places = {entitlement.name: place for place, entitlement in enumerate(entitlements)}
            found = Pattern(tuple(run.lines), tuple(places[line.entitlement] for line in run.lines))
        self._known[key] = found
        return found

    def _outside(self, person: Person, entitlements: Sequence[Entitlement]) -> Month | None:
        """The last month settled outside, where the decision counts as one that starts after it.

        Those months owe nothing either way. Only where nothing in them could hold the benefit back that does not
        do so in the period: a single decision that goes on and counts no quantity, of somebody who is alive.
        """
        if len(entitlements) != 1 or person.died_on is not None:
            return None
        item = entitlements[0]
        through = item.settled_through
        if through is None or item.changes or item.quantity != 1:
            return None
        return through if item.start.index <= through.index < self.period.index else None

    def _first_paid(self, settled: Sequence[Settled], ledger: Hashable) -> Month | None:
        try:
            return self._paid[ledger]
        except KeyError:
            first = min((month for line in settled for month in line.months), default=None)
            return self._paid.setdefault(ledger, first)

    def own(self, person: Person, entitlement: Entitlement) -> Own:
        """What the steps say of the person and this decision."""
        born = person.counted_birth()
        return Own(
            entitlement.name,
            entitlement.decision_no,
            str(entitlement.start),
            entitlement.decided_on.isoformat(),
            None if born is None else _months_old(born, self.period) // 12,
            None if born is None else born.isoformat(),
        )

    def run(
        self,
        person: Person,
        entitlements: Sequence[Entitlement],
        settled: Sequence[Settled],
        cases: Sequence[RecoveryCase],
        opening: Month,
        ledger: Hashable,
    ) -> PersonRun:
        """The same as `run_person`, by way of the pattern where there is one."""
        pattern = self.pattern(person, entitlements, settled, cases, opening, ledger)
        if pattern is None:
            return run_person(
                person, entitlements, self.period, self.as_of, self.law, settled, cases, opening, self.ahead
            )
        lines = []
        for line, place in zip(pattern.lines, pattern.places, strict=True):
            own = self.own(person, entitlements[place])
            lines.append(replace(line, entitlement=own.entitlement, steps=told(line.steps, own)))
        return PersonRun(lines, [], [])

    def _key(
        self,
        person: Person,
        entitlements: Sequence[Entitlement],
        opening: Month,
        ledger: Hashable,
        outside: Month | None,
    ) -> Hashable:
        born = person.counted_birth()
        terms = tuple(
            [
                (
                    item.category,
                    item.quantity,
                    item.start.index if outside is None else outside.index + 1,
                    # Its day counts only as known by the day of the run, or by the end of the month before.
                    item.decided_on <= self.as_of,
                    item.decided_on <= self._eve,
                    item.settled_through and outside is None and item.settled_through.index,
                    item.changes,
                    item.both_schemes_on,
                    self._ages(item.category, born, opening),
                )
                for item in entitlements
            ]
        )
        return (
            ledger,
            opening.index,
            terms,
            # Of equal amounts the first name is chosen: names count by their order alone.
            _order(entitlements) if len(entitlements) > 1 else None,
            person.died_on,
            person.death_known_on,
            person.dob_precision,
            born is None,
            person.units,
            person.moves,
        )

    def _ages(self, category: str, born: date | None, opening: Month) -> Hashable:
        """The bands the person passes from `opening` to the last month looked at: the limit stayed behind, else the age."""
        try:
            limits = self._limits[category]
        except KeyError:
            limits = self._limits[category] = age_limits(self.law, category)
        return ages_passed(limits, born, opening, self._last)

def age_limits(law: Law, *categories: str) -> tuple[int, ...]:
    """The ages in months at which a band of the categories' groups may change.

    Law.band looks at the age at the end of the month and of the month before: each limit counts twice.
    """
    bands = [band for category in categories for band in law.bands(category)]
    ages = [age for band in bands for age in (band.age_from, band.age_to)]
    return tuple(sorted({12 * age + more for age in ages if age is not None for more in (0, 1)}))


def ages_passed(limits: Sequence[int], born: date | None, first: Month, last: Month) -> Hashable:
    """The bands somebody passes from `first` to `last`: the limit stayed behind, else the age."""
    if not limits or born is None:
        return 0
    old, older = _months_old(born, first), _months_old(born, last)
    behind = bisect_right(limits, old)
    return behind if behind == bisect_right(limits, older) else (old,)


def _months_old(born: date, month: Month) -> int:
    return month.index - born.year * 12 - born.month + 1


def told(steps: Iterable[Step], own: Own) -> tuple[Step, ...]:
    """The steps of somebody alike as they read for this person."""
    return tuple(
        Step(
            step.code, step.params | {name: getattr(own, source) for name, source in _OWN[step.code].items()}
        )
        if step.code in _OWN
        else step
        for step in steps
    )


def _order(entitlements: Sequence[Entitlement]) -> tuple[int, ...]:
    return tuple(sorted(range(len(entitlements)), key=lambda place: entitlements[place].name))


def _index(month: Month) -> int:
    return month.index
