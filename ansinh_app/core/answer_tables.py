"""The table in a provider's answer: where its header stands, which column is which, and its rows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import cells, names

if TYPE_CHECKING:
    from .bankfile import Column

Grid = Sequence[Sequence[object]]
Patterns = Sequence[tuple[str, re.Pattern[str]]]

# A header stands near the top and is short; a longer text with the same words is a sentence of the letter.
_ROWS, _LONGEST = 60, 60
_SUM = re.compile(r"(tong|cong)\b")


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header: `number` from 1, and by field the cells and their texts."""

    number: int
    cells: Mapping[str, object]
    texts: Mapping[str, str]


def header(
    grid: Grid, patterns: Patterns, own: Mapping[str, str] | None = None
) -> tuple[int, dict[str, int]]:
    """The row (from 0) that names most fields, and the column of each; (-1, {}) where no row names any.

    `own` maps header texts of the provider's own layout (search keys) to fields and goes before `patterns`;
    of two columns for one field the layout's own counts, else the left one.
    """
    best: tuple[int, dict[str, int]] = (-1, {})
    own = own or {}
    for index, row in enumerate(grid[:_ROWS]):
        keys = [names.search_key(cells.text(value)) for value in row]
        columns: dict[str, int] = {}
        for column, key in enumerate(keys):
            if key in own:
                columns.setdefault(own[key], column)
        mine = set(columns.values())
        for column, key in enumerate(keys):
            if not key or len(key) > _LONGEST or column in mine:
                continue
            field = next((field for field, pattern in patterns if pattern.search(key)), None)
            if field:
                columns.setdefault(field, column)
        if len(columns) > len(best[1]):
            best = (index, columns)
    return best


def rows(grid: Grid, start: int, columns: Mapping[str, int]) -> Iterator[Row]:
    """The rows below the header in row `start` (from 0); sums are left out."""
    for index in range(start + 1, len(grid)):
        row = grid[index]
        first = next((text for text in map(cells.text, row) if text), "")
        if not first.isdigit() and _SUM.match(names.search_key(first)):
            continue
        found = {field: row[column] if column < len(row) else None for field, column in columns.items()}
        yield Row(index + 1, found, {field: cells.text(value) for field, value in found.items()})


def own_headers(columns: Iterable[Column], fields: Mapping[str, str]) -> dict[str, str]:
    """Search key of a layout's header -> the field an answer means by it, of the columns in `fields`."""
    return {
        names.search_key(column.header): fields[column.field] for column in columns if column.field in fields
    }
