"""What a provider paid against what was sent: matching of rows, and the settlement of a period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from . import names
from .bankfile import ResultRow
from .ledger import CAME_BACK, PAID


@dataclass(frozen=True, slots=True)
class SentLine:
    """A payout line as it went to the provider, in đồng. `ref` is the reference the provider was given; `memo`
    the text of the payment, which a provider that drops the reference sends back."""

    ref: str
    account_no: str
    payee_name: str
    amount: int
    status: str = "Sent"
    memo: str = ""


@dataclass(slots=True)
class Matching:
    """Every row is matched, unchanged or unmatched with a reason; `missing` are lines no row speaks of.

    `unchanged`: the row says what the line already knows, as when a file is imported twice. `about`: the line
    an unmatched row speaks of, by the row's number, where that is known.
    """

    matched: list[tuple[SentLine, ResultRow]] = field(default_factory=list)
    unchanged: list[tuple[SentLine, ResultRow]] = field(default_factory=list)
    unmatched: list[tuple[ResultRow, str]] = field(default_factory=list)
    missing: list[SentLine] = field(default_factory=list)
    about: dict[int, SentLine] = field(default_factory=dict)

    def reject(self, row: ResultRow, reason: str, line: SentLine | None = None) -> None:
        """Lists a row as unmatched, with the line it speaks of."""
        self.unmatched.append((row, reason))
        if line is not None:
            self.about[row.row] = line


def match(lines: Iterable[SentLine], result_rows: Iterable[ResultRow]) -> Matching:
    """Rows to lines by reference, then account + amount, then name + amount; only where it is unique.

    Reasons of unmatched rows: no_status, amount_differs, account_differs, conflicting_rows, repeated_row,
    several_candidates, no_such_line, contradicts_earlier_result (the line is known paid or returned, and
    the row says otherwise: a person decides, for paying again or not hangs on it).
    """
    lines = list(lines)
    matching = Matching()
    pairs: _Pairs = {}
    left = _by_reference(lines, list(result_rows), pairs, matching)
    free = [line for line in lines if id(line) not in pairs]
    for line_key, row_key in ((_line_account, _row_account), (_line_name, _row_name)):
        left = _by_key(free, left, line_key, row_key, pairs)
        free = [line for line in free if id(line) not in pairs]
    keys_of = (_line_account, _line_name)
    taken = {key(line) for line in lines if id(line) in pairs for key in keys_of} if left else set()
    open_keys = {key(line) for line in free for key in keys_of} if left else set()
    for row in left:
        keys = {_row_account(row), _row_name(row)} - {None}
        if keys & open_keys:
            reason = "several_candidates"
        else:
            reason = "repeated_row" if keys & taken else "no_such_line"
        matching.reject(row, reason)
    for found in pairs.values():
        _decide(found, matching)
    touched = {id(line) for line, _row in matching.matched + matching.unchanged}
    matching.missing = [line for line in lines if id(line) not in touched]
    matching.unmatched.sort(key=lambda item: item[0].row)
    return matching


_Pairs = dict[int, list[tuple[SentLine, ResultRow]]]  # by the id of the line


def _by_reference(
    lines: Sequence[SentLine], rows: Sequence[ResultRow], pairs: _Pairs, matching: Matching
) -> list[ResultRow]:
    """Pairs rows with the line whose reference they carry; returns the rows that carry none."""
    by_ref = _memos_of_one_line(lines) | {line.ref.upper(): line for line in lines if line.ref}
    left = []
    for row in rows:
        line = _referred(row.line_ref.upper(), by_ref)
        if line is None:
            left.append(row)
        elif row.amount is not None and row.amount != line.amount:
            matching.reject(row, "amount_differs", line)
        elif _other_account(row.account_no, line.account_no):
            matching.reject(row, "account_differs", line)
        else:
            pairs.setdefault(id(line), []).append((line, row))
    return left


def _memos_of_one_line(lines: Sequence[SentLine]) -> dict[str, SentLine]:
    """Memos that name one line only; a template without a line number gives all lines the same."""
    counts = Counter(line.memo.upper() for line in lines)
    return {line.memo.upper(): line for line in lines if line.memo and counts[line.memo.upper()] == 1}


def _referred(text: str, by_ref: dict[str, SentLine]) -> SentLine | None:
    if text in by_ref:
        return by_ref[text]
    found = {id(by_ref[word]): by_ref[word] for word in re.split(r"[\s,;:|]+", text) if word in by_ref}
    return next(iter(found.values())) if len(found) == 1 else None


def _other_account(stated: str, sent: str) -> bool:
    """Whether the provider names another account; a masked or missing number says nothing."""
    return bool(stated and sent) and "*" not in stated and stated.lstrip("0") != sent.lstrip("0")


def _by_key(
    lines: Iterable[SentLine],
    rows: Iterable[ResultRow],
    line_key: Callable[[SentLine], Hashable],
    row_key: Callable[[ResultRow], Hashable],
    pairs: _Pairs,
) -> list[ResultRow]:
    """Pairs where exactly one line and one row share a key; returns the rows left over."""
    line_groups: dict[Hashable, list[SentLine]] = {}
    for line in lines:
        line_groups.setdefault(line_key(line), []).append(line)
    rows = list(rows)
    row_groups: dict[Hashable, list[ResultRow]] = {}
    for row in rows:
        row_groups.setdefault(row_key(row), []).append(row)
    left = []
    for row in rows:
        key = row_key(row)
        candidates = line_groups.get(key, []) if key is not None else []
        if len(candidates) == 1 and len(row_groups[key]) == 1:
            pairs.setdefault(id(candidates[0]), []).append((candidates[0], row))
        else:
            left.append(row)
    return left


def _line_account(line: SentLine) -> Hashable:
    return ("account", line.account_no.lstrip("0"), line.amount) if line.account_no else None


def _row_account(row: ResultRow) -> Hashable:
    # A number cell in between may have eaten leading zeros on either side.
    known = row.account_no and row.amount is not None
    return ("account", row.account_no.lstrip("0"), row.amount) if known else None


def _line_name(line: SentLine) -> Hashable:
    return ("name", names.ascii_upper(line.payee_name), line.amount)


def _row_name(row: ResultRow) -> Hashable:
    name = names.ascii_upper(row.name)
    return ("name", name, row.amount) if name and row.amount is not None else None


def _decide(found: list[tuple[SentLine, ResultRow]], matching: Matching) -> None:
    """What the rows of one line come to."""
    statuses = {row.status for _line, row in found}
    if len(statuses) > 1:
        for line, row in found:
            matching.reject(row, "conflicting_rows", line)
        return
    line, row = found[0]
    for _line, again in found[1:]:
        matching.reject(again, "repeated_row", line)
    if not row.status:
        matching.reject(row, "no_status", line)
    elif row.status == line.status:
        matching.unchanged.append((line, row))
    elif line.status == PAID or line.status in CAME_BACK:
        matching.reject(row, "contradicts_earlier_result", line)
    else:
        matching.matched.append((line, row))


@dataclass(frozen=True, slots=True)
class Settlement:
    """Lines A to G of the reconciliation of a period with one provider (F11, NĐ 20/2021 Đ34.5), in đồng."""

    a_carried_in: int
    b_received: int
    c_due: int
    d_paid: int
    e_unpaid: int
    f_returned: int
    g_held: int

    @property
    def difference(self) -> int:
        """Money held that no unpaid line explains: the period closes when it is zero."""
        return self.g_held - self.e_unpaid

    @property
    def uncounted(self) -> int:
        """What was due and is neither paid nor on the list of unpaid lines."""
        return self.c_due - self.d_paid - self.e_unpaid


def settlement(
    carried_in: int, received: int, due: int, paid: int, unpaid: int, returned: int = 0
) -> Settlement:
    """The settlement with G = A + B - D - F.

    >>> settlement(carried_in=540000, received=1000000, due=1540000, paid=1000000, unpaid=540000).difference
    0
    """
    held = carried_in + received - paid - returned
    return Settlement(carried_in, received, due, paid, unpaid, returned, held)
