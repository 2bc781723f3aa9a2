"""Whole đồng: exact products, reading and writing amounts, amounts in Vietnamese words."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from .errors import NotWholeDong

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ("", "nghìn", "triệu")
_BILLION = 1_000_000_000
# More digits than any amount has; a number as long as "1e999999999" would fill the memory.
_MOST_DIGITS = 40
_UNIT = re.compile(r"(?:đồng|dong|vnđ|vnd|đ|d|₫)\.?", re.IGNORECASE)
_GROUPED = re.compile(r"(\d{1,3}(?:([.,])\d{3})(?:\2\d{3})*)(?:(?!\2)[.,]0{1,2})?")
_PLAIN = re.compile(r"(\d+)(?:[.,]0{1,2})?")


def in_words(amount: int) -> str:
    """The amount in words as northern accounting forms write it (nghìn, linh), first letter capital.

    >>> in_words(540000)
    'Năm trăm bốn mươi nghìn đồng'
    >>> in_words(2055000)
    'Hai triệu không trăm năm mươi lăm nghìn đồng'
    """
    words = _read(abs(amount))
    if amount < 0:
        words = "âm " + words
    return f"{words[0].upper()}{words[1:]} đồng"


def _read(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    # Above 999 tỷ the billions are read as a number of their own: "một nghìn tỷ".
    billions, rest = divmod(number, _BILLION)
    words = [_read(billions), "tỷ"] if billions else []
    for power in (2, 1, 0):
        group = rest // 1000**power % 1000
        if group:
            words.append(_read_group(group, full=bool(words)))
            words.append(_SCALES[power])
    return " ".join(word for word in words if word)


def _read_group(group: int, full: bool) -> str:
    """Three digits; `full` reads the zero hundreds too, as every group after the first is read."""
    hundreds, tens, ones = group // 100, group // 10 % 10, group % 10
    words = []
    if hundreds or full:
        words += [_DIGITS[hundreds], "trăm"]
    if tens == 0:
        if ones:
            words += ["linh", _DIGITS[ones]] if words else [_DIGITS[ones]]
        return " ".join(words)
    words += ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones == 1 and tens > 1:
        words.append("mốt")
    elif ones == 5:
        words.append("lăm")
    elif ones:
        words.append(_DIGITS[ones])
    return " ".join(words)


def format_dong(amount: int) -> str:
    """The amount with a dot between thousands, as Vietnamese forms write it.

    >>> format_dong(1250000)
    '1.250.000'
    """
    return f"{amount:,}".replace(",", ".")


def parse_dong(text: str) -> int:
    """The amount a person wrote: dots, commas or blanks between thousands, a unit behind or before it.

    A fraction other than zero, or groups that are not thousands, raise NotWholeDong.

    >>> parse_dong("1.250.000 đ"), parse_dong("540,000.00"), parse_dong("VND 360000")
    (1250000, 540000, 360000)
    """
    if len(text) > 10 * _MOST_DIGITS:
        raise NotWholeDong(value=text[:_MOST_DIGITS] + "…")
    bare = _UNIT.sub("", text.strip()).strip()
    sign = -1 if bare.startswith("-") else 1
    bare = bare.lstrip("-").strip()
    if re.fullmatch(r"\d{1,3}(?:[\s\u00a0\u202f]\d{3})+", bare):
        bare = re.sub(r"\s", "", bare)
    grouped = _GROUPED.fullmatch(bare)
    if grouped:
        return sign * int(re.sub(r"[.,]", "", grouped[1]))
    plain = _PLAIN.fullmatch(bare)
    if plain:
        return sign * int(plain[1])
    raise NotWholeDong(value=text)


def times(base: int, coefficient: Decimal, quantity: int = 1) -> int:
    """base × coefficient × quantity in đồng, exact, or NotWholeDong.

    >>> times(360000, Decimal("1.5"), 2)
    1080000
    """
    product = Decimal(base) * coefficient * quantity
    whole = int(product)
    if whole != product:
        raise NotWholeDong(value=f"{base} × {coefficient} × {quantity}")
    return whole


def as_dong(value: object) -> int:
    """A database's number as whole đồng; MariaDB hands Currency over as float. Raises NotWholeDong.

    >>> as_dong(540000.0), as_dong("540000.000000000")
    (540000, 540000)
    """
    if isinstance(value, bool):
        raise NotWholeDong(value=value)
    if isinstance(value, int):
        return int(value)
    if type(value) is float and value.is_integer():
        return int(value)
    if not isinstance(value, (float, Decimal, str)):
        raise NotWholeDong(value=value)
    try:
        number = Decimal(value)
        whole = int(number) if number.adjusted() < _MOST_DIGITS else 0
    except (InvalidOperation, TypeError, ValueError, OverflowError):
        raise NotWholeDong(value=value) from None
    if whole != number:
        raise NotWholeDong(value=value)
    return whole


def percent_of(amount: int, percent: Decimal | str | None) -> int:
    """A percentage of an amount in whole đồng, half a đồng up, as fees are counted (TT 76/2021/TT-BTC Đ3.7).

    >>> percent_of(714_600_000, "0.3"), percent_of(150, "0.7"), percent_of(1_000, None)
    (2143800, 1, 0)
    """
    share = Decimal(amount) * Decimal(str(percent or 0)) * Decimal("0.01")
    return int(share.quantize(Decimal(1), ROUND_HALF_UP))
