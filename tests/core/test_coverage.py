"""Coverage by commune, against the Bình Sơn letter."""

from decimal import Decimal

import pytest

from ansinh_app.core.coverage import coverage, percent, totals

from .world import GOLDEN, rows


def test_the_order_and_ranks_of_the_letter_come_out_of_counts():
    letter = [row for row in rows(GOLDEN / "coverage_binh_son_2023.csv") if row["bound"] == "exact"]
    counts = [(row["commune"], 10_000, int(Decimal(row["registered_percent"]) * 100)) for row in letter]
    found = coverage(reversed(counts))
    assert [(row.commune, str(row.percent)) for row in found] == [
        (row["commune"], row["registered_percent"]) for row in letter
    ]
    assert [row.rank for row in found] == [1, 2, 3, 4, 5]


def test_percent_is_half_up_with_two_digits_and_no_float():
    assert percent(1, 8) == Decimal("12.50") and percent(2, 3) == Decimal("66.67")
    assert percent(1, 1600) == Decimal("0.06") and str(percent(0, 0)) == "0.00"


def test_equal_percents_share_a_rank_and_the_next_is_counted_on():
    found = coverage([("B", 4, 1), ("A", 8, 2), ("C", 100, 1)])
    assert [(row.commune, row.rank) for row in found] == [("A", 1), ("B", 1), ("C", 3)]


def test_the_total_is_computed_from_the_sums():
    total = totals(coverage([("A", 10, 10), ("B", 990, 0)]), "Huyện")
    assert (total.commune, total.total, total.with_account, total.percent) == (
        "Huyện",
        1000,
        10,
        Decimal("1.00"),
    )


def test_more_accounts_than_people_is_an_error():
    with pytest.raises(ValueError, match="A: 3 accounts of 2"):
        coverage([("A", 2, 3)])
