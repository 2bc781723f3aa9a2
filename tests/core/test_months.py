"""Months: order, arithmetic, reading."""

import copy
import pickle
from datetime import date, datetime

import pytest

from ansinh_app.core.errors import BadMonth
from ansinh_app.core.months import Month


@pytest.mark.parametrize(
    "value", ["2024-05", "2024-05-01", "2024-05-31 00:00:00", date(2024, 5, 9), Month(2024, 5)]
)
def test_parse_reads_every_form_a_document_holds(value):
    assert Month.parse(value) == Month(2024, 5)


def test_parse_reads_a_datetime():
    assert Month.parse(datetime(2024, 5, 9, 23, 59)) == Month(2024, 5)


@pytest.mark.parametrize("value", ["2024-13", "2024-00", "05/2024", "2024-02-30", "", None, 202405])
def test_parse_refuses_what_is_not_a_month(value):
    with pytest.raises(BadMonth):
        Month.parse(value)


def test_arithmetic_crosses_years():
    assert Month(2024, 11) + 3 == Month(2025, 2)
    assert Month(2024, 1) - 1 == Month(2023, 12)
    assert Month(2025, 2) - Month(2024, 11) == 3


def test_range_includes_both_ends_and_is_empty_backwards():
    assert list(Month.range(Month(2023, 12), Month(2024, 2))) == [
        Month(2023, 12),
        Month(2024, 1),
        Month(2024, 2),
    ]
    assert list(Month.range(Month(2024, 2), Month(2024, 1))) == []


def test_days_of_february():
    assert (Month(2024, 2).first_day, Month(2024, 2).last_day) == (date(2024, 2, 1), date(2024, 2, 29))
    assert Month(2023, 2).last_day == date(2023, 2, 28)


def test_months_are_ordered_hashable_and_unlike_numbers():
    assert sorted([Month(2024, 2), Month(2023, 12)]) == [Month(2023, 12), Month(2024, 2)]
    assert Month(2024, 2) >= Month(2024, 2) > Month(2024, 1)
    assert {Month(2024, 1): "x"}[Month(2024, 1)] == "x"
    assert Month(2024, 1) != Month(2024, 1).index
    with pytest.raises(TypeError):
        assert Month(2024, 1) < 5


def test_a_month_cannot_be_changed_and_survives_copies():
    month = Month(2024, 1)
    with pytest.raises(AttributeError):
        month.year = 2025
    assert pickle.loads(pickle.dumps(month)) == copy.deepcopy(month) == month
