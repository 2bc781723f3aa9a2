"""What a result file states of itself, how many rows and which sum, against what its rows come to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import cells, names
from .bankfile import ResultRow
from .ledger import CAME_BACK, PAID

_STATES = re.compile(r"(tong|cong)\b")
_WORDS = re.compile(r"[^\W\d_]+")
# A total of the whole file is said in these words alone; any other word makes it the sum of a page or a commune.
_WHOLE = frozenset(
    """tong cong so tien giao dich dong mon lenh nguoi ban ghi doi tuong ho luot da chi tra thanh cong khong that bai
    loi chua nhan linh vnd cua file tep danh sach toan bo thanh toan duoc va gia tri hoan d la can chuyen""".split()
)
_OF_UNPAID = re.compile(r"khong|that bai|\bloi\b|chua|tra lai|hoan")
_OF_PAID = re.compile(r"thanh cong|da (chi|tra|nhan|linh|chuyen|thanh toan)")
_NUMBER = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+(?!\d)|\d+")
_MONEY = 1000


@dataclass(frozen=True, slots=True)
class Stated:
    """A number the file states of its rows: in which of its rows it stands, its words, and what it should be."""

    row: int
    label: str
    number: int
    possible: tuple[int, ...]

    @property
    def agrees(self) -> bool:
        return self.number in self.possible

    @property
    def is_money(self) -> bool:
        """Whether it is a sum in đồng; numbers of people are smaller."""
        return self.number >= _MONEY


def stated(
    grid: Sequence[Sequence[object]], amount_column: int | None, rows: Sequence[ResultRow]
) -> list[Stated]:
    """The totals of the whole file in the order they stand in it; sums of pages and places are left out.

    A total may be of all rows, or by its words of those paid or of those not paid. Nothing is said of a sum where
    a row has no amount.

    >>> row = ResultRow(row=2, line_ref="L1", account_no="", name="", amount=540000, status="Paid", reason="")
    >>> [(one.number, one.agrees) for one in stated([["Tổng cộng: 2 người", 540000]], 1, [row])]
    [(2, False), (540000, True)]
    """
    counts, sums = _come_to(rows)
    found = []
    for number, row in enumerate(grid, start=1):
        place, label = next(((i, t) for i, t in enumerate(map(cells.text, row)) if t), (0, ""))
        # Most rows begin with their number.
        key = "" if label.isdigit() else names.search_key(label)
        if not _STATES.match(key) or set(_WORDS.findall(key)) - _WHOLE:
            continue
        kind = "unpaid" if _OF_UNPAID.search(key) else "paid" if _OF_PAID.search(key) else "all"
        kinds = ("all", "paid") if kind == "all" else (kind,)
        possible = tuple(counts[one] for one in kinds) + tuple(sums[one] for one in kinds if one in sums)
        numbers = [_whole(text) for text in _NUMBER.findall(label) if len(text) < 25]
        numbers += _numbers_beside(row, place, amount_column)
        checked = [value for value in numbers if value < _MONEY or "all" in sums]
        found += [Stated(number, label, value, possible) for value in checked]
    return found


def _come_to(rows: Sequence[ResultRow]) -> tuple[dict[str, int], dict[str, int]]:
    """Numbers of rows and their sums: of all, of those paid, of those not paid."""
    groups = {
        "all": rows,
        "paid": [row for row in rows if row.status == PAID],
        "unpaid": [row for row in rows if row.status in CAME_BACK],
    }
    counts = {name: len(group) for name, group in groups.items()}
    if any(row.amount is None for row in rows):
        return counts, {}
    return counts, {name: sum(row.amount or 0 for row in group) for name, group in groups.items()}


def _numbers_beside(row: Sequence[object], place: int, amount_column: int | None) -> list[int]:
    """The number in the column of amounts, else the one that stands right of the words."""
    columns = [amount_column] if amount_column is not None and amount_column != place else []
    columns += [column for column in range(place + 1, len(row)) if column not in columns]
    for column in columns:
        if column < len(row) and cells.text(row[column]):
            amount = cells.parse_amount(row[column])
            return [] if amount is None else [amount]
    return []


def _whole(text: str) -> int:
    return int(re.sub(r"\D", "", text))
