"""Money: words read back by an independent parser, exact products, reading amounts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh_app.core.errors import NotWholeDong
from ansinh_app.core.money import as_dong, format_dong, in_words, parse_dong, times

ONES = {
    word: value
    for value, words in enumerate(
        ["không", "một mốt", "hai", "ba", "bốn", "năm lăm", "sáu", "bảy", "tám", "chín"]
    )
    for word in words.split()
}


def read_back(words):
    """The number that Vietnamese words say, by a grammar of its own: tỷ, triệu, nghìn, trăm, mươi."""
    assert words.endswith(" đồng") and words[0].isupper()
    return _whole(words.removesuffix(" đồng").lower().split())


def _whole(words):
    if "tỷ" in words:
        at = len(words) - 1 - words[::-1].index("tỷ")
        return _whole(words[:at]) * 10**9 + _below_billion(words[at + 1 :])
    return _below_billion(words)


def _below_billion(words):
    value = 0
    for scale, word in ((10**6, "triệu"), (1000, "nghìn")):
        if word in words:
            at = words.index(word)
            value += _group(words[:at]) * scale
            words = words[at + 1 :]
    return value + _group(words)


def _group(words):
    value = 0
    if "trăm" in words:
        value, words = ONES[words[0]] * 100, words[2:]
    if not words:
        return value
    if words[0] == "linh":
        return value + ONES[words[1]]
    if words[0] == "mười":
        value, words = value + 10, words[1:]
    elif len(words) > 1 and words[1] == "mươi":
        value, words = value + ONES[words[0]] * 10, words[2:]
    assert len(words) <= 1
    return value + (ONES[words[0]] if words else 0)


def test_words_are_read_back_for_all_numbers_to_100000():
    for number in range(100_001):
        assert read_back(in_words(number)) == number


@given(st.integers(min_value=0, max_value=10**15))
def test_words_are_read_back_for_large_numbers(number):
    assert read_back(in_words(number)) == number


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "Không"),
        (10, "Mười"),
        (15, "Mười lăm"),
        (21, "Hai mươi mốt"),
        (11, "Mười một"),
        (65, "Sáu mươi lăm"),
        (105, "Một trăm linh năm"),
        (1010, "Một nghìn không trăm mười"),
        (1015, "Một nghìn không trăm mười lăm"),
        (1021, "Một nghìn không trăm hai mươi mốt"),
        (10005, "Mười nghìn không trăm linh năm"),
        (540000, "Năm trăm bốn mươi nghìn"),
        (1005000, "Một triệu không trăm linh năm nghìn"),
        (2055000, "Hai triệu không trăm năm mươi lăm nghìn"),
        (2789000, "Hai triệu bảy trăm tám mươi chín nghìn"),
        (3012000, "Ba triệu không trăm mười hai nghìn"),
        (105000005, "Một trăm linh năm triệu không trăm linh năm"),
        (1_000_000_000, "Một tỷ"),
        (1_000_000_005_000, "Một nghìn tỷ không trăm linh năm nghìn"),
        (-540000, "Âm năm trăm bốn mươi nghìn"),
    ],
)
def test_words_are_in_accounting_style(number, words):
    assert in_words(number) == words + " đồng"


def test_times_is_exact_or_refuses():
    assert times(360000, Decimal("2.5")) == 900000
    assert times(540000, Decimal("1.0"), 3) == 1620000
    with pytest.raises(NotWholeDong):
        times(100001, Decimal("1.5"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.250.000 đ", 1250000),
        ("1,250,000", 1250000),
        ("1 250 000 đồng", 1250000),
        ("540000", 540000),
        ("540.000,00", 540000),
        ("540000.0", 540000),
        ("540.000đ", 540000),
        ("VNĐ 360.000", 360000),
        ("-20.000", -20000),
        ("0", 0),
    ],
)
def test_parse_dong_reads_what_people_write(text, amount):
    assert parse_dong(text) == amount


@pytest.mark.parametrize(
    "text", ["", "1.5", "1,5 triệu", "12.34.567", "540.000,50", "1.25.000", "abc", "1e6"]
)
def test_parse_dong_refuses_what_it_would_have_to_guess(text):
    with pytest.raises(NotWholeDong):
        parse_dong(text)


@given(st.integers(min_value=-(10**14), max_value=10**14))
def test_parse_reads_what_format_wrote(amount):
    assert parse_dong(format_dong(amount)) == amount


@pytest.mark.parametrize("value", [540000, 540000.0, Decimal("540000.000000000"), "540000", "540000.00"])
def test_as_dong_takes_every_database_form(value):
    found = as_dong(value)
    assert found == 540000 and type(found) is int


@pytest.mark.parametrize(
    "value", [0.1, 540000.5, Decimal("1.5"), "1.5", None, True, "x", float("nan"), float("inf")]
)
def test_as_dong_refuses_what_is_not_whole(value):
    with pytest.raises(NotWholeDong):
        as_dong(value)
