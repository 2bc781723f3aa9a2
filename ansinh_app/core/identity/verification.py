"""What the police found against what the registry says: differences, and where a person's identity then stands.

A birth or a sex the registry does not know is a difference too: the police's value is proposed to the commune.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date

from .. import names
from ..errors import BadIdentifier
from . import cccd

VERIFIED, MISMATCH, NOT_FOUND, DECEASED, MOVED = "Verified", "Mismatch", "Not Found", "Deceased", "Moved"
RESULTS = (VERIFIED, MISMATCH, NOT_FOUND, DECEASED, MOVED)
UNVERIFIED, REQUESTED = "Unverified", "Requested"
_TONES = "\u0300\u0301\u0303\u0309\u0323"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is by name, birth (known to the Day, Month or Year), sex and personal ID; None where unknown."""

    full_name: str
    born: date | None = None
    precision: str = "Day"
    sex: str | None = None
    personal_id: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The police's answer; of the identity only what differs need be given."""

    result: str
    full_name: str | None = None
    born: date | None = None
    precision: str = "Day"
    sex: str | None = None
    personal_id: str | None = None
    died_on: date | None = None
    moved_to: str | None = None
    moved_on: date | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in which registry and police differ: full_name, date_of_birth, sex, personal_id, death, residence."""

    field: str


@dataclass(frozen=True, slots=True)
class Record:
    """An earlier request: what was asked, and the answer (None while the police have not answered)."""

    asked: Identity
    found: Found | None
    settled: bool = False


def same_name(one: str, two: str) -> bool:
    """Whether two spellings are one name: letter case and where the tone mark stands do not count.

    >>> same_name("NGUYỄN THỊ HÒA", "Nguyễn Thị Hoà"), same_name("Nguyễn Thị Hoa", "Nguyễn Thị Hòa")
    (True, False)
    """
    return _spelling(one) == _spelling(two)


def _spelling(name: str) -> list[tuple[str, str]]:
    words = []
    for word in names.normalise(name).lower().split():
        apart = unicodedata.normalize("NFD", word)
        tones = "".join(sorted(letter for letter in apart if letter in _TONES))
        words.append(("".join(letter for letter in apart if letter not in _TONES), tones))
    return words


def same_identity(one: Identity, two: Identity) -> bool:
    """Whether two identities are the same, the spelling of the name as in `same_name`."""
    return same_name(one.full_name, two.full_name) and all(
        _part(one, field.name) == _part(two, field.name)
        for field in fields(Identity)
        if field.name != "full_name"
    )


def _part(identity: Identity, name: str) -> str | date | None:
    value = getattr(identity, name) or None
    return (value or "Day") if name == "precision" and identity.born else (None if name == "precision" else value)


def confirmed(asked: Identity, found: Found) -> Identity:
    """The identity as the police have it: what was asked, with what they found in its place."""
    changed = {
        name: getattr(found, name) for name in ("full_name", "sex", "personal_id") if getattr(found, name)
    }
    if found.born:
        changed |= {"born": found.born, "precision": found.precision}
    return replace(asked, **changed)


def differences(asked: Identity, found: Found) -> list[Difference]:
    """What the commune has to decide, field by field."""
    fields_found = []
    right = confirmed(asked, found)
    if not same_name(asked.full_name, right.full_name):
        fields_found.append("full_name")
    if (asked.born, _part(asked, "precision")) != (right.born, _part(right, "precision")):
        fields_found.append("date_of_birth")
    fields_found += [name for name in ("sex", "personal_id") if _part(asked, name) != _part(right, name)]
    if found.result == DECEASED:
        fields_found.append("death")
    if found.result == MOVED:
        fields_found.append("residence")
    return [Difference(name) for name in fields_found]


def problem(asked: Identity, found: Found, today: date) -> str:
    """Why an answer cannot be taken, as a code; "" where it can.

    Codes: no_result, says_verified_but_differs, says_differs_but_names_nothing, no_day_of_death, death_in_future,
    death_before_birth, no_place_moved_to, moved_in_future, bad_personal_id, birth_in_future.
    """
    if found.result not in RESULTS:
        return "no_result"
    if found.personal_id:
        try:
            cccd.validate(found.personal_id)
        except BadIdentifier:
            return "bad_personal_id"
    if found.born and found.born > today:
        return "birth_in_future"
    differs = differences(asked, found)
    if found.result == VERIFIED and (differs or found.died_on or found.moved_to):
        return "says_verified_but_differs"
    if found.result == MISMATCH and not differs:
        return "says_differs_but_names_nothing"
    if found.result == DECEASED:
        born = confirmed(asked, found).born
        if not found.died_on:
            return "no_day_of_death"
        if found.died_on > today:
            return "death_in_future"
        if born and found.died_on < born:
            return "death_before_birth"
    if found.result == MOVED:
        if not found.moved_to:
            return "no_place_moved_to"
        if found.moved_on and found.moved_on > today:
            return "moved_in_future"
    return ""


def standing(current: Identity, records: Iterable[Record]) -> tuple[str, Record | None]:
    """Where a person's identity stands, and the record that says so; `records` newest first.

    An identity is verified while it is what the police last confirmed: a correction that follows them makes it so,
    any other change takes it back, and undoing that change gives it again.
    """
    answered: list[tuple[Record, Found]] = []
    for record in records:
        if record.found is None:
            return REQUESTED, record
        answered.append((record, record.found))
    for place, (record, found) in enumerate(answered):
        if _agrees(current, record, found):
            return VERIFIED, record
        if place == 0 and found.result != VERIFIED and _between(current, record.asked, found):
            return MISMATCH, record
    return UNVERIFIED, None


def _agrees(current: Identity, record: Record, found: Found) -> bool:
    if found.result in (NOT_FOUND, DECEASED) or (found.result == MOVED and not record.settled):
        return False
    return same_identity(current, confirmed(record.asked, found))


def _between(current: Identity, asked: Identity, found: Found) -> bool:
    """Whether every part is still as asked or as found: nothing new was entered since."""
    right = confirmed(asked, found)
    if not any(same_name(current.full_name, one.full_name) for one in (asked, right)):
        return False
    return all(
        _part(current, field.name) in (_part(asked, field.name), _part(right, field.name))
        for field in fields(Identity)
        if field.name != "full_name"
    )
