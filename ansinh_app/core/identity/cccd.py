"""Số định danh cá nhân / CCCD: 12 digits PPP G YY NNNNNN, no check digit (NĐ 137/2015, DOMAIN 4.1)."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date

from ..errors import BadIdentifier
from .common import Finding, bare

_KIND = "cccd"
_SHAPE = re.compile(r"\d{12}")
MALE, FEMALE = "Male", "Female"


def compact(number: object) -> str:
    """The number without blanks, dots or dashes. Raises BadIdentifier for 1.23E+11 and the like.

    >>> compact(" 020 190 001234 ")
    '020190001234'
    """
    return bare(number, _KIND)


def stated_sex(number: str) -> str:
    """The sex the number states.

    >>> stated_sex("020190001234")
    'Female'
    """
    return MALE if int(number[3]) % 2 == 0 else FEMALE


def birth_year(number: str) -> int:
    """The birth year the number states.

    >>> birth_year("020190001234"), birth_year("020215001234")
    (1990, 2015)
    """
    return 1900 + int(number[3]) // 2 * 100 + int(number[4:6])


def validate(
    number: object,
    sex: str | None = None,
    born: date | None = None,
    provinces: Set[str] | None = None,
) -> list[Finding]:
    """Doubts about the number: unknown province, other sex, other birth year. Raises BadIdentifier.

    `provinces` is the set of known prefixes; codes given abroad or after 2025 are not all known.

    >>> validate("020190001234", sex="Female", born=date(1990, 5, 1), provinces={"020"})
    []
    >>> [finding.code for finding in validate("020190001234", sex="Male", born=date(1991, 5, 1))]
    ['sex_differs', 'birth_year_differs']
    """
    found = compact(number)
    if not found.isdigit() or not found.isascii():
        raise BadIdentifier(kind=_KIND, problem="only digits are allowed", value=found)
    if not _SHAPE.fullmatch(found):
        raise BadIdentifier(kind=_KIND, problem=f"{len(found)} digits instead of 12", value=found)
    findings = []
    if provinces is not None and found[:3] not in provinces:
        findings.append(Finding("unknown_province", {"prefix": found[:3]}))
    if sex in (MALE, FEMALE) and sex != stated_sex(found):
        findings.append(Finding("sex_differs", {"stated": stated_sex(found), "given": sex}))
    if born is not None and born.year != birth_year(found):
        years = {"stated": str(birth_year(found)), "given": str(born.year)}
        findings.append(Finding("birth_year_differs", years))
    return findings


def is_valid(number: object) -> bool:
    """Whether the number has the shape of a CCCD.

    >>> is_valid("020190001234"), is_valid("20190001234")
    (True, False)
    """
    try:
        validate(number)
    except BadIdentifier:
        return False
    return True


def repair(
    number: object,
    sex: str | None = None,
    born: date | None = None,
    provinces: Set[str] | None = None,
) -> str | None:
    """The number with the leading zeros Excel dropped, or None when that would be a guess.

    A zero or two is put back only when province, birth year and sex (if known) then agree; two zeros also
    need the sex, and nine digits are left alone: they may be a CMND.

    >>> repair(20190001234, sex="Female", born=date(1990, 5, 1), provinces={"020"})
    '020190001234'
    >>> repair(20190001234, sex="Female", born=date(1985, 5, 1), provinces={"020"}) is None
    True
    """
    found = compact(number)
    if not found.isdigit() or len(found) not in (10, 11) or born is None or not provinces:
        return None
    if len(found) == 10 and sex is None:
        return None
    padded = found.zfill(12)
    return padded if not validate(padded, sex, born, provinces) else None


def format(number: object) -> str:
    """The number as cards print it: 12 digits, unbroken."""
    return compact(number)


def mask(number: object) -> str:
    """The number with its middle hidden, for everything that does not need it.

    >>> mask("020190001234")
    '020*****1234'
    """
    found = str(number or "")
    return f"{found[:3]}*****{found[-4:]}" if len(found) >= 10 else "*" * len(found)
