"""Reads people, decisions and earlier lines from the database into the types of the core.

A run reads its office in parts (`Who.units`), so that a province's registry never stands in memory at once.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

import frappe
from frappe.query_builder.functions import Count, Max, Min
from frappe.utils import getdate

from ansinh_app.core.law import Law
from ansinh_app.core.ledger import Change, Entitlement, Marriage, Move, Person, RecoveryCase, Settled
from ansinh_app.core.masking import ACCOUNT
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.core.payout import ONE_OFF, line_key
from ansinh_app.registry.mandates import COLUMNS as MANDATE_COLUMNS
from ansinh_app.registry.marriages import COUPLE_RULE
from ansinh_app.registry.moves import moves_of
from ansinh_app.utils import many
from ansinh_app.utils.sealed_numbers import opened_value, vault

# Names in one list of a query: from a thousand on MariaDB makes a table of them.


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


@dataclass(frozen=True, slots=True)
class Who:
    """Whose book is read: an office's people of a month, in all or of some units, one person, or the people named.

    Who moves is paid by the old office through the month of its decision, by the new one from the month after
    (NĐ 20/2021 Đ8.4): `leaving` live elsewhere already and are still paid here, `arriving` not yet.
    """

    office: str | None = None
    beneficiary: str | None = None
    leaving: tuple[str, ...] = ()
    arriving: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    units: tuple[str | None, ...] = ()


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


class Reader:
    """Reads books: what all people share is read once, so that a run can read its people part by part."""

    def __init__(
        self,
        law: Law,
        office: str | None = None,
        month: Month | None = None,
        beneficiary: str | None = None,
    ) -> None:
        """`office` and `month`: what is being prepared, if anything is; or whose book alone is read."""
        self.law, self.office, self.month = law, office, month
        self.moves = moves_of(office, beneficiary)
        # Months before a reform are listed and counted in the units of then.
        self.put_back = _put_back_before_reform(self.moves, month) if month else {}
        self.units = _units()
        self.rate_units = {version.unit for version in law.versions if version.unit}
        self.born_at_end = frappe.db.get_single_value("An Sinh Settings", "birth_counted_from") == "Last Day"
        self.starts = {
            name: _day(starts_on)
            for name, starts_on in frappe.get_all(
                "Paying Office", fields=["name", "starts_on"], limit_page_length=0, as_list=True
            )
        }
        self._months: dict[object, Month] = {}
        self._places: dict[str | None, tuple[str, ...]] = {}
        self._befores: dict[date, Month] = {}
        self._settled = _SettledLines(office, month)

    def who(self) -> Who:
        """The people the office pays in the month."""
        return Who(self.office, None, *_moving(self.moves, self.office, self.month))

    def read(self, *scopes: Who) -> Book:
        """The people of these scopes with decisions, lines of all periods, cases and where their money goes."""
        people: dict[str, PersonBook] = {}
        mandates: dict[tuple[str, str], list[dict]] = {}
        for who in scopes:
            found = self.people(who)
            if not found:
                continue
            self._read_lines(found, who)
            _read_cases(found, who)
            self.entitlements(found, who)
            self.marriages(found, who)
            self._read_grants(found, who)
            mandates |= _mandates(who)
            people |= found
        terms = [term for book in people.values() for term in book.terms.values()]
        accounts = _accounts(
            {term.payment_account for term in terms} | {b.row.payment_account for b in people.values()}
        )
        holders = {term.representative for term in terms} | {row.representative for row in accounts.values()}
        return Book(
            people=people,
            accounts=accounts,
            representatives=_by_name("Representative", holders, ["name", "full_name", "ended_on"]),
            mandates=mandates,
            units=self.units,
        )

    def people(self, who: Who, moves: dict[str, list[dict]] | None = None) -> dict[str, PersonBook]:
        """People without decisions yet; `moves`: theirs, where they are not among the office's people."""
        people, moves, back = {}, self.moves if moves is None else moves, self.put_back
        for row in _beneficiaries(who):
            moved = moves.get(row.name, ())
            person = Person(
                row.name,
                _day(row.date_of_birth),
                row.dob_precision or "Day",
                _day(row.deceased_on),
                _day(row.death_known_on),
                self._units_of(moved[0].old_unit if moved else row.administrative_unit),
                self._places_moved(moved) if self.rate_units else (),
                self.born_at_end,
            )
            if row.name in back:
                row = row._replace(administrative_unit=back[row.name])
            people[row.name] = PersonBook(row, person)
        return people

    def _places_moved(self, moved: list[dict]) -> tuple[Move, ...]:
        """The places that set a level, move by move; a reform adds the new province's to the old one's.

        For those it served, a merged province's resolution stays in force until the new one decides another level.
        """
        found: list[Move] = []
        for move in moved:
            units = self._units_of(move.new_unit)
            if move.reform:
                before = found[-1].units if found else self._units_of(move.old_unit)
                units = tuple(dict.fromkeys((*before, *units)))
            found.append(Move(move.pays_from, move.decided_on, units))
        return tuple(found)

    def entitlements(
        self, people: dict[str, PersonBook], who: Who, moves: dict[str, list[dict]] | None = None
    ) -> None:
        """Adds the decisions in force of these people."""
        changes, moves = _changes(who), self.moves if moves is None else moves
        for row in _terms(who):
            book = people[row.beneficiary]
            book.terms[row.name] = row
            begins = self._paid_here_from(book, moves.get(row.beneficiary))
            book.entitlements.append(self._entitlement(row, changes.get(row.name, ()), begins))

    def _units_of(self, unit: str | None) -> tuple[str, ...]:
        # Only units that set a level of their own can matter to a rate.
        if unit not in self._places:
            above = lineage(self.units, unit) if self.rate_units else ()
            self._places[unit] = tuple(one for one in above if one in self.rate_units)
        return self._places[unit]

    def _month(self, value) -> Month:
        """The month of a stored day, each parsed once."""
        try:
            return self._months[value]
        except KeyError:
            return self._months.setdefault(value, Month.parse(getdate(value)))

    def _before(self, begins: date) -> Month:
        """The month before that of the day."""
        found = self._befores.get(begins)
        if found is None:
            found = self._befores[begins] = Month.of(begins) - 1
        return found

    def _paid_here_from(self, book: PersonBook, moved: list[dict] | None) -> date | None:
        """The day from which months are this system's to pay: its first office's, or what it has paid, if earlier.

        Who comes from another office of the system brings the months that one paid or left unpaid (July 2025).
        """
        begins = self.starts.get((moved[0].old_office if moved else None) or book.row.office)
        if begins and book.paid_from and book.paid_from.index < begins.year * 12 + begins.month - 1:
            return book.paid_from.first_day
        return begins

    def _entitlement(self, row: TermRow, changes: Iterable[Change], begins: date | None) -> Entitlement:
        start = self._month(row.effective_from)
        decided_on = _day(row.decision_date)
        through = self._month(row.settled_through) if row.settled_through else None
        if begins and decided_on < begins:
            # Decided before anybody here began to pay: the months before were somebody else's to pay.
            before = self._before(begins)
            through = max(through, before) if through else before
        if row.effective_to:
            known = _day(row.stop_decision_date) or decided_on
            stop = Change(self._month(row.effective_to) + 1, known, False, row.stop_reason or "")
            changes = (*changes, stop)
        return Entitlement(
            row.name,
            row.category,
            row.quantity or 1,
            start,
            decided_on,
            through if through and through.index >= start.index else None,
            tuple(changes),
            row.decision_no or "",
            _day(row.both_schemes_on),
        )

    def marriages(self, people: dict[str, PersonBook], who: Who) -> None:
        """Husbands and wives who hold what a couple draws once, wherever they live, with their decisions."""
        rows = _marriages(self.law, who)
        if not rows:
            return
        spouses: dict[str, PersonBook] = {}
        names = sorted({row.spouse for row in rows})
        for chunk in many.chunks(names):
            some = Who(names=tuple(chunk))
            moves = self.moves | moves_of(people=some.names)
            found = self.people(some, moves)
            self.entitlements(found, some, moves)
            spouses.update(found)
        for row in rows:
            book, other = people[row.parent], spouses[row.spouse]
            marriage = Marriage(
                spouse=other.person,
                entitlements=tuple(other.entitlements),
                since=_day(row.married_on),
                known_on=_day(row.known_on),
                until=_day(row.ended_on),
                end_known_on=_day(row.end_known_on),
            )
            book.person = replace(book.person, marriages=(*book.person.marriages, marriage))

    def _read_lines(self, people: dict[str, PersonBook], who: Who) -> None:
        """Earlier lines follow the person, also those another office paid."""
        lines = self._settled
        lines.read_periods()
        ledgers: dict[str, list[int]] = defaultdict(list)
        broken = []
        for row in _runs_of_lines(who):
            number = lines.number(row[1:])
            ledgers[row[0]].append(number)
            if number == _BROKEN:
                broken.append(row[0])
        rest = _lines(who, own_month_only=0)
        for chunk in many.chunks(broken):
            names = sorted(set(chunk))
            rest += _lines(Who(names=tuple(names)), own_month_only=1)
        for name in broken:
            ledgers[name] = []
        for beneficiary, benefit, office, period, months, recovery, status in rest:
            ledgers[beneficiary].append(lines.number((benefit, office, period, months, recovery, status)))
        for beneficiary, ledger in ledgers.items():
            # In an order that does not hang on the database's, so that equal ledgers are equal.
            ledger.sort()
            book = people[beneficiary]
            book.ledger = tuple(ledger)
            book.settled, book.paid_from, elsewhere = lines.of(book.ledger)
            if elsewhere:
                book.taken = [line_key(beneficiary, benefit, self.month) for benefit in elsewhere]

    def _read_grants(self, people: dict[str, PersonBook], who: Who) -> None:
        """One-off grants not cancelled, and the lines of all periods that paid them."""
        found: dict[str, OneOffGrant] = {}
        for row in _grants(who):
            found[row.name] = OneOffGrant(row, as_dong(row.amount or 0))
            people[row.beneficiary].grants.append(found[row.name])
            people[row.beneficiary].terms[row.name] = row
        if not found:
            return
        for row in _grant_lines(who):
            month = self._month(row.month)
            if self.office and row.office != self.office and month == self.month:
                people[row.beneficiary].taken.append(row.line_key)
            if row.one_off_grant in found:
                paid = (month, as_dong(row.total or 0), row.status)
                found[row.one_off_grant].lines.append(paid)


_BROKEN = -1


class _SettledLines:
    """Earlier lines as the core takes them. Thousands of people have equal ones: each is made once and numbered.

    What is numbered is one line as it stands, or a run of lines: every month from one to another the same amount,
    paid for that month alone.
    """

    def __init__(self, office: str | None, month: Month | None) -> None:
        """`office` and `month`: what is being prepared, if anything is."""
        self.office, self.month = office, month
        self._numbers: dict[tuple, int] = {}
        self._settled: list[tuple[Settled, ...]] = []
        self._elsewhere: dict[int, str] = {}
        self._ledgers: dict[tuple[int, ...], tuple] = {}
        self._periods: dict[str, Month] = {}
        self._renamed: set[str] = set()

    def read_periods(self) -> None:
        """The months of all periods, once."""
        if not self._periods:
            rows = frappe.get_all(
                "Payout Period",
                fields=["name", "month", "office"],
                order_by="name",
                limit_page_length=0,
                as_list=True,
            )
            newest: dict[str, Month] = {}
            for name, day, office in rows:
                month = self._periods[name] = Month.parse(getdate(day))
                if office in newest and month <= newest[office]:
                    self._renamed.add(office)
                newest[office] = month

    def number(self, row: tuple) -> int:
        """The number of a line (six values) or of a run of lines (seven); _BROKEN for a run with months missing."""
        try:
            return self._numbers[row]
        except KeyError:
            pass
        found = self._line(*row) if len(row) == 6 else self._run(*row)
        number = len(self._settled) if found else _BROKEN
        if found:
            self._settled.append(found)
            if self.month and row[1] != self.office and any(one.period == self.month for one in found):
                self._elsewhere[number] = row[0]
        self._numbers[row] = number
        return number

    def of(self, ledger: tuple[int, ...]) -> tuple[list[Settled], Month | None, list[str]]:
        """The lines of a ledger, the first month they pay for, and the month's benefits another office pays."""
        try:
            return self._ledgers[ledger]
        except KeyError:
            pass
        settled = [line for number in ledger for line in self._settled[number]]
        first = min((month for line in settled for month in line.months), default=None)
        elsewhere = [self._elsewhere[number] for number in ledger if number in self._elsewhere]
        return self._ledgers.setdefault(ledger, (settled, first, elsewhere))

    def _line(self, benefit, _office, period, months, recovery, status) -> tuple[Settled, ...]:
        paid = months_from_json(months)
        return (Settled(benefit, self._periods[period], paid, as_dong(recovery or 0), status),)

    def _run(self, benefit, office, amount, status, first, last, number) -> tuple[Settled, ...] | None:
        """An office has one line a month for a person and benefit: as many lines as months leave no month out."""
        start, end, paid = self._periods[first], self._periods[last], as_dong(amount)
        if end - start + 1 != number or office in self._renamed:
            return None
        return tuple(Settled(benefit, month, {month: paid}, 0, status) for month in Month.range(start, end))


def read_book(
    law: Law, office: str | None = None, beneficiary: str | None = None, month: Month | None = None
) -> Book:
    """The people an office pays in the month, or one person, with decisions, lines of all periods and cases."""
    reader = Reader(law, office, month, beneficiary)
    return reader.read(reader.who() if office and month else Who(office, beneficiary))


def read_people(law: Law, office: str) -> dict[str, PersonBook]:
    """The people of an office with their decisions and no money: what a forecast looks at."""
    reader, who = Reader(law, office), Who(office)
    people = reader.people(who)
    reader.entitlements(people, who)
    reader.marriages(people, who)
    return people


def _put_back_before_reform(moves: dict[str, list[dict]], month: Month) -> dict[str, str]:
    """Whom a reform after the month has moved, with the unit of then."""
    ahead = {
        beneficiary: next((move for move in moved if move.reform and move.pays_from > month), None)
        for beneficiary, moved in moves.items()
    }
    return {beneficiary: move.old_unit for beneficiary, move in ahead.items() if move}


def _units() -> dict[str, dict]:
    return {
        row.name: row
        for row in frappe.get_all(
            "Administrative Unit",
            fields=["name", "unit_name", "parent_administrative_unit", "valid_to"],
            order_by="name",
            limit_page_length=0,
        )
    }


def lineage(units: dict[str, dict], unit: str | None) -> list[str]:
    """The unit and those above it, nearest first."""
    found: list[str] = []
    while unit and unit in units and unit not in found:
        found.append(unit)
        unit = units[unit].parent_administrative_unit
    return found


def months_from_json(text: str | None) -> dict[Month, int]:
    """A line's or a case's months as the core takes them, đồng by month."""
    return {Month.parse(month): int(amount) for month, amount in json.loads(text or "{}").items()}


def months_to_json(months: dict[Month, int]) -> str:
    """Months and đồng as they are stored: compact, in order of the months."""
    return json.dumps({str(month): months[month] for month in sorted(months)}, separators=(",", ":"))


def recoveries_of(explanation: str | None) -> dict[str, int]:
    """What a line deducts for each recovery case, in đồng, from its stored explanation."""
    taken: dict[str, int] = defaultdict(int)
    for step in json.loads(explanation or "[]"):
        if step.get("code") == "recovery":
            taken[step["params"]["case"]] += int(step["params"]["amount"])
    return dict(taken)


def _moving(
    transfers: dict[str, list[dict]], office: str, month: Month
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who still belongs to the office in the month although gone, and who not yet although come."""
    leaving, arriving = [], []
    for beneficiary, moves in transfers.items():
        ahead = [
            move
            for move in moves
            if move.new_office and move.old_office != move.new_office and move.pays_from > month
        ]
        if not ahead:
            continue
        payer, home = ahead[0].old_office, ahead[-1].new_office
        if payer == office != home:
            leaving.append(beneficiary)
        elif home == office != payer:
            arriving.append(beneficiary)
    return tuple(leaving), tuple(arriving)


def _scoped(query, beneficiary_table, who: Who):
    if who.office:
        here = beneficiary_table.office == who.office
        if who.units:
            here &= _in_units(beneficiary_table.administrative_unit, who.units)
        query = query.where(here | beneficiary_table.name.isin(who.leaving) if who.leaving else here)
    if who.arriving:
        query = query.where(beneficiary_table.name.notin(who.arriving))
    if who.beneficiary:
        query = query.where(beneficiary_table.name == who.beneficiary)
    if who.names:
        query = query.where(beneficiary_table.name.isin(who.names))
    return query


def _in_units(column, units: tuple[str | None, ...]):
    """Nobody without a unit is forgotten: a database finds what is missing only when asked for it."""
    named = [unit for unit in units if unit]
    found = column.isin(named) if named else None
    if len(named) < len(units):
        missing = column.isnull() | (column == "")
        found = missing if found is None else found | missing
    return found


def units_of(who: Who) -> list[tuple[str | None, int]]:
    """The units the office's people live in, with how many; without those who leave."""
    person = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(person)
        .select(person.administrative_unit, Count("*"))
        .where(person.office == who.office)
        .groupby(person.administrative_unit)
    )
    return [(unit or None, number) for unit, number in query.run()]


def places_of(who: Who) -> list[tuple]:
    """Name, unit, village and name to sort by of the people of a scope: what a list is sorted by."""
    person = frappe.qb.DocType("Beneficiary")
    query = frappe.qb.from_(person).select(
        person.name, person.administrative_unit, person.village, person.search_name, person.full_name
    )
    return list(_scoped(query, person, who).run())


def _beneficiaries(who: Who) -> Iterable[PersonRow]:
    table = frappe.qb.DocType("Beneficiary")
    query = frappe.qb.from_(table).select(*(table[column] for column in PersonRow._fields))
    return map(PersonRow._make, _scoped(query, table, who).orderby(table.name).run())


def _terms(who: Who) -> Iterable[TermRow]:
    person, term = frappe.qb.DocType("Beneficiary"), frappe.qb.DocType("Entitlement")
    query = (
        frappe.qb.from_(term)
        .join(person)
        .on(term.beneficiary == person.name)
        .select(*(term[column] for column in TermRow._fields))
        .where(term.docstatus == 1)
    )
    return map(TermRow._make, _scoped(query, person, who).orderby(term.name).run())


def _marriages(law: Law, who: Who) -> list[dict]:
    """Marriages of the people with somebody who holds what a couple draws once."""
    shares = [code for code, category in law.categories.items() if category.stack_rule == COUPLE_RULE]
    bond, person = frappe.qb.DocType("Beneficiary Spouse"), frappe.qb.DocType("Beneficiary")
    term = frappe.qb.DocType("Entitlement")
    query = (
        frappe.qb.from_(bond)
        .join(person)
        .on(bond.parent == person.name)
        .join(term)
        .on(term.beneficiary == bond.spouse)
        .select(bond.parent, bond.spouse, bond.married_on, bond.known_on, bond.ended_on, bond.end_known_on)
        .distinct()
        .where(term.docstatus == 1)
        .where(term.category.isin(shares or [""]))
    )
    return _scoped(query, person, who).orderby(bond.parent).orderby(bond.spouse).run(as_dict=True)


def _changes(who: Who) -> dict[str, list[Change]]:
    change, term = frappe.qb.DocType("Entitlement Change"), frappe.qb.DocType("Entitlement")
    person = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(change)
        .join(term)
        .on(change.parent == term.name)
        .join(person)
        .on(term.beneficiary == person.name)
        .select(change.parent, change.effective_month, change.decided_on, change.active, change.reason)
        .where(change.parenttype == "Entitlement")
    )
    found = defaultdict(list)
    rows = _scoped(query, person, who).orderby(change.parent).orderby(change.idx)
    for row in rows.run(as_dict=True):
        month = Month.parse(getdate(row.effective_month))
        found[row.parent].append(Change(month, getdate(row.decided_on), bool(row.active), row.reason or ""))
    return found


def _runs_of_lines(who: Who) -> Iterable[tuple]:
    """The regular lines that pay for their own month alone, those of one amount together.

    Beneficiary, benefit, office, amount, status, first and last period, and how many lines they are.
    """
    person, line = frappe.qb.DocType("Beneficiary"), frappe.qb.DocType("Payout Line")
    same = (line.beneficiary, line.benefit, line.office, line.monthly_amount, line.status)
    query = (
        frappe.qb.from_(line)
        .join(person)
        .on(line.beneficiary == person.name)
        # An office's periods are named by their months (see _renamed): the first by name is the first in time.
        .select(*same, Min(line.period), Max(line.period), Count("*"))
        .where(line.own_month_only == 1)
        .where(line.status != "Cancelled")
        .groupby(*same)
    )
    return _scoped(query, person, who).run()


def _lines(who: Who, own_month_only: int) -> list[tuple]:
    """Beneficiary, benefit, office, period, months, recovery and status of regular lines, one by one."""
    person, line = frappe.qb.DocType("Beneficiary"), frappe.qb.DocType("Payout Line")
    query = (
        frappe.qb.from_(line)
        .join(person)
        .on(line.beneficiary == person.name)
        .select(line.beneficiary, line.benefit, line.office, line.period)
        .select(line.months, line.recovery, line.status)
        .where(line.own_month_only == own_month_only)
        .where(line.status != "Cancelled")
        .where(line.kind != ONE_OFF)
    )
    return list(_scoped(query, person, who).run())


def _read_cases(people: dict[str, PersonBook], who: Who) -> None:
    """Approved cases; outstanding counts every deduction that is planned, under way or paid."""
    case, person = frappe.qb.DocType("Recovery Case"), frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(case)
        .join(person)
        .on(case.beneficiary == person.name)
        .select(
            case.name,
            case.beneficiary,
            case.benefit,
            case.amount,
            case.instalment,
            case.repaid,
            case.months,
            case.status,
        )
        .where(case.docstatus == 1)
    )
    rows = _scoped(query, person, who).orderby(case.name).run(as_dict=True)
    taken = deducted(who) if rows else {}
    for row in rows:
        outstanding = as_dong(row.amount) - as_dong(row.repaid or 0) - sum(taken.get(row.name, {}).values())
        people[row.beneficiary].cases.append(
            RecoveryCase(
                benefit=row.benefit,
                months=months_from_json(row.months),
                outstanding=0 if row.status == "Waived" else max(0, outstanding),
                instalment=as_dong(row.instalment or 0),
                approved=True,
                name=row.name,
            )
        )


def _grants(who: Who) -> list[dict]:
    grant, person = frappe.qb.DocType("One-off Grant"), frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(grant)
        .join(person)
        .on(grant.beneficiary == person.name)
        .select(
            grant.name,
            grant.beneficiary,
            grant.grant_type,
            grant.programme,
            grant.amount,
            grant.decision_date,
            grant.occurred_on,
            grant.steps,
            grant.payee_type,
            grant.representative,
            grant.payment_method,
            grant.payment_account,
            grant.cash_reason,
        )
        .where(grant.docstatus == 1)
    )
    return _scoped(query, person, who).orderby(grant.name).run(as_dict=True)


def _grant_lines(who: Who) -> list[dict]:
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    person = frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(line)
        .join(period)
        .on(line.period == period.name)
        .join(person)
        .on(line.beneficiary == person.name)
        .select(line.beneficiary, line.line_key, line.office, line.one_off_grant, line.total, line.status)
        .select(period.month)
        .where(line.kind == ONE_OFF)
        .where(line.status != "Cancelled")
    )
    return _scoped(query, person, who).run(as_dict=True)


def deducted(
    who: Who,
    statuses: tuple = ("Planned", "Sent", "Paid"),
    leave_out_drafts: bool = True,
) -> dict[str, dict[str, int]]:
    """What lines of these statuses deduct: case -> line name -> đồng.

    Lines of batches not yet sealed are left out: the run that made them makes them anew.
    """
    line, person = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Beneficiary")
    batch = frappe.qb.DocType("Payout Batch")
    query = (
        frappe.qb.from_(line)
        .join(person)
        .on(line.beneficiary == person.name)
        .join(batch)
        .on(line.batch == batch.name)
        .select(line.name, line.explanation)
        .where(line.recovery > 0)
        .where(line.status.isin(list(statuses)))
    )
    if leave_out_drafts:
        query = query.where(batch.docstatus == 1)
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _scoped(query, person, who).run(as_dict=True):
        for case, amount in recoveries_of(row.explanation).items():
            found[case][row.name] = amount
    return found


def _mandates(who: Who) -> dict[tuple[str, str], list[dict]]:
    """Guardians and mandates by (beneficiary, representative)."""
    mandate, person = frappe.qb.DocType("Beneficiary Representative"), frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(mandate)
        .join(person)
        .on(mandate.parent == person.name)
        .select(mandate.parent, *(mandate[column] for column in MANDATE_COLUMNS))
    )
    found = defaultdict(list)
    for row in _scoped(query, person, who).run(as_dict=True):
        found[(row.parent, row.representative)].append(row)
    return found


def _accounts(names: set) -> dict[str, AccountRow]:
    wanted = sorted(name for name in names if name)
    rows = many.rows_among("Payment Account", AccountRow._fields, "name", wanted)
    found = {row[0]: AccountRow._make(row) for row in rows}
    if vault():
        for name, row in found.items():
            found[name] = row._replace(account_no=opened_value(ACCOUNT, row.account_no))
    return found


def _by_name(doctype: str, names: set, fields: list[str]) -> dict[str, dict]:
    wanted = sorted(name for name in names if name)
    found = {}
    for chunk in many.chunks(wanted):
        rows = frappe.get_all(
            doctype,
            filters={"name": ["in", chunk]},
            fields=fields,
            limit_page_length=0,
        )
        found.update({row.name: row for row in rows})
    return found


def _day(value) -> date | None:
    if value is None or type(value) is date:
        return value
    return getdate(value) if value else None
