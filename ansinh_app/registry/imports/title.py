"""What a list says of itself outside its table: the month it is for, its decision, the day it was made."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice

from ansinh_app.core import cells, names
from ansinh_app.core.months import Month

# Titles stand in the first rows; further down the same words are part of somebody's note.
_ROWS = 12
_DECISION = re.compile(
    r"quyết định\s+số\s*:?\s*(\S+).{0,10}?ngày\s+(\d{1,2}\s*(?:/|-|\.|tháng)\s*\d{1,2}\s*(?:/|-|\.|năm)\s*\d{4})",
    re.IGNORECASE,
)
_DAY = re.compile(r"ngày\s+(\d{1,2}\s+tháng\s+\d{1,2}\s+năm\s+\d{4})", re.IGNORECASE)
_MONTH = re.compile(r"\b(?:thang|t) ?(1[0-2]|0?[1-9]) ?(?:nam )?(20\d\d)\b")


def stated_month(grid: Iterable[Sequence[object]]) -> Month | None:
    """The month of the title ("Tháng 6 năm 2024", "T6-2024"), if there is one.

    >>> str(stated_month([["DANH SÁCH CHI TRẢ THÁNG 06/2024"]]))
    '2024-06'
    """
    for row in islice(iter(grid), _ROWS):
        for cell in row:
            found = isinstance(cell, str) and _MONTH.search(_words(cell))
            if found:
                return Month(int(found[2]), int(found[1]))
    return None


def _words(cell: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", names.search_key(cell))


def stated_decision(texts: Iterable[str]) -> tuple[str, date] | None:
    """Number and date of the decision the list belongs to.

    >>> stated_decision(["(Kèm theo Quyết định số 45/QĐ-UBND ngày 10/4/2024 của UBND)"])
    ('45/QĐ-UBND', datetime.date(2024, 4, 10))
    """
    for text in texts:
        found = _DECISION.search(names.normalise(text))
        day = cells.parse_date(found[2]) if found else None
        if day:
            return found[1].strip(",;"), day.value
    return None


def stated_day(texts: Iterable[str]) -> date | None:
    """The day the list was made, as its title or its signatures say; the last one named.

    >>> stated_day(["Lạng Sơn, ngày 05 tháng 5 năm 2024"])
    datetime.date(2024, 5, 5)
    """
    days = [cells.parse_date(found[1]) for text in texts if (found := _DAY.search(names.normalise(text)))]
    return next((day.value for day in reversed(days) if day), None)
