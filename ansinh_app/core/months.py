"""A month is a type, not a date: what is owed, paid and counted from is a Month."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date
from functools import total_ordering
from typing import overload

from .errors import BadMonth

_TEXT = re.compile(r"(\d{4})-(\d{2})(?:-(\d{2}))?(?:[ T].*)?")


@total_ordering
class Month:
    """One calendar month; immutable, ordered, hashable. `index` counts months from year 0.

    >>> Month(2024, 12) + 1
    Month(2025, 1)
    >>> Month(2025, 1) - Month(2024, 10)
    3
    >>> str(Month(2024, 5)), Month(2024, 5).label
    ('2024-05', '05/2024')
    """

    __slots__ = ("_text", "index", "month", "year")

    _text: str | None
    index: int
    month: int
    year: int

    def __init__(self, year: int, month: int) -> None:
        if not (1 <= month <= 12 and 1 <= year <= 9999):
            raise BadMonth(value=f"{year}-{month}")
        object.__setattr__(self, "year", year)
        object.__setattr__(self, "month", month)
        object.__setattr__(self, "index", year * 12 + month - 1)
        object.__setattr__(self, "_text", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("a Month cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError("a Month cannot be changed")

    def __reduce__(self) -> tuple[type[Month], tuple[int, int]]:
        return Month, (self.year, self.month)

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day (or datetime) falls in."""
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, value: str | date | Month) -> Month:
        """A month from "2024-05", "2024-05-01", a date or a Month. Raises BadMonth.

        >>> Month.parse("2024-05-31")
        Month(2024, 5)
        """
        if isinstance(value, Month):
            return value
        if isinstance(value, date):
            return cls.of(value)
        found = _TEXT.fullmatch(value.strip()) if isinstance(value, str) else None
        if not found:
            raise BadMonth(value=value)
        month = cls(int(found[1]), int(found[2]))
        if found[3] and not 1 <= int(found[3]) <= month.last_day.day:
            raise BadMonth(value=value)
        return month

    @classmethod
    def at(cls, index: int) -> Month:
        """The month with this index."""
        return cls(index // 12, index % 12 + 1)

    @staticmethod
    def range(first: Month, last: Month) -> Iterator[Month]:
        """Every month from first to last, both included; nothing when last is before first."""
        return (Month.at(index) for index in range(first.index, last.index + 1))

    @property
    def first_day(self) -> date:
        return date(self.year, self.month, 1)

    @property
    def last_day(self) -> date:
        return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])

    @property
    def label(self) -> str:
        """The month as Vietnamese forms write it: "05/2024"."""
        return f"{self.month:02d}/{self.year:04d}"

    def __add__(self, months: int) -> Month:
        if not isinstance(months, int):
            return NotImplemented
        return Month.at(self.index + months)

    @overload
    def __sub__(self, other: Month) -> int: ...

    @overload
    def __sub__(self, other: int) -> Month: ...

    def __sub__(self, other: Month | int) -> Month | int:
        """Month - int is a Month; Month - Month is the number of months between them."""
        if isinstance(other, Month):
            return self.index - other.index
        if isinstance(other, int):
            return Month.at(self.index - other)
        return NotImplemented

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Month):
            return self.index == other.index
        return NotImplemented

    def __lt__(self, other: Month) -> bool:
        if isinstance(other, Month):
            return self.index < other.index
        return NotImplemented

    def __le__(self, other: Month) -> bool:
        # Written out: what total_ordering derives is several times slower, and a run compares millions.
        if isinstance(other, Month):
            return self.index <= other.index
        return NotImplemented

    def __hash__(self) -> int:
        return self.index

    def __str__(self) -> str:
        text = self._text
        if text is None:
            text = f"{self.year:04d}-{self.month:02d}"
            object.__setattr__(self, "_text", text)
        return text

    def __repr__(self) -> str:
        return f"Month({self.year}, {self.month})"
