"""Whom a line pays, into which account, through which provider and under which contract."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe.utils import getdate

from ansinh_app.core.mandates import Mandate, end_of, may_receive
from ansinh_app.core.months import Month
from ansinh_app.payee_accounts.closing import CASH_REASON, NOT_PAID
from ansinh_app.payouts.book.rows import Book, PersonBook
from ansinh_app.registry.mandates import mandate_of

BANK, CASH = "Bank Transfer", "Cash"


@dataclass(frozen=True, slots=True)
class Payee:
    """The answer for one line. `provider` is who pays out; the contract is looked up for the batch."""

    provider: str
    channel: str
    payment_account: str | None
    account_no: str
    payee_name: str
    payee_type: str


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nobody can be paid yet, by the code preflight names it with; `otherwise`: whom, were it let pass."""

    code: str
    detail: str = ""
    otherwise: Payee | None = None


class Contracts:
    """The contracts of an office in force in a month; a contract without programmes covers them all."""

    def __init__(self, office: str, month: Month) -> None:
        self.month = month
        rows = frappe.get_all(
            "Bank Contract",
            filters={"office": office, "docstatus": 1},
            fields=["*"],
            order_by="name",
            limit_page_length=0,
        )
        # An office that keeps no contract here at all signs and watches them elsewhere.
        self.are_kept = bool(rows)
        self.rows = [row for row in rows if row.status != "Ended"]
        kinds = _providers()
        programmes = frappe.get_all(
            "Contract Programme",
            filters={"parenttype": "Bank Contract"},
            fields=["parent", "programme"],
            limit_page_length=0,
        )
        for row in self.rows:
            row.scope = {item.programme for item in programmes if item.parent == row.name}
            # The Post's counter pays cash, also under the contract by which it pays for a bank (VietinBank's
            # people and the cash payees are one transfer to the Post: plan of Lạng Sơn, IV.6).
            row.cash_payer = next(
                (one for one in (row.provider, row.via_provider) if kinds.get(one) == "Post"),
                row.provider if row.pays_cash else None,
            )
        self.rows = [row for row in self.rows if in_force(row, month)]
        self._post = sorted(name for name, kind in kinds.items() if kind == "Post")

    def find(self, provider: str, programme: str, channel: str) -> dict | None:
        """The contract under which the provider pays this programme through this channel; its own comes first."""
        fitting = [row for row in self.rows if self._payer(row, programme, channel) == provider]
        if channel == CASH and not fitting and not self.pays_cash(programme):
            fitting = [row for row in self.rows if self._payer(row, programme, BANK) == provider]
        return min(fitting, key=lambda row: row.provider != provider, default=None)

    def cash_provider(self, programme: str) -> str | None:
        """Who pays cash for the programme: by contract, else the Post (approval asks for a contract)."""
        payers = (self._payer(row, programme, CASH) for row in self.rows)
        return next(filter(None, payers), self._post[0] if self._post else None)

    def counter(self, programme: str) -> str | None:
        """Whose counter pays those whose account was closed where nobody is contracted to pay cash: the bank's."""
        return next(filter(None, (self._payer(row, programme, BANK) for row in self.rows)), None)

    def pays_cash(self, programme: str) -> bool:
        """Whether somebody pays cash for the programme under a contract in force."""
        return any(self._payer(row, programme, CASH) for row in self.rows)

    @staticmethod
    def _payer(row: dict, programme: str, channel: str) -> str | None:
        """Who hands out the programme's money through the channel under this contract, if anybody."""
        if row.scope and programme not in row.scope:
            return None
        if channel == CASH:
            return row.cash_payer
        return row.provider if row.pays_accounts else None


def in_force(contract: dict, month: Month) -> bool:
    """Whether a contract covers a payment made in the month."""
    if contract.valid_from and getdate(contract.valid_from) > month.last_day:
        return False
    return not contract.valid_to or getdate(contract.valid_to) >= month.first_day


def payee_for(
    book: Book, person: PersonBook, entitlement: str, programme: str, contracts: Contracts
) -> Payee | Hold:
    """Where the money of an entitlement goes in the contracts' month, or why it cannot go anywhere."""
    term = person.terms[entitlement]
    payee_type = term.payee_type or "Self"
    name = person.row.full_name
    if payee_type != "Self":
        representative = book.representatives.get(term.representative)
        if not representative:
            return Hold("representative_missing", payee_type)
        if not _may_receive(book, person, term.representative, programme):
            return Hold("mandate_expired", _why_not(book, person, representative))
        name = representative.full_name
    account = book.accounts.get(term.payment_account or person.row.payment_account)
    method = term.payment_method or person.row.payment_method
    if method != CASH and not account and person.row.payment_method == CASH:
        method = CASH
    if method == CASH:
        if not (term.cash_reason or person.row.cash_reason):
            return Hold("cash_without_reason")
        if contracts.are_kept and not contracts.pays_cash(programme) and _account_closed(term, person):
            # Nobody is contracted to pay cash: the bank's own counter does, until there is a new account.
            provider = contracts.counter(programme)
            paid = provider and Payee(provider, CASH, None, "", name, payee_type)
            return paid or Hold("account_closed", term.name)
        provider = contracts.cash_provider(programme)
        return Payee(provider, CASH, None, "", name, payee_type) if provider else Hold("no_contract", CASH)
    if not account:
        return Hold("no_account")
    other = account.representative
    if other and payee_type == "Self" and not _may_receive(book, person, other, programme):
        return Hold("mandate_expired", _why_not(book, person, book.representatives.get(other)))
    if account.status in NOT_PAID:
        return Hold("account_closed", account.name)
    payee = Payee(account.provider, BANK, account.name, account.account_no, account.account_name, payee_type)
    if account.holder_type == "Self" and payee_type == "Self" and account.name_match == "Different":
        return Hold("account_name_mismatch", account.account_name, otherwise=payee)
    return payee


def _account_closed(term, person: PersonBook) -> bool:
    return (term.cash_reason or person.row.cash_reason) == CASH_REASON


def _may_receive(book: Book, person: PersonBook, representative: str, programme: str) -> bool:
    """Whether the representative may receive this money on every day it may go out (core.mandates).

    One recorded only on the entitlement is taken as given, unless he represents nobody any more.
    """
    rows = _mandates(book, person, representative) or [Mandate("", ended_on=_ended_on(book, representative))]
    capacity = person.row.legal_capacity or "Full"
    return may_receive(rows, programme, book.pay_days, person.person.born, capacity, book.as_of)


def last_day(book: Book, person: PersonBook, representative: str) -> date | None:
    """Until when the representative may receive for the person, as known on the book's day; None: without end."""
    capacity = person.row.legal_capacity or "Full"
    ends = [
        end_of(mandate, person.person.born, capacity, book.as_of)
        for mandate in _mandates(book, person, representative)
        if not mandate.awaits_paper
    ]
    return None if not ends or None in ends else max(end.last_day for end in ends)


def _mandates(book: Book, person: PersonBook, representative: str) -> list[Mandate]:
    ended_on = _ended_on(book, representative)
    return [mandate_of(row, ended_on) for row in book.mandates.get((person.row.name, representative), ())]


def _ended_on(book: Book, representative: str) -> date | None:
    row = book.representatives.get(representative)
    return getdate(row.ended_on) if row and row.ended_on else None


def _why_not(book: Book, person: PersonBook, representative) -> str:
    """Who it is, and the last day where there was one."""
    if not representative:
        return ""
    last = last_day(book, person, representative.name)
    return f"{representative.full_name} ({last:%d/%m/%Y})" if last else representative.full_name


def _providers() -> dict[str, str]:
    rows = frappe.get_all(
        "Payment Service Provider", filters={"is_active": 1}, fields=["name", "kind"], limit_page_length=0
    )
    return {row.name: row.kind for row in rows}
