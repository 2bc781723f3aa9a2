"""Who may hold the account a person's money goes to: by age and legal capacity (DOMAIN §2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

SELF, GUARDIAN, AUTHORISED = "Self", "Guardian", "Authorised"
HOLDERS = (SELF, GUARDIAN, AUTHORISED)
FULL, DIFFICULT, LIMITED, LOST = "Full", "Difficult", "Limited", "Lost"
CAPACITIES = (FULL, DIFFICULT, LIMITED, LOST)

# From this age a person whose capacity is whole opens and uses an account alone (TT 17/2024/TT-NHNN).
OWN_ACCOUNT_AGE = 15
# Until this age a law-given guardian acts; nobody can be authorised by a child (BLDS Đ21, Đ134, Đ562).
OWN_MANDATE_AGE = 18

ID_CARD, BIRTH_CERTIFICATE, MANDATE, GUARDIANSHIP = "ID Card", "Birth Certificate", "Mandate", "Guardianship"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to hold the account. `refused` says why it may not be, "" where it may; `papers` what to bring."""

    holder: str
    refused: str
    papers: tuple[str, ...]

    @property
    def is_allowed(self) -> bool:
        return not self.refused


def choices(born: date, capacity: str, on: date) -> tuple[Choice, ...]:
    """The three ways on a day, the law's order of preference first.

    A person's own account comes first where age and capacity admit it (the plan: "chính chủ"); a guardian
    stands for children and those without capacity; an adult of full capacity may authorise someone.
    Raises ValueError for a capacity that is none.
    """
    if capacity not in CAPACITIES:
        raise ValueError(f"not a capacity: {capacity!r}")
    age = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return (
        Choice(SELF, _why_not_self(age, capacity), _papers_of(age)),
        Choice(GUARDIAN, _why_no_guardian(age, capacity), (*_papers_of(age), GUARDIANSHIP)),
        Choice(AUTHORISED, _why_no_mandate(age, capacity), (*_papers_of(age), MANDATE)),
    )


def best(born: date, capacity: str, on: date, known: Iterable[str] = ()) -> str:
    """The way to begin with: the own account where it may be, else what a known representative allows.

    `known` are the capacities in which representatives of the person are recorded.
    """
    open_ways = [choice.holder for choice in choices(born, capacity, on) if choice.is_allowed]
    recorded = [holder for holder in open_ways if holder in set(known)]
    if SELF in open_ways:
        return SELF
    return (recorded or open_ways)[0]


def _papers_of(age: int) -> tuple[str, ...]:
    """What identifies the beneficiary at the counter (plan IV.9)."""
    return (BIRTH_CERTIFICATE,) if age < 14 else (ID_CARD,)


def _why_not_self(age: int, capacity: str) -> str:
    if age < OWN_ACCOUNT_AGE:
        return "too young"
    return "" if capacity == FULL else "capacity"


def _why_no_guardian(age: int, capacity: str) -> str:
    if age < OWN_MANDATE_AGE or capacity in (LOST, DIFFICULT, LIMITED):
        return ""
    return "acts alone"


def _why_no_mandate(age: int, capacity: str) -> str:
    if age < OWN_MANDATE_AGE:
        return "too young"
    return "capacity" if capacity in (LOST, DIFFICULT) else ""
