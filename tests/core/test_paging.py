"""Pages of a long list: nothing lost, no head left alone, each page's sum and what has come up to it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh_app.utils import paging

HEIGHTS = {"head": 4.0, "line": 5.0, "sum": 4.0}


def rows_of(groups: list[list[int]]) -> list[tuple[str, object]]:
    rows = []
    for number, amounts in enumerate(groups):
        rows.append(("head", f"Xã {number}"))
        rows += [("line", amount) for amount in amounts]
        rows.append(("sum", number))
    return rows


def pages_of(groups, first=30.0, other=60.0, last=20.0):
    return paging.lay_out(
        rows_of(groups), lambda kind, _row: HEIGHTS[kind], lambda row: {"total": row}, first, other, last
    )


@given(st.lists(st.lists(st.integers(1, 10**9), min_size=1, max_size=40), min_size=1, max_size=8))
def test_pages_hold_every_row_once_and_fit(groups):
    pages = pages_of(groups)
    lines = [row for page in pages for kind, row in page.rows if kind == "line"]
    assert lines == [amount for group in groups for amount in group]
    assert sum(page.sums["total"] for page in pages) == sum(lines) == pages[-1].running["total"]
    assert pages[-1].running_count == len(lines)
    for number, page in enumerate(pages):
        assert sum(HEIGHTS[kind] for kind, _row in page.rows) <= (60.0 if number else 30.0)
        assert page.count > 0
        assert page.rows[-1][0] != "head" and page.rows[0][0] != "sum"
    used = sum(HEIGHTS[kind] for kind, _row in pages[-1].rows)
    assert used + 20.0 <= 60.0 or len(pages[-1].rows) <= 3


def test_a_group_that_goes_on_has_its_head_again():
    pages = pages_of([[1] * 30])
    assert len(pages) > 2
    assert all(page.rows[0] == ("head", "Xã 0") for page in pages)


@pytest.mark.parametrize(
    ("text", "lines"), [("", 1), ("Nguyễn Thị An", 1), ("Nguyễn Thị Thanh Hương Giang", 2), ("0" * 60, 4)]
)
def test_a_narrow_cell_takes_more_lines(text, lines):
    one = paging.row_height([("", 25)])
    assert paging.row_height([(text, 25)]) == pytest.approx(one + (lines - 1) * 7.5 * 1.15 * 0.3528)
