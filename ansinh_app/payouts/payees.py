"""Whom a line pays, into which account, through which provider and under which contract."""

from dataclasses import dataclass

import frappe
from frappe.utils import getdate

from ansinh_app.core.months import Month
from ansinh_app.payee_accounts.closing import NOT_PAID
from ansinh_app.payouts.ledger_reader import Book, PersonBook

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
        return min(fitting, key=lambda row: row.provider != provider, default=None)

    def cash_provider(self, programme: str) -> str | None:
        """Who pays cash for the programme: by contract, else the Post (approval asks for a contract)."""
        payers = (self._payer(row, programme, CASH) for row in self.rows)
        return next(filter(None, payers), self._post[0] if self._post else None)

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
        if not _mandate_valid(book, person.row.name, term.representative, contracts.month):
            return Hold("mandate_expired", representative.full_name)
        name = representative.full_name
    account = book.accounts.get(term.payment_account or person.row.payment_account)
    method = term.payment_method or person.row.payment_method
    if method != CASH and not account and person.row.payment_method == CASH:
        method = CASH
    if method == CASH:
        if not (term.cash_reason or person.row.cash_reason):
            return Hold("cash_without_reason")
        provider = contracts.cash_provider(programme)
        return Payee(provider, CASH, None, "", name, payee_type) if provider else Hold("no_contract", CASH)
    if not account:
        return Hold("no_account")
    if account.status in NOT_PAID:
        return Hold("account_closed", account.name)
    payee = Payee(account.provider, BANK, account.name, account.account_no, account.account_name, payee_type)
    if account.holder_type == "Self" and payee_type == "Self" and account.name_match == "Different":
        return Hold("account_name_mismatch", account.account_name, otherwise=payee)
    return payee


def _mandate_valid(book: Book, beneficiary: str, representative: str, month: Month) -> bool:
    """A mandate without dates does not expire; one recorded only on the entitlement is taken as given."""
    rows = book.mandates.get((beneficiary, representative))
    if not rows:
        return True
    return any(
        (not row.valid_from or getdate(row.valid_from) <= month.last_day)
        and (not row.valid_to or getdate(row.valid_to) >= month.first_day)
        for row in rows
    )


def _providers() -> dict[str, str]:
    rows = frappe.get_all(
        "Payment Service Provider", filters={"is_active": 1}, fields=["name", "kind"], limit_page_length=0
    )
    return {row.name: row.kind for row in rows}
