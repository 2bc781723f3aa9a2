"""Until when somebody may receive for somebody else: term, revocation, age, and the days money goes out.

A mandate's last day is its `valid_to`, the day before it is revoked, or the day before the ward of a guardian
turns 18 with full capacity (BLDS Đ21, Đ62), whichever comes first. A line is paid to a representative only if
the mandate is in force on every day on which the month's money may go out: from the first day of the month, or
the day of the run where that is later, to the day the results are due.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .holders import AUTHORISED, FULL, GUARDIAN, OWN_MANDATE_AGE

CARER = "Carer"
# Children are brought up until this age (Luật Trẻ em Đ1); the care support for them ends with it (NĐ 20/2021 Đ20.1).
CHILD_UNTIL = 16
TERM, REVOKED, TURNS_16, TURNS_18, ENDED = "term", "revoked", "turns_16", "turns_18", "representative_ended"


@dataclass(frozen=True, slots=True)
class Mandate:
    """One representation as recorded. `receives`: it covers receiving money; `programme`: "" for every benefit."""

    capacity: str
    valid_from: date | None = None
    valid_to: date | None = None
    revoked_on: date | None = None
    awaits_paper: bool = False
    receives: bool = True
    programme: str = ""
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The last day of a mandate and why."""

    last_day: date
    why: str


def birthday(born: date, age: int) -> date:
    """The day somebody turns that age; born on 29 February, on 1 March of other years.

    >>> birthday(date(2008, 2, 29), 18)
    datetime.date(2026, 3, 1)
    """
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def one_year(start: date) -> date:
    """The last day of a mandate that names no term: one year (BLDS Đ563).

    >>> one_year(date(2026, 3, 1))
    datetime.date(2027, 2, 28)
    """
    return birthday(start, 1) - timedelta(days=1)


def end_of(mandate: Mandate, born: date | None, legal_capacity: str = FULL, as_of: date | None = None) -> End | None:
    """When the mandate ends and why, as known on `as_of`; None where nothing ends it.

    A revocation counts from its own day; one made after `as_of` is not known yet. Age ends a guardianship that
    began before the ward was 18; one that nobody dated is for a person to look at (`by_age`).
    """
    ends = [End(mandate.valid_to, TERM)] if mandate.valid_to else []
    for day, why in ((mandate.revoked_on, REVOKED), (mandate.ended_on, ENDED)):
        if day and (as_of is None or day <= as_of):
            ends.append(End(day - timedelta(days=1), why))
    age = by_age(mandate, born, legal_capacity)
    if age and age.why == TURNS_18 and mandate.valid_from and mandate.valid_from <= age.last_day:
        ends.append(age)
    return min(ends, key=lambda end: end.last_day, default=None)


def by_age(mandate: Mandate, born: date | None, legal_capacity: str = FULL) -> End | None:
    """What the ward's age does: a guardian of full-capacity people ends at 18, a child's carer at 16.

    The carer's benefit ends by its own rule; his mandate is to be looked at, not blocked.
    """
    if not born or legal_capacity != FULL:
        return None
    if mandate.capacity == GUARDIAN:
        return End(birthday(born, OWN_MANDATE_AGE) - timedelta(days=1), TURNS_18)
    if mandate.capacity == CARER:
        return End(birthday(born, CHILD_UNTIL) - timedelta(days=1), TURNS_16)
    return None


def covers(
    mandate: Mandate, first: date, last: date, born: date | None, legal_capacity: str, as_of: date | None = None
) -> bool:
    """Whether the mandate is in force on all days from `first` to `last`."""
    if mandate.awaits_paper or (mandate.valid_from and mandate.valid_from > first):
        return False
    end = end_of(mandate, born, legal_capacity, as_of)
    return end is None or end.last_day >= last


def may_receive(
    mandates: Iterable[Mandate],
    programme: str,
    days: tuple[date, date],
    born: date | None,
    legal_capacity: str,
    as_of: date | None = None,
) -> bool:
    """Whether one of the representative's mandates admits money of the programme on all the days."""
    return any(
        mandate.receives
        and mandate.programme in ("", programme)
        and covers(mandate, *days, born, legal_capacity, as_of)
        for mandate in mandates
    )


def pay_days(first_of_month: date, results_due: date, as_of: date) -> tuple[date, date]:
    """The days on which a month's money may go out, under what is known on `as_of`.

    >>> pay_days(date(2026, 8, 1), date(2026, 8, 20), date(2026, 7, 24))
    (datetime.date(2026, 8, 1), datetime.date(2026, 8, 20))
    >>> pay_days(date(2026, 8, 1), date(2026, 8, 20), date(2026, 8, 27))
    (datetime.date(2026, 8, 27), datetime.date(2026, 8, 27))
    """
    first = max(first_of_month, as_of)
    return first, max(first, results_due)


def overlap(one: Mandate, other: Mandate) -> bool:
    """Whether two mandates of one representative stand for the same thing on the same days."""
    if one.capacity != other.capacity or one.programme != other.programme:
        return False
    spans = [
        (mandate.valid_from or date.min, min(mandate.valid_to or date.max, _before(mandate.revoked_on)))
        for mandate in (one, other)
    ]
    return spans[0][0] <= spans[1][1] and spans[1][0] <= spans[0][1]


def _before(day: date | None) -> date:
    return day - timedelta(days=1) if day else date.max


def default_end(capacity: str, valid_from: date | None, valid_to: date | None) -> date | None:
    """The end the law gives a mandate without one; guardians and carers have none."""
    if valid_to or capacity != AUTHORISED or not valid_from:
        return valid_to
    return one_year(valid_from)
