"""What a list says of itself above its header: the month it is for."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from ansinh_app.core import names
from ansinh_app.core.months import Month

# Titles stand in the first rows; further down the same words are part of somebody's note.
_ROWS = 12
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
