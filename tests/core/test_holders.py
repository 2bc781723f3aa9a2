"""Who may hold an account, on both sides of each age and for each capacity."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh_app.core.holders import (
    AUTHORISED,
    BIRTH_CERTIFICATE,
    CAPACITIES,
    DIFFICULT,
    FULL,
    GUARDIAN,
    GUARDIANSHIP,
    HOLDERS,
    ID_CARD,
    LIMITED,
    LOST,
    MANDATE,
    SELF,
    best,
    choices,
)

TODAY = date(2024, 6, 15)


def open_ways(born, capacity=FULL, on=TODAY):
    return [choice.holder for choice in choices(born, capacity, on) if choice.is_allowed]


@pytest.mark.parametrize(
    ("born", "capacity", "expected"),
    [
        (date(2009, 6, 16), FULL, [GUARDIAN]),  # 14, tomorrow 15
        (date(2009, 6, 15), FULL, [SELF, GUARDIAN]),  # 15 today
        (date(2006, 6, 16), FULL, [SELF, GUARDIAN]),  # 17
        (date(2006, 6, 15), FULL, [SELF, AUTHORISED]),  # 18 today: acts alone or authorises
        (date(1950, 1, 1), FULL, [SELF, AUTHORISED]),
        (date(1950, 1, 1), DIFFICULT, [GUARDIAN]),
        (date(1950, 1, 1), LOST, [GUARDIAN]),
        (date(1950, 1, 1), LIMITED, [GUARDIAN, AUTHORISED]),
        (date(2020, 1, 1), LOST, [GUARDIAN]),
        (date(2008, 2, 29), FULL, [SELF, GUARDIAN]),
    ],
)
def test_ways_by_age_and_capacity(born, capacity, expected):
    assert open_ways(born, capacity) == expected


def test_a_leap_day_child_is_of_age_on_the_first_of_march():
    assert SELF not in open_ways(date(2008, 2, 29), on=date(2023, 2, 28))
    assert SELF in open_ways(date(2008, 2, 29), on=date(2023, 3, 1))


def test_papers_to_bring():
    child, adult = choices(date(2015, 1, 1), FULL, TODAY), choices(date(1980, 1, 1), FULL, TODAY)
    assert [choice.papers for choice in child] == [
        (BIRTH_CERTIFICATE,), (BIRTH_CERTIFICATE, GUARDIANSHIP), (BIRTH_CERTIFICATE, MANDATE),
    ]  # fmt: skip
    assert [choice.papers[0] for choice in adult] == [ID_CARD] * 3


def test_the_way_to_begin_with():
    assert best(date(1980, 1, 1), FULL, TODAY, [AUTHORISED]) == SELF
    assert best(date(2015, 1, 1), FULL, TODAY) == GUARDIAN
    assert best(date(1950, 1, 1), LIMITED, TODAY, [AUTHORISED]) == AUTHORISED


def test_a_refusal_says_why():
    refused = {choice.holder: choice.refused for choice in choices(date(2015, 1, 1), FULL, TODAY)}
    assert refused == {SELF: "too young", GUARDIAN: "", AUTHORISED: "too young"}
    refused = {choice.holder: choice.refused for choice in choices(date(1980, 1, 1), LOST, TODAY)}
    assert refused == {SELF: "capacity", GUARDIAN: "", AUTHORISED: "capacity"}
    with pytest.raises(ValueError):
        choices(date(1980, 1, 1), "Whole", TODAY)


@given(st.dates(date(1900, 1, 1), TODAY), st.sampled_from(CAPACITIES), st.dates(TODAY, date(2030, 1, 1)))
def test_everybody_has_a_way(born, capacity, on):
    ways = open_ways(born, capacity, on)
    assert ways and set(ways) <= set(HOLDERS)
    assert best(born, capacity, on) in ways
