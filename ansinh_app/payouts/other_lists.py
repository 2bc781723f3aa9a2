"""Rows of a result that belong to another list: an old file, last month's, or that of a batch since cancelled.

The same person has the same account and amount every month, so what a row says of itself goes before both.
"""

import re

import frappe

from ansinh_app.core.bankfile import ResultRow
from ansinh_app.payouts.rows import NAME_IN_CAPITALS
from ansinh_app.payouts.run import month_of
from ansinh_app.utils import many

# The month as memos have it ("TC BTXH T11/2026 12").
_MEMO_MONTH = re.compile(r"\bT(0?[1-9]|1[0-2])[/.-](20\d\d)\b")


def part(
    batch, rows: list[ResultRow], line_names, memos: dict[str, str]
) -> tuple[list[ResultRow], list[ResultRow]]:
    """Rows to be matched, and those whose reference names a line of another list, or whose memo another month."""
    known = {name.upper() for name in line_names} | {memo.upper() for memo in memos.values()}
    words = {row.row: set(NAME_IN_CAPITALS.findall(row.line_ref.upper())) for row in rows}
    foreign = _of_others(sorted({word for found in words.values() for word in found} - known))
    month = month_of(batch.period)
    here = (str(month.month), str(month.year))
    kept, others = [], []
    for row in rows:
        text, found = row.line_ref.upper(), words[row.row]
        months = set() if text in known or found & known else set(_MEMO_MONTH.findall(text))
        other_month = months and here not in {(number.lstrip("0"), year) for number, year in months}
        (others if found & foreign or other_month else kept).append(row)
    return kept, others


def _of_others(references: list[str]) -> set[str]:
    found: set[str] = set()
    for chunk in many.chunks(references):
        # References are written in small letters after the first; a provider may send them in capitals.
        names = [word[0] + word[1:].lower() for word in chunk]
        rows = frappe.get_all("Payout Line", filters={"name": ["in", names]}, pluck="name", limit_page_length=0)
        found |= {name.upper() for name in rows}
    return found
