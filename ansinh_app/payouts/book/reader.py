"""Reads people, decisions and earlier lines from the database into the types of the core.

A run reads its office in parts (`Who.units`), so that a province's registry never stands in memory at once.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

import frappe
from frappe.utils import getdate

from ansinh_app.core.law import Law
from ansinh_app.core.ledger import Change, Entitlement, Marriage, Move, Person
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.core.payout import line_key
from ansinh_app.payouts.book import questions
from ansinh_app.payouts.book.rows import Book, OneOffGrant, PersonBook, TermRow
from ansinh_app.payouts.book.scope import Who, moving, put_back_before_reform
from ansinh_app.payouts.book.settled import BROKEN, SettledLines
from ansinh_app.registry.moves import moves_of
from ansinh_app.utils import many


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
        self.put_back = put_back_before_reform(self.moves, month) if month else {}
        self.units = questions.units()
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
        self._settled = SettledLines(office, month)

    def who(self) -> Who:
        """The people the office pays in the month."""
        return Who(self.office, None, *moving(self.moves, self.office, self.month))

    def read(self, *scopes: Who) -> Book:
        """The people of these scopes with decisions, lines of all periods, cases and where their money goes."""
        people: dict[str, PersonBook] = {}
        mandates: dict[tuple[str, str], list[dict]] = {}
        for who in scopes:
            found = self.people(who)
            if not found:
                continue
            self._read_lines(found, who)
            questions.read_cases(found, who)
            self.entitlements(found, who)
            self.marriages(found, who)
            self._read_grants(found, who)
            mandates |= questions.mandates(who)
            people |= found
        terms = [term for book in people.values() for term in book.terms.values()]
        accounts = questions.accounts(
            {term.payment_account for term in terms} | {b.row.payment_account for b in people.values()}
        )
        holders = {term.representative for term in terms} | {row.representative for row in accounts.values()}
        return Book(
            people=people,
            accounts=accounts,
            representatives=questions.by_name("Representative", holders, ["name", "full_name", "ended_on"]),
            mandates=mandates,
            units=self.units,
        )

    def people(self, who: Who, moves: dict[str, list[dict]] | None = None) -> dict[str, PersonBook]:
        """People without decisions yet; `moves`: theirs, where they are not among the office's people."""
        people, moves, back = {}, self.moves if moves is None else moves, self.put_back
        for row in questions.beneficiaries(who):
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
        changes, moves = questions.changes(who), self.moves if moves is None else moves
        for row in questions.terms(who):
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
        rows = questions.marriages(self.law, who)
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
        for row in questions.runs_of_lines(who):
            number = lines.number(row[1:])
            ledgers[row[0]].append(number)
            if number == BROKEN:
                broken.append(row[0])
        rest = questions.lines(who, own_month_only=0)
        for chunk in many.chunks(broken):
            names = sorted(set(chunk))
            rest += questions.lines(Who(names=tuple(names)), own_month_only=1)
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
        for row in questions.grants(who):
            found[row.name] = OneOffGrant(row, as_dong(row.amount or 0))
            people[row.beneficiary].grants.append(found[row.name])
            people[row.beneficiary].terms[row.name] = row
        if not found:
            return
        for row in questions.grant_lines(who):
            month = self._month(row.month)
            if self.office and row.office != self.office and month == self.month:
                people[row.beneficiary].taken.append(row.line_key)
            if row.one_off_grant in found:
                paid = (month, as_dong(row.total or 0), row.status)
                found[row.one_off_grant].lines.append(paid)


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


def lineage(units: dict[str, dict], unit: str | None) -> list[str]:
    """The unit and those above it, nearest first."""
    found: list[str] = []
    while unit and unit in units and unit not in found:
        found.append(unit)
        unit = units[unit].parent_administrative_unit
    return found


def _day(value) -> date | None:
    if value is None or type(value) is date:
        return value
    return getdate(value) if value else None
