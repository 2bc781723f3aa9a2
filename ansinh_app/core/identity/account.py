"""Account numbers: 6 to 19 digits or letters, always text; their length per bank is not a rule."""

from __future__ import annotations

import re

from ..errors import BadIdentifier
from .common import Finding, bare

_KIND = "account"
_SHAPE = re.compile(r"[0-9A-Z]{6,19}")


def compact(number: object) -> str:
    """The number without blanks, dots or dashes, letters upper case. Raises BadIdentifier for 1.23E+14.

    >>> compact("0601 2345 6789")
    '060123456789'
    """
    return bare(number, _KIND)


def validate(number: object) -> list[Finding]:
    """A number cell is a finding: its leading zeros are lost, if it had any. Raises BadIdentifier.

    >>> validate("060123456789")
    []
    >>> validate(60123456789)[0].code
    'number_cell'
    """
    found = compact(number)
    if not _SHAPE.fullmatch(found):
        raise BadIdentifier(kind=_KIND, problem="6 to 19 digits or letters A-Z are expected", value=found)
    return [Finding("number_cell", {})] if isinstance(number, (int, float)) else []


def is_valid(number: object) -> bool:
    """Whether it can be an account number.

    >>> is_valid("060123456789"), is_valid("1.23457E+14"), is_valid("12345")
    (True, False, False)
    """
    try:
        validate(number)
    except BadIdentifier:
        return False
    return True


def format(number: object) -> str:
    """The number as banks' files want it: unbroken."""
    return compact(number)


def mask(number: object) -> str:
    """The number with all but its end hidden.

    >>> mask("060123456789")
    '****6789'
    """
    found = str(number or "")
    return f"****{found[-4:]}" if len(found) >= 6 else "*" * len(found)
