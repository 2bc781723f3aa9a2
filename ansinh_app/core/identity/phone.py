"""Phone numbers: mobile with the prefixes of 2018, old eleven-digit mobiles renumbered, landlines known."""

from __future__ import annotations

import re

from ..errors import BadIdentifier
from .common import Finding, bare

_KIND = "phone"
_MOBILE = re.compile(r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}")
_LANDLINE = re.compile(r"02[0-9]{8,9}")
# Renumbering of 2018: eleven digits became ten (DOMAIN 4.2).
_OLD_PREFIXES = {f"016{digit}": f"03{digit}" for digit in range(2, 10)} | {
    "0120": "070",
    "0121": "079",
    "0122": "077",
    "0126": "076",
    "0128": "078",
    "0123": "083",
    "0124": "084",
    "0125": "085",
    "0127": "081",
    "0129": "082",
    "0186": "056",
    "0188": "058",
    "0199": "059",
}


def compact(number: object) -> str:
    """The number in today's national form: no separators, 0 for +84, old eleven-digit mobiles renumbered.

    >>> compact("+84 912.345.678"), compact("0166 2345 678"), compact(912345678)
    ('0912345678', '0362345678', '0912345678')
    """
    found = bare(number, _KIND).replace("(", "").replace(")", "").removeprefix("+")
    if found.startswith("84") and len(found) in (11, 12):
        found = found[2:]
    elif found.startswith("840"):
        found = found[2:]
    if found.isdigit() and not found.startswith("0") and len(found) in (9, 10):
        # A number cell loses the leading zero.
        found = "0" + found
    if len(found) == 11 and found[:4] in _OLD_PREFIXES:
        found = _OLD_PREFIXES[found[:4]] + found[4:]
    return found


def validate(number: object) -> list[Finding]:
    """A landline is a finding, for it gets no SMS; what is neither mobile nor landline raises BadIdentifier.

    >>> validate("0912345678"), validate("0205 3812 345")[0].code
    ([], 'landline')
    """
    found = compact(number)
    if _MOBILE.fullmatch(found):
        return []
    if _LANDLINE.fullmatch(found):
        return [Finding("landline", {})]
    raise BadIdentifier(kind=_KIND, problem="not a Vietnamese phone number", value=found)


def is_valid(number: object) -> bool:
    """Whether it is a mobile or landline number.

    >>> is_valid("0912345678"), is_valid("12345")
    (True, False)
    """
    try:
        validate(number)
    except BadIdentifier:
        return False
    return True


def format(number: object) -> str:
    """The number in groups, easier to dial.

    >>> format("0912345678")
    '0912 345 678'
    """
    found = compact(number)
    return f"{found[:4]} {found[4:7]} {found[7:]}" if len(found) == 10 else found


def mask(number: object) -> str:
    """The number with its middle hidden.

    >>> mask("0912345567")
    '091****567'
    """
    found = str(number or "")
    return f"{found[:3]}****{found[-3:]}" if len(found) >= 9 else "*" * len(found)
