"""CMND, the old identity card number: 9 digits, void since 01/01/2025, kept to match bank data."""

from __future__ import annotations

import re

from ..errors import BadIdentifier
from .common import Finding, bare

_KIND = "cmnd"
_SHAPE = re.compile(r"[0-9]{9}")


def compact(number: object) -> str:
    """The number without blanks, dots or dashes. Raises BadIdentifier."""
    return bare(number, _KIND)


def validate(number: object) -> list[Finding]:
    """No doubt is ever found in nine digits; anything else raises BadIdentifier (ten digits too).

    >>> validate("080 123 456")
    []
    """
    found = compact(number)
    if not _SHAPE.fullmatch(found):
        raise BadIdentifier(kind=_KIND, problem="a CMND has 9 digits", value=found)
    return []


def is_valid(number: object) -> bool:
    """Whether the number has nine digits.

    >>> is_valid("080123456"), is_valid("0801234567")
    (True, False)
    """
    try:
        validate(number)
    except BadIdentifier:
        return False
    return True


def repair(number: object) -> str | None:
    """Eight digits of a number cell with the leading zero put back (provinces 01-09), else None.

    >>> repair(80123456.0)
    '080123456'
    """
    found = compact(number)
    return "0" + found if isinstance(number, (int, float)) and re.fullmatch(r"[1-9][0-9]{7}", found) else None


def format(number: object) -> str:
    """The number as cards print it."""
    return compact(number)


def mask(number: object) -> str:
    """The number with all but its end hidden.

    >>> mask("080123456")
    '*****3456'
    """
    found = str(number or "")
    return f"*****{found[-4:]}" if len(found) >= 8 else "*" * len(found)
