"""A book's rows: people, decisions and accounts as the registry has them, beside what the core makes of them."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from ansinh_app.core.ledger import Entitlement, Person, RecoveryCase, Settled
from ansinh_app.core.months import Month


class PersonRow(NamedTuple):
    """A beneficiary as the registry has them."""

    name: str
    full_name: str
    search_name: str | None
    date_of_birth: object
    dob_precision: str | None
    deceased_on: object
    death_known_on: object
    administrative_unit: str | None
    village: str | None
    office: str | None
    status: str | None
    # As the table holds it, maybe sealed: a run needs it nowhere but where it is shown.
    personal_id: str | None
    verification_status: str | None
    legal_capacity: str | None
    payment_method: str | None
    payment_account: str | None
    cash_reason: str | None


class TermRow(NamedTuple):
    """A decision as the registry has it, with how it is paid."""

    name: str
    beneficiary: str
    category: str
    quantity: int | None
    decision_no: str | None
    decision_date: object
    effective_from: object
    effective_to: object
    settled_through: object
    stop_reason: str | None
    stop_decision_date: object
    payee_type: str | None
    representative: str | None
    payment_method: str | None
    payment_account: str | None
    cash_reason: str | None
    both_schemes_on: object


class AccountRow(NamedTuple):
    """A payment account."""

    name: str
    provider: str
    account_no: str
    account_name: str
    holder_type: str | None
    status: str | None
    name_match: str | None
    beneficiary: str | None
    representative: str | None


@dataclass(slots=True)
class PersonBook:
    """One beneficiary as the core sees them, beside the rows that say how they are paid.

    `ledger` tells the earlier lines apart: two people whose ledgers are equal have equal lines. `taken`: the keys
    of the month's lines that another office holds.
    """

    row: PersonRow
    person: Person
    entitlements: list[Entitlement] = field(default_factory=list)
    terms: dict[str, TermRow | dict] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
    ledger: tuple[int, ...] = ()
    paid_from: Month | None = None
    taken: list[str] = field(default_factory=list)
    cases: list[RecoveryCase] = field(default_factory=list)
    grants: list["OneOffGrant"] = field(default_factory=list)


@dataclass(slots=True)
class OneOffGrant:
    """A one-off grant decided for a person, in đồng, with the earlier lines that paid it: (month, amount, status)."""

    row: dict
    amount: int
    lines: list[tuple[Month, int, str]] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """Everything a run of one office, or of a part of it, looks at, read in a fixed number of queries."""

    people: dict[str, PersonBook]
    accounts: dict[str, AccountRow]
    representatives: dict[str, dict]
    mandates: dict[tuple[str, str], list[dict]]
    units: dict[str, dict]
    # The days on which the month's money may go out, and the day up to which anything is known.
    pay_days: tuple[date, date] | None = None
    as_of: date | None = None
