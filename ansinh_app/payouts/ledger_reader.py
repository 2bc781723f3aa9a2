"""Reads people, decisions and earlier lines from the database into the types of the core."""

import json
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date

import frappe
from frappe.utils import getdate

from ansinh_app.core.law import Law
from ansinh_app.core.ledger import Change, Entitlement, Marriage, Move, Person, RecoveryCase, Settled
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.core.payout import ONE_OFF
from ansinh_app.registry.mandates import COLUMNS as MANDATE_COLUMNS
from ansinh_app.registry.marriages import COUPLE_RULE
from ansinh_app.registry.moves import moves_of

_CHUNK = 1000


@dataclass(slots=True)
class PersonBook:
    """One beneficiary as the core sees them, beside the rows that say how they are paid."""

    row: dict
    person: Person
    entitlements: list[Entitlement] = field(default_factory=list)
    terms: dict[str, dict] = field(default_factory=dict)
    settled: list[Settled] = field(default_factory=list)
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
    """Whose book is read: an office's people of a month, one person, or the people named.

    Who moves is paid by the old office through the month of its decision, by the new one from the month after
    (NĐ 20/2021 Đ8.4): `leaving` live elsewhere already and are still paid here, `arriving` not yet.
    """

    office: str | None = None
    beneficiary: str | None = None
    leaving: tuple[str, ...] = ()
    arriving: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(slots=True)
class Book:
    """Everything a run of one office looks at, read in a fixed number of queries."""

    people: dict[str, PersonBook]
    accounts: dict[str, dict]
    representatives: dict[str, dict]
    mandates: dict[tuple[str, str], list[dict]]
    units: dict[str, dict]
    # The days on which the month's money may go out, and the day up to which anything is known.
    pay_days: tuple[date, date] | None = None
    as_of: date | None = None


def read_book(
    law: Law, office: str | None = None, beneficiary: str | None = None, month: Month | None = None
) -> Book:
    """The people an office pays in the month, or one person, with decisions, lines of all periods and cases."""
    transfers = moves_of(office, beneficiary)
    who = Who(office, beneficiary, *(_moving(transfers, office, month) if office and month else ()))
    people, units = _read_people(law, who, transfers)
    if month:
        _put_back_before_reform(people, transfers, month)
    _read_lines(people, who)
    _read_entitlements(people, who, transfers)
    _read_marriages(law, people, who, transfers)
    _read_grants(people, who)
    terms = [term for book in people.values() for term in book.terms.values()]
    accounts = {term.payment_account for term in terms} | {b.row.payment_account for b in people.values()}
    holders = {term.representative for term in terms}
    of_accounts = _by_name(
        "Payment Account",
        accounts,
        ["name", "provider", "account_no", "account_name", "holder_type", "status", "name_match"]
        + ["beneficiary", "representative"],
    )
    return Book(
        people=people,
        accounts=of_accounts,
        representatives=_by_name(
            "Representative",
            holders | {row.representative for row in of_accounts.values()},
            ["name", "full_name", "ended_on"],
        ),
        mandates=_mandates(who),
        units=units,
    )


def read_people(law: Law, office: str) -> dict[str, PersonBook]:
    """The people of an office with their decisions and no money: what a forecast looks at."""
    who, transfers = Who(office), moves_of(office)
    people, _units = _read_people(law, who, transfers)
    _read_entitlements(people, who, transfers)
    _read_marriages(law, people, who, transfers)
    return people


def _read_people(law: Law, who: Who, transfers: dict[str, list[dict]]) -> tuple[dict, dict]:
    """People without decisions yet, and all units."""
    units = {
        row.name: row
        for row in frappe.get_all(
            "Administrative Unit",
            fields=["name", "unit_name", "parent_administrative_unit", "valid_to"],
            order_by="name",
            limit_page_length=0,
        )
    }
    rate_units = {version.unit for version in law.versions if version.unit}
    at_end = frappe.db.get_single_value("An Sinh Settings", "birth_counted_from") == "Last Day"
    people = {}

    def places(unit: str | None) -> tuple[str, ...]:
        # Only units that set a level of their own can matter to a rate.
        return tuple(one for one in lineage(units, unit) if one in rate_units)

    for row in _beneficiaries(who):
        moved = transfers.get(row.name, [])
        first = moved[0].old_unit if moved else row.administrative_unit
        people[row.name] = PersonBook(
            row=row,
            person=Person(
                name=row.name,
                born=_day(row.date_of_birth),
                dob_precision=row.dob_precision or "Day",
                died_on=_day(row.deceased_on),
                death_known_on=_day(row.death_known_on),
                units=places(first),
                moves=_places_moved(moved, places) if rate_units else (),
                born_at_end=at_end,
            ),
        )
    return people, units


def _places_moved(moved: list[dict], places) -> tuple[Move, ...]:
    """The places that set a level, move by move; a reform adds the new province's to the old one's.

    For those it served, a merged province's resolution stays in force until the new one decides another level.
    """
    found: list[Move] = []
    for move in moved:
        units = places(move.new_unit)
        if move.reform:
            before = found[-1].units if found else places(move.old_unit)
            units = tuple(dict.fromkeys((*before, *units)))
        found.append(Move(move.pays_from, move.decided_on, units))
    return tuple(found)


def _put_back_before_reform(people: dict[str, PersonBook], moves: dict[str, list[dict]], month: Month) -> None:
    """Months before a reform are listed and counted in the units of then."""
    for beneficiary, moved in moves.items():
        ahead = next((move for move in moved if move.reform and move.pays_from > month), None)
        if ahead and beneficiary in people:
            people[beneficiary].row.administrative_unit = ahead.old_unit


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
        query = query.where(here | beneficiary_table.name.isin(who.leaving) if who.leaving else here)
    if who.arriving:
        query = query.where(beneficiary_table.name.notin(who.arriving))
    if who.beneficiary:
        query = query.where(beneficiary_table.name == who.beneficiary)
    if who.names:
        query = query.where(beneficiary_table.name.isin(who.names))
    return query


def _beneficiaries(who: Who) -> list[dict]:
    table = frappe.qb.DocType("Beneficiary")
    query = frappe.qb.from_(table).select(
        table.name,
        table.full_name,
        table.search_name,
        table.date_of_birth,
        table.dob_precision,
        table.deceased_on,
        table.death_known_on,
        table.administrative_unit,
        table.village,
        table.office,
        table.status,
        table.personal_id,
        table.verification_status,
        table.legal_capacity,
        table.payment_method,
        table.payment_account,
        table.cash_reason,
    )
    return _scoped(query, table, who).orderby(table.name).run(as_dict=True)


def _read_entitlements(people: dict[str, PersonBook], who: Who, transfers: dict[str, list[dict]]) -> None:
    person, term = frappe.qb.DocType("Beneficiary"), frappe.qb.DocType("Entitlement")
    query = (
        frappe.qb.from_(term)
        .join(person)
        .on(term.beneficiary == person.name)
        .select(
            term.name,
            term.beneficiary,
            term.category,
            term.quantity,
            term.decision_no,
            term.decision_date,
            term.effective_from,
            term.effective_to,
            term.settled_through,
            term.stop_reason,
            term.stop_decision_date,
            term.payee_type,
            term.representative,
            term.payment_method,
            term.payment_account,
            term.cash_reason,
            term.both_schemes_on,
        )
        .where(term.docstatus == 1)
    )
    terms = _scoped(query, person, who).orderby(term.name).run(as_dict=True)
    changes = _changes(who)
    starts = {
        row.name: _day(row.starts_on)
        for row in frappe.get_all("Paying Office", fields=["name", "starts_on"], limit_page_length=0)
    }
    for row in terms:
        book = people[row.beneficiary]
        book.terms[row.name] = row
        begins = _paid_here_from(book, starts, transfers.get(row.beneficiary))
        book.entitlements.append(_entitlement(row, changes[row.name], begins))


def _paid_here_from(
    book: PersonBook, starts: dict[str, date | None], moved: list[dict] | None
) -> date | None:
    """The day from which months are this system's to pay: its first office's, or what it has paid, if earlier.

    Who comes from another office of the system brings the months that one paid or left unpaid (July 2025).
    """
    begins = starts.get((moved[0].old_office if moved else None) or book.row.office)
    paid = min((month for line in book.settled for month in line.months), default=None)
    return min(begins, paid.first_day) if begins and paid else begins


def _entitlement(row: dict, changes: list[Change], begins: date | None) -> Entitlement:
    start = Month.parse(getdate(row.effective_from))
    decided_on = getdate(row.decision_date)
    through = Month.parse(getdate(row.settled_through)) if row.settled_through else None
    if begins and decided_on < begins:
        # Decided before anybody here began to pay: the months before were somebody else's to pay.
        before = Month.of(begins) - 1
        through = max(through, before) if through else before
    if row.effective_to:
        last = Month.parse(getdate(row.effective_to))
        known = _day(row.stop_decision_date) or decided_on
        changes = [*changes, Change(last + 1, known, False, row.stop_reason or "")]
    return Entitlement(
        name=row.name,
        category=row.category,
        quantity=row.quantity or 1,
        start=start,
        decided_on=decided_on,
        settled_through=through if through and through >= start else None,
        changes=tuple(changes),
        decision_no=row.decision_no or "",
        both_schemes_on=_day(row.both_schemes_on),
    )


def _read_marriages(law: Law, people: dict[str, PersonBook], who: Who, transfers: dict) -> None:
    """Husbands and wives who hold what a couple draws once, wherever they live, with their decisions."""
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
    rows = _scoped(query, person, who).orderby(bond.parent).orderby(bond.spouse).run(as_dict=True)
    if not rows:
        return
    spouses: dict[str, PersonBook] = {}
    names = sorted({row.spouse for row in rows})
    for start in range(0, len(names), _CHUNK):
        some = Who(names=tuple(names[start : start + _CHUNK]))
        transfers = transfers | moves_of(people=some.names)
        found, _units = _read_people(law, some, transfers)
        _read_entitlements(found, some, transfers)
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


def _read_lines(people: dict[str, PersonBook], who: Who) -> None:
    """Earlier lines follow the person, also those another office paid."""
    person, line = frappe.qb.DocType("Beneficiary"), frappe.qb.DocType("Payout Line")
    period = frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(line)
        .join(person)
        .on(line.beneficiary == person.name)
        .join(period)
        .on(line.period == period.name)
        .select(line.beneficiary, line.benefit, period.month, line.months, line.recovery, line.status)
        .where(line.status != "Cancelled")
        .where(line.kind != ONE_OFF)
    )
    for row in _scoped(query, person, who).run(as_dict=True):
        people[row.beneficiary].settled.append(
            Settled(
                benefit=row.benefit,
                period=Month.parse(getdate(row.month)),
                months=months_from_json(row.months),
                recovery=as_dong(row.recovery or 0),
                status=row.status,
            )
        )
    _read_cases(people, who)


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


def _read_grants(people: dict[str, PersonBook], who: Who) -> None:
    """One-off grants not cancelled, and the lines of all periods that paid them."""
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
    found: dict[str, OneOffGrant] = {}
    for row in _scoped(query, person, who).orderby(grant.name).run(as_dict=True):
        found[row.name] = OneOffGrant(row, as_dong(row.amount or 0))
        people[row.beneficiary].grants.append(found[row.name])
        people[row.beneficiary].terms[row.name] = row
    if not found:
        return
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    lines = (
        frappe.qb.from_(line)
        .join(period)
        .on(line.period == period.name)
        .join(person)
        .on(line.beneficiary == person.name)
        .select(line.one_off_grant, line.total, line.status, period.month)
        .where(line.kind == ONE_OFF)
        .where(line.status != "Cancelled")
    )
    for row in _scoped(lines, person, who).run(as_dict=True):
        if row.one_off_grant in found:
            paid = (Month.parse(getdate(row.month)), as_dong(row.total or 0), row.status)
            found[row.one_off_grant].lines.append(paid)


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


def _by_name(doctype: str, names: set, fields: list[str]) -> dict[str, dict]:
    wanted = sorted(name for name in names if name)
    found = {}
    for start in range(0, len(wanted), _CHUNK):
        rows = frappe.get_all(
            doctype,
            filters={"name": ["in", wanted[start : start + _CHUNK]]},
            fields=fields,
            limit_page_length=0,
        )
        found.update({row.name: row for row in rows})
    return found


def _day(value) -> date | None:
    return getdate(value) if value else None
