"""What the identifiers share: findings, and a cell's value as bare text."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite

from ..errors import BadIdentifier

_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE]\+?\d+")
_SEPARATORS = re.compile(r"[\s.\-'’`_\u200b-\u200f\u2060\ufeff]+")
# Excel keeps 15 digits of a number cell; what was typed after them is lost.
_KEPT_DIGITS = 10**15


@dataclass(frozen=True, slots=True)
class Finding:
    """A doubt about a number that may still be right: a code and its facts."""

    code: str
    params: dict[str, str] = field(default_factory=dict)


def bare(value: object, kind: str) -> str:
    """The cell's text without separators, upper case. Raises BadIdentifier when Excel has eaten digits."""
    if isinstance(value, bool) or value is None:
        raise BadIdentifier(kind=kind, problem="empty", value=value)
    if isinstance(value, (int, float)):
        if not isfinite(value) or value < 0 or value != int(value):
            raise BadIdentifier(kind=kind, problem="not a number of digits", value=value)
        if isinstance(value, float) and value >= _KEPT_DIGITS:
            raise BadIdentifier(kind=kind, problem="digits lost in a number cell", value=value)
        return str(int(value))
    text = str(value)
    return text if text.isascii() and text.isdigit() else _bare_text(text, kind)


def _all_digits(text: str) -> str | None:
    """The number a text in scientific notation stands for, where every one of its digits is written out."""
    digits, power = re.split("[eE]", text.lstrip("+").replace(",", "."))
    whole, _point, fraction = digits.partition(".")
    complete = len(whole) == 1 and len(fraction) == int(power) and int(power) < 15
    return whole + fraction if complete else None


@lru_cache(maxsize=4096)
def _bare_text(value: str, kind: str) -> str:
    text = unicodedata.normalize("NFKC", value).strip()
    if _SCIENTIFIC.fullmatch(text):
        whole = _all_digits(text)
        if whole:
            return whole
        raise BadIdentifier(kind=kind, problem="scientific notation, digits lost", value=text)
    # A number cell that was turned into text: "20190012345.0"
    text = re.sub(r"(?<=\d)\.0$", "", text)
    text = _SEPARATORS.sub("", text).upper()
    if not text:
        raise BadIdentifier(kind=kind, problem="empty", value=value)
    if _SCIENTIFIC.fullmatch(text):
        # "9.99E-7" and "12 34E5" would be read as another number the second time.
        raise BadIdentifier(kind=kind, problem="scientific notation, digits lost", value=value)
    return text
