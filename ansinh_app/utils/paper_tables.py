"""A long table on paper: columns in millimetres, rows laid on sheets with their sums, for the macro `sheets`.

Rows come as (kind, value): ("head", text) opens a group, ("line", dict) is a row, ("sum", {"label", "totals"}) closes
the group. Amounts are whole đồng. The words under a sheet may be a list's own: see `said`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import frappe

from ansinh_app.utils import paging

# A4 across less its margins (30 left, 15 right, 20 above and below) in mm: its width, and what a sheet has for rows
# beside its own head and sums.
LANDSCAPE, LANDSCAPE_ROWS = 252, 152
_SUM_ROW = 4.6


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `width` in mm before it is fitted to the page; kind num (an amount, đồng), digits (centred) or "".

    `summed`: counted on the sheet. `always`: 0 is printed, not left blank. `note`: key of a small second line.
    """

    key: str
    head: str
    width: float
    kind: str = ""
    summed: bool = False
    always: bool = False
    note: str = ""


def lay_out(
    columns: Sequence[Column],
    rows: Sequence[tuple[str, object]],
    said: dict[str, str],
    *,
    first: float,
    other: float = LANDSCAPE_ROWS,
    last: float,
    least: float = 0.0,
) -> dict:
    """The table for `blocks.sheets`: columns in percent, pages. `first`, `other`, `last`: as paging.lay_out has them.

    `said`: the words of the sums, keys page, forward, whole, each with {0} for how many lines; they are Vietnamese
    already. `least`: mm of a row at least, where it is signed by hand.
    """
    whole = sum(column.width for column in columns)
    widths = {column.key: column.width * LANDSCAPE / whole for column in columns}
    keys = [column.key for column in columns if column.summed]
    notes = {column.key: column.note for column in columns if column.note}

    def height(kind: str, value) -> float:
        if kind != "line":
            return _SUM_ROW
        cells = [(_text(value.get(column.key), column), widths[column.key]) for column in columns]
        tallest = paging.row_height(
            [cell for cell, column in zip(cells, columns, strict=True) if not column.note]
        )
        for key, note in notes.items():
            texts = [text for text in (value.get(key), value.get(note)) if text]
            tallest = max(tallest, sum(paging.row_height([(text, widths[key])]) for text in texts))
        return max(least, tallest)

    return {
        "columns": [
            frappe._dict(
                key=column.key,
                head=column.head,
                percent=round(100 * column.width / whole, 2),
                kind=column.kind,
                summed=column.summed,
                always=column.always,
                note=column.note,
            )
            for column in columns
        ],
        "before": next((place for place, column in enumerate(columns) if column.summed), len(columns)),
        "said": said,
        "pages": paging.lay_out(
            rows, height, lambda line: {key: line[key] or 0 for key in keys}, first, other, last
        ),
    }


def _text(value, column: Column) -> str:
    if column.kind == "num":
        return f"{value or 0:,}"
    return "" if value is None else str(value)


def grouped(lines: Sequence[dict], by: Callable[[dict], str], label: str, keys: Sequence[str]) -> list:
    """Rows of lines already in order: a head for each group, its lines, its sum. `label` has {0} group, {1} count."""
    rows: list[tuple[str, object]] = []
    group: list[dict] = []

    def close():
        if group:
            totals = {key: sum(line[key] or 0 for line in group) for key in keys}
            rows.append(("sum", {"label": label.format(by(group[0]), len(group)), "totals": totals}))

    for line in lines:
        if not group or by(group[0]) != by(line):
            close()
            group = []
            rows.append(("head", by(line)))
        group.append(line)
        rows.append(("line", line))
    close()
    return rows
