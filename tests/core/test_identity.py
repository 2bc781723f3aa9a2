"""Identifiers: shapes, doubts, repairs of what Excel dropped, masks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh_app.core.errors import BadIdentifier
from ansinh_app.core.identity import account, cccd, cmnd, phone

from .world import DATA, rows

PROVINCES = {row["cccd_prefix"] for row in rows(DATA / "cccd_provinces.csv")}


def codes(findings):
    return [finding.code for finding in findings]


@pytest.mark.parametrize(
    ("number", "sex", "born", "found"),
    [
        ("020190001234", "Female", date(1990, 1, 1), []),
        ("020090001234", "Male", date(1990, 1, 1), []),
        ("020215001234", "Male", date(2015, 1, 1), []),
        ("020190001234", "Male", date(1990, 1, 1), ["sex_differs"]),
        ("020190001234", "Female", date(1991, 1, 1), ["birth_year_differs"]),
        ("003190001234", "Female", date(1990, 1, 1), ["unknown_province"]),
        ("020190001234", None, None, []),
    ],
)
def test_cccd_doubts_are_findings_not_refusals(number, sex, born, found):
    assert codes(cccd.validate(number, sex, born, PROVINCES)) == found


@pytest.mark.parametrize(
    "number", ["", None, "20190001234", "0201900012345", "02019000123A", "2.019E+10", -5, 1.5, True]
)
def test_cccd_refuses_what_cannot_be_one(number):
    with pytest.raises(BadIdentifier):
        cccd.validate(number)
    assert not cccd.is_valid(number)


@pytest.mark.parametrize(
    "number", ["020 190 001 234", "'020190001234", "020.190.001.234", "０２０190001234", "020190001234\u200b"]
)
def test_cccd_compact_takes_off_what_people_put_between(number):
    assert cccd.compact(number) == "020190001234"


@given(
    st.sampled_from(sorted(prefix for prefix in PROVINCES if prefix.startswith("0"))),
    st.sampled_from(["Male", "Female"]),
    st.dates(date(1900, 1, 1), date(2026, 1, 1)),
    st.integers(0, 999_999),
)
def test_cccd_gets_its_lost_zeros_back_when_all_agrees(prefix, sex, born, serial):
    century = (born.year - 1900) // 100 * 2 + (sex == "Female")
    number = f"{prefix}{century}{born.year % 100:02d}{serial:06d}"
    assert cccd.validate(number, sex, born, PROVINCES) == []
    lost = int(number)
    assert cccd.repair(lost, sex, born, PROVINCES) == number
    assert cccd.repair(float(lost), sex, born, PROVINCES) == number
    assert cccd.repair(lost, sex, born.replace(year=born.year + 1, day=1), PROVINCES) is None
    assert cccd.repair(lost, sex, None, PROVINCES) is None
    assert cccd.repair(lost, sex, born, None) is None


def test_cccd_repair_needs_the_sex_for_two_zeros_and_never_touches_nine_digits():
    born = date(1990, 1, 1)
    assert cccd.repair(1190001234, "Female", born, PROVINCES) == "001190001234"
    assert cccd.repair(1190001234, None, born, PROVINCES) is None
    assert cccd.repair(190001234, "Female", born, PROVINCES) is None


def test_cmnd_has_nine_digits():
    assert cmnd.is_valid("080 123 456") and not cmnd.is_valid("0801234567") and not cmnd.is_valid("08012345A")
    assert cmnd.repair(80123456) == "080123456" and cmnd.repair("80123456") is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("0162 2345678", "0322345678"),
        ("01692345678", "0392345678"),
        ("01202345678", "0702345678"),
        ("01212345678", "0792345678"),
        ("01222345678", "0772345678"),
        ("01262345678", "0762345678"),
        ("01282345678", "0782345678"),
        ("01232345678", "0832345678"),
        ("01272345678", "0812345678"),
        ("01862345678", "0562345678"),
        ("01882345678", "0582345678"),
        ("01992345678", "0592345678"),
        ("+84 912 345 678", "0912345678"),
        ("84912345678", "0912345678"),
        ("+84 (0) 912345678", "0912345678"),
        ("0084912345678", "0084912345678"),
        (912345678.0, "0912345678"),
        (1662345678, "0362345678"),
    ],
)
def test_phone_numbers_come_to_todays_form(old, new):
    assert phone.compact(old) == new


def test_phone_knows_mobile_landline_and_neither():
    assert codes(phone.validate("0362345678")) == []
    assert codes(phone.validate("0255 3812345")) == ["landline"]
    for wrong in ("0112345678", "12345", "0512345678", "09123456789"):
        assert not phone.is_valid(wrong)


@pytest.mark.parametrize("number", ["060123456789", "AB1234", "9704 0312 3456 7890", "1" * 19])
def test_accounts_of_six_to_nineteen_letters_or_digits_are_valid(number):
    assert account.is_valid(number)


@pytest.mark.parametrize(
    "number", ["1.23457E+14", "1,23457E+14", "1e14", 1.23457e15, "12345", "1" * 20, "12345ê", "", None]
)
def test_accounts_that_lost_digits_or_cannot_be_one_are_refused(number):
    with pytest.raises(BadIdentifier):
        account.validate(number)


def test_an_account_from_a_number_cell_is_kept_and_doubted():
    assert account.compact(60123456789.0) == "60123456789"
    assert codes(account.validate(60123456789.0)) == ["number_cell"]


def test_masks_show_no_more_than_they_should():
    assert cccd.mask("020190001234") == "020*****1234"
    assert account.mask("060123456789") == "****6789"
    assert phone.mask("0912345567") == "091****567"
    assert cmnd.mask("080123456") == "*****3456"
    for mask in (cccd.mask, account.mask, phone.mask, cmnd.mask):
        assert mask("1234") == "****" and mask("") == mask(None) == ""
