"""Rows of a long list laid on pages: each page has its head, its own sum and what has come up to it.

Neither renderer can sum a page, and Debian's wkhtmltopdf does not repeat a table's head, so pages are made
here from the heights rows will take. Heights are estimates a little on the safe side, in millimetres.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil

# The list's type: 7.5 pt on 1.15 lines, and how wide its characters are on average (Liberation Serif).
_LINE_MM = 7.5 * 1.15 * 0.3528
_CHARACTER_MM = 1.28
_PADDING_MM = 1.3


@dataclass(slots=True)
class Page:
    """One sheet: `rows` as (kind, value), the sum of its lines, the sum of all lines up to its end."""

    rows: list[tuple[str, object]] = field(default_factory=list)
    sums: dict[str, int] = field(default_factory=dict)
    running: dict[str, int] = field(default_factory=dict)
    count: int = 0
    running_count: int = 0


def row_height(cells: Iterable[tuple[str, float]], least: float = 0.0) -> float:
    """Millimetres a row takes whose cells are (text, width in mm); a word longer than the cell is broken."""
    lines = max((_lines(text, width) for text, width in cells), default=1)
    return max(least, lines * _LINE_MM + _PADDING_MM)


def _lines(text: str, width: float) -> int:
    fits = max(1, int((width - 1.5) / _CHARACTER_MM))
    lines, used = 1, 0
    for word in text.split():
        length = len(word)
        if used and used + 1 + length > fits:
            lines, used = lines + 1, 0
        if length > fits:
            lines += ceil(length / fits) - 1
            length = length % fits
        used += length + (1 if used else 0)
    return lines


def lay_out(
    rows: Sequence[tuple[str, object]],
    height: Callable[[str, object], float],
    amounts: Callable[[object], dict[str, int]],
    first: float,
    other: float,
    last: float,
) -> list[Page]:
    """Pages of rows, each a (kind, value): "head" opens a group, "line" counts, "sum" closes a group.

    `first`, `other`: mm there are for rows on the first page and on the others; `last`: mm the signatures
    need after the last row, for which a page is begun when they do not fit. A head never ends a page, and a
    group that goes on has its head again.
    """
    pages, left, group = [Page()], first, None
    for index, (kind, value) in enumerate(rows):
        need = height(kind, value)
        together = need + _bound(rows, index, height)
        if together > left and pages[-1].rows:
            pages.append(Page())
            left = other
            if kind == "line" and group is not None:
                pages[-1].rows.append(("head", group))
                left -= height("head", group)
        if kind == "head":
            group = value
        pages[-1].rows.append((kind, value))
        left -= need
    if last > left and len(pages[-1].rows) > 3:
        pages.append(_torn_off(pages[-1]))
    total: dict[str, int] = {}
    number = 0
    for page in pages:
        for kind, value in page.rows:
            if kind != "line":
                continue
            page.count += 1
            for key, amount in amounts(value).items():
                page.sums[key] = page.sums.get(key, 0) + amount
                total[key] = total.get(key, 0) + amount
        number += page.count
        page.running, page.running_count = dict(total), number
    return pages


def _bound(rows: Sequence[tuple[str, object]], index: int, height: Callable[[str, object], float]) -> float:
    """Millimetres of what must stand on the same page: a head's first line, the sum after a last line."""
    needed = 0.0
    for (kind, _value), (after, value) in zip(rows[index:], rows[index + 1 : index + 3], strict=False):
        if kind == "sum" or (kind == "line" and after != "sum"):
            break
        needed += height(after, value)
    return needed


def _torn_off(page: Page) -> Page:
    """The last rows of a page on a new one, so that signatures never stand alone on their sheet."""
    at = len(page.rows) - 1
    while at > 1 and not _may_tear(page.rows[at - 1][0], page.rows[at][0]):
        at -= 1
    rows, page.rows = page.rows[at:], page.rows[:at]
    return Page(rows=rows)


def _may_tear(before: str, kind: str) -> bool:
    return kind == "head" or (kind == "line" and before != "head")
