"""Numbers of birth certificates: "số/năm", the paper of a child who has no card yet (DOMAIN 4.2)."""

from __future__ import annotations

import re
from datetime import date

from .. import names
from .common import Finding

_NUMBER = re.compile(r"\d{1,5}[/-](\d{4})(?!\d)")


def compact(number: object) -> str:
    """The number as it is kept; only blanks around and before the slash go, for books are numbered freely.

    >>> compact(" Số 12 / 2019 "), compact("12/2019, quyển 01")
    ('12/2019', '12/2019, quyển 01')
    """
    text = names.normalise(str(number or ""))
    text = re.sub(r"^[Ss][ốo]\s*:?\s*(?=\d)", "", text)
    return re.sub(r"(?<=\d)\s*/\s*(?=\d)", "/", text)


def validate(number: object, born: date | None = None) -> list[Finding]:
    """Doubts about the number: no "number/year", or a year before the birth. Never refuses: the books differ.

    >>> validate("12/2019", date(2019, 5, 1)), validate("12/2015", date(2019, 5, 1))[0].code
    ([], 'certificate_before_birth')
    """
    text = compact(number)
    if not text:
        return []
    found = _NUMBER.search(text)
    if not found:
        return [Finding("certificate_shape", {"number": text})]
    if born and int(found[1]) < born.year:
        return [Finding("certificate_before_birth", {"stated": found[1], "given": str(born.year)})]
    return []

