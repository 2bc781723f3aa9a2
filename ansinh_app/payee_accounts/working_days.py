"""Working days in Vietnam: weekends and public holidays, Tết and its substituted days included."""

from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=1)
def _calendar():
    return holidays.country_holidays("VN")


def after(day: date, count: int) -> date:
    """The working day `count` working days after a day; the day itself where count is 0.

    >>> after(date(2024, 4, 26), 1)  # a Friday before the substituted holiday of 29 April to 1 May
    datetime.date(2024, 5, 2)
    """
    return _calendar().get_nth_working_day(day, count) if count else day


def moved(day: date, rule: str) -> date:
    """A day of duty that falls on a weekend or holiday, moved as the rule says; working days stay.

    >>> moved(date(2024, 2, 14), "Working Day Before")  # the last day off of Tết
    datetime.date(2024, 2, 7)
    """
    step = {"Working Day Before": -1, "Working Day After": 1}.get(rule, 0)
    while step and not _calendar().is_working_day(day):
        day += timedelta(days=step)
    return day


def between(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`, as contracts count them; 0 where `last` is not later.

    >>> between(date(2024, 4, 26), date(2024, 5, 2))
    1
    """
    return _calendar().get_working_days_count(first + timedelta(days=1), last) if last > first else 0
