"""What months ahead will cost: the same rules over the same people, under today's law or a scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from .alike import age_limits, ages_passed
from .errors import RuleError, UnknownCategory
from .law import ESTIMATE, Law, RateVersion
from .ledger import Entitlement, Person, grants_of
from .months import Month

# A forecast asks what the law grants, whoever knew it when.
_ALL_KNOWN = date.max
_THOUSAND = 1000
# In a budget an estimate may stand, marked; on a payout line never.
_RECKONED = "reckoned"


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is supposed from `start` on: other base levels (đồng, by programme) and other age limits.

    `ages`: by category, (from, to) in full years, `to` exclusive, None = no limit.
    """

    start: Month
    bases: Mapping[str, int] = field(default_factory=dict)
    ages: Mapping[str, tuple[int | None, int | None]] = field(default_factory=dict)


@dataclass(slots=True)
class Cell:
    """One month, programme and unit: benefits paid, đồng, who comes in or goes by age, and how sure it is.

    `estimated`: the part of `amount` that rests on estimated rates; `unknown`: benefits without any rate.
    """

    people: int = 0
    amount: int = 0
    ageing_in: int = 0
    ageing_out: int = 0
    estimated: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class _Draw:
    """A benefit somebody draws in a month; `amount` None where no rate is known."""

    programme: str
    amount: int | None
    estimated: bool = False
    by_age_alone: bool = False


Key = tuple[Month, str, str]
One = tuple[Person, Sequence[Entitlement], str]


def forecast(
    people: Iterable[One],
    law: Law,
    first: Month,
    last: Month,
    scenario: Scenario | None = None,
    ageing_in: Sequence[str] = (),
) -> dict[Key, Cell]:
    """The cost of each month from first to last by (month, programme, unit), in đồng.

    `people`: person, their decisions, and the unit they count in. `ageing_in`: categories granted to whoever
    reaches their age and draws nothing at all (the social pension at 75); deaths and decisions not yet made
    are not guessed. Raises UnknownCategory for a scenario about what the law does not know.
    """
    today = _with_estimates(law)
    supposed = _law_of(today, scenario) if scenario else today
    cells: dict[Key, Cell] = {}
    for (person, entitlements, unit), number in _alike(people, (today, supposed), first - 1, last, ageing_in):
        before: dict[str, _Draw] | None = None
        for month in Month.range(first - 1, last):
            of_month = supposed if scenario and month >= scenario.start else today
            drawn = _draws(person, entitlements, month, of_month, ageing_in)
            if before is not None:
                _count(cells, drawn, before, person, entitlements, month, unit, of_month, number)
            before = drawn
    return cells


def _alike(
    people: Iterable[One], laws: tuple[Law, Law], first: Month, last: Month, ageing_in: Sequence[str]
) -> list[tuple[One, int]]:
    """One of each kind of people with how many they are; several decisions or a marriage make a kind of one's own.

    Alike are those whose decision, places, death and bands of age from `first` to `last` are the same.
    """
    limits: dict[str, tuple[int, ...]] = {}

    def ages(category: str, born: date | None) -> Hashable:
        if category not in limits:
            groups = ([category] if category else []) + list(ageing_in)
            limits[category] = tuple(sorted({age for law in laws for age in age_limits(law, *groups)}))
        return born is None, ages_passed(limits[category], born, first, last)

    kinds: dict[Hashable, One] = {}
    numbers: Counter[Hashable] = Counter()
    for one in people:
        person, entitlements, unit = one
        item = entitlements[0] if entitlements else None
        through = item.settled_through if item else None
        key: Hashable = len(kinds)
        if len(entitlements) <= 1 and not person.marriages and (through is None or through < first):
            # A decision older than the first month looked at counts from there.
            terms = item and (item.category, item.quantity, max(item.start, first).index, item.changes)
            known = (person.died_on, person.death_known_on, person.units, person.moves)
            key = (unit, terms, known, ages(item.category if item else "", person.counted_birth()))
        kinds.setdefault(key, one)
        numbers[key] += 1
    return [(one, numbers[key]) for key, one in kinds.items()]


def _draws(
    person: Person, entitlements: Sequence[Entitlement], month: Month, law: Law, ageing_in: Sequence[str]
) -> dict[str, _Draw]:
    """What the person draws in the month, by benefit."""
    found: dict[str, _Draw] = {}
    grants, failures = grants_of(person, entitlements, month, law, _ALL_KNOWN, explain=False)
    units = person.units_in(month, _ALL_KNOWN)
    for grant in grants:
        certainty = law.rate(grant.category, month, _ALL_KNOWN, units).certainty
        programme = law.category(grant.category).programme
        found[grant.benefit] = _Draw(programme, grant.amount, certainty == _RECKONED)
    for benefit in failures:
        category = next(item.category for item in entitlements if law.benefit(item.category) == benefit)
        found[benefit] = _Draw(law.category(category).programme, None)
    if ageing_in and not found:
        _age_in(found, person, month, law, ageing_in)
    return found


def _age_in(
    found: dict[str, _Draw], person: Person, month: Month, law: Law, ageing_in: Sequence[str]
) -> None:
    """Who draws nothing at all and has the age: the categories given are tried in their order."""
    born, last_month = person.counted_birth(), person.last_month(_ALL_KNOWN)
    if born is None or (last_month is not None and month > last_month):
        return
    age = (month - Month.of(born)) // 12
    for category in map(law.category, ageing_in):
        if not category.fits(age):
            continue
        try:
            rate = law.rate(category.code, month, _ALL_KNOWN, person.units_in(month, _ALL_KNOWN))
        except RuleError:
            continue
        sure = rate.certainty != _RECKONED
        found[law.benefit(category.code)] = _Draw(category.programme, rate.amount_per_unit, not sure, True)
        return


def _count(
    cells: dict[Key, Cell],
    drawn: Mapping[str, _Draw],
    before: Mapping[str, _Draw],
    person: Person,
    entitlements: Sequence[Entitlement],
    month: Month,
    unit: str,
    law: Law,
    number: int,
) -> None:
    """Adds the month of `number` people alike to its cells."""
    for benefit, draw in drawn.items():
        cell = cells.setdefault((month, draw.programme, unit), Cell())
        amount = number * (draw.amount or 0)
        cell.people += number
        cell.amount += amount
        cell.estimated += amount if draw.estimated else 0
        cell.unknown += number * (draw.amount is None)
        if benefit not in before:
            cell.ageing_in += number * (draw.by_age_alone or _decided(entitlements, benefit, month - 1, law))
    last_month = person.last_month(_ALL_KNOWN)
    for benefit, draw in before.items():
        alive = last_month is None or month <= last_month
        if (
            benefit not in drawn
            and alive
            and (draw.by_age_alone or _decided(entitlements, benefit, month, law))
        ):
            cells.setdefault((month, draw.programme, unit), Cell()).ageing_out += number


def _decided(entitlements: Sequence[Entitlement], benefit: str, month: Month, law: Law) -> bool:
    """Whether a decision for the benefit stands in the month, so that only age explains paid or not paid."""
    return any(
        law.benefit(item.category) == benefit and item.state(month, _ALL_KNOWN)[0] for item in entitlements
    )


def _with_estimates(law: Law) -> Law:
    """The law with estimates usable: they never pay, but a budget has to reckon with them."""
    versions = []
    for version in law.versions:
        lines = {
            code: replace(line, certainty=_RECKONED)
            if ESTIMATE in (line.certainty, version.certainty)
            else line
            for code, line in version.lines.items()
        }
        certainty = _RECKONED if version.certainty == ESTIMATE else version.certainty
        versions.append(replace(version, certainty=certainty, lines=lines))
    return Law([*law.categories.values(), *law.one_off.values()], versions)


def _law_of(law: Law, scenario: Scenario) -> Law:
    """The law as the scenario supposes it."""
    unknown = sorted(set(scenario.ages) - set(law.categories))
    if unknown:
        raise UnknownCategory(category=", ".join(unknown))
    categories = [
        replace(category, age_from=scenario.ages[code][0], age_to=scenario.ages[code][1])
        if code in scenario.ages
        else category
        for code, category in law.categories.items()
    ]
    supposed = [_supposed(law, programme, base, scenario.start) for programme, base in scenario.bases.items()]
    return Law([*categories, *law.one_off.values()], [*law.versions, *supposed])


def _supposed(law: Law, programme: str, base: int, start: Month) -> RateVersion:
    """A version with another base: coefficients stay, table amounts move with the base, to whole thousands."""
    before = [
        version
        for version in law.versions
        if version.programme == programme
        and version.unit is None
        and version.effective_from <= start.first_day
    ]
    if not before:
        raise UnknownCategory(category=programme)
    latest = max(before, key=lambda version: (version.effective_from, version.in_force_on))
    lines = {
        code: replace(line, amount=_scaled(line.amount, base, latest.base_amount), certainty=_RECKONED)
        if line.amount is not None
        else line
        for code, line in latest.lines.items()
    }
    return replace(
        latest,
        name="scenario",
        effective_from=start.first_day,
        in_force_on=_ALL_KNOWN,
        base_amount=base,
        lines=lines,
    )


def _scaled(amount: int, base: int, old_base: int) -> int:
    """The amount times base / old base, rounded to whole thousands as the annexes are."""
    return (2 * amount * base // old_base + _THOUSAND) // (2 * _THOUSAND) * _THOUSAND
