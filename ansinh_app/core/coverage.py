"""How many people have an account, commune by commune, in the order of the Bình Sơn letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Coverage:
    """One commune's standing: people, people with an account, percent (two digits), rank (1 = highest)."""

    commune: str
    total: int
    with_account: int
    percent: Decimal
    rank: int


def percent(part: int, whole: int) -> Decimal:
    """The share in percent, two digits, half up; 0.00 of nothing.

    >>> percent(1, 3), percent(0, 0)
    (Decimal('33.33'), Decimal('0.00'))
    """
    if whole == 0:
        return Decimal("0.00")
    return (Decimal(part) * 100 / Decimal(whole)).quantize(_CENT, ROUND_HALF_UP)


def coverage(counts: Iterable[tuple[str, int, int]]) -> list[Coverage]:
    """Rows from (commune, total, with_account), highest percent first, names in order where equal.

    Communes with equal percent share a rank. Raises ValueError when more have an account than there are.

    >>> [(row.commune, row.rank) for row in coverage([("A", 10, 1), ("B", 10, 5), ("C", 10, 1)])]
    [('B', 1), ('A', 2), ('C', 2)]
    """
    measured = []
    for commune, total, with_account in counts:
        if not 0 <= with_account <= total:
            raise ValueError(f"{commune}: {with_account} accounts of {total} people")
        measured.append((percent(with_account, total), commune, total, with_account))
    measured.sort(key=lambda item: (-item[0], item[1]))
    rows: list[Coverage] = []
    for place, (share, commune, total, with_account) in enumerate(measured, start=1):
        rank = rows[-1].rank if rows and rows[-1].percent == share else place
        rows.append(Coverage(commune, total, with_account, share, rank))
    return rows


def totals(rows: Iterable[Coverage], name: str = "") -> Coverage:
    """The sum of the rows, its percent computed from the sums; rank 0."""
    rows = list(rows)
    total, with_account = sum(row.total for row in rows), sum(row.with_account for row in rows)
    return Coverage(name, total, with_account, percent(with_account, total), 0)
