"""What the reports share: who is entitled in a month, communes above villages, the reader's area."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from functools import reduce
from operator import and_, or_
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import getdate, today

from ansinh_app.core.ledger import Change, Entitlement, Person
from ansinh_app.core.months import Month
from ansinh_app.permissions import Scope, allowed_offices, scope
from ansinh_app.registry.moves import lived_then
from ansinh_app.registry.units import unit_tree

# A condition that names more units than this leaves few people out and costs more than they do.
_MOST_UNITS = 500


class Claim(NamedTuple):
    """One entitlement in force in the month: whose, where, and whether it is paid into an open account."""

    beneficiary: str
    office: str
    unit: str
    programme: str
    has_account: bool
    cash_reason: str
    in_cash: bool = False


class Place(NamedTuple):
    """Where people count: unit, whether paid into an account, whether a reason for cash is stated."""

    unit: str
    has_account: bool
    cash_reason: bool


class _Term(NamedTuple):
    """An entitlement with what of its person and account decides; the last two are the account's."""

    name: str
    beneficiary: str
    category: str
    programme: str
    decision_date: date
    effective_from: date
    effective_to: date | None
    stop_decision_date: date | None
    payment_method: str
    cash_reason: str
    office: str
    administrative_unit: str
    deceased_on: date | None
    death_known_on: date | None
    account_status: str | None
    opened_on: date | None


class Communes:
    """The communes as they are on a day: a village's people count in its commune.

    A commune that has ended counts as the one that succeeded it, so that a merger leaves no orphans.
    """

    def __init__(self, on: date):
        self.on = on
        self.tree = unit_tree()

    def of(self, unit: str | None) -> str | None:
        """The commune a unit belongs to on the day, or the unit itself where none is above it."""
        seen: set[str] = set()
        while unit in self.tree.units and unit not in seen:
            seen.add(unit)
            row = self.tree.units[unit]
            if row.valid_to and row.valid_to < self.on and row.succeeded_by in self.tree.units:
                unit = row.succeeded_by
            elif row.level == "Village" and row.parent:
                unit = row.parent
        return unit

    def below(self, unit: str | None) -> list[str]:
        """Every commune in force on the day at or under a unit; all of them when no unit is given."""
        return [
            row.name
            for row in sorted(self.tree.units.values(), key=lambda row: row.code or "")
            if row.level == "Commune"
            and row.valid_from <= self.on
            and (not row.valid_to or row.valid_to >= self.on)
            and (not unit or unit in self.tree.above(row.name))
        ]

    def title(self, unit: str | None) -> str:
        row = self.tree.units.get(unit)
        return row.unit_name if row else unit or _("No commune")

    def code(self, unit: str | None) -> str:
        row = self.tree.units.get(unit)
        return (row.code if row else unit) or ""


def communes_for(filters, on: date) -> Communes:
    """The communes as they were on the day counted, or as they are today, when the reader asks for that.

    In today's communes the months before and after a merger stand side by side.
    """
    return Communes(max(on, getdate(today())) if filters.get("units") == "Today" else on)


def counted_for() -> Callable[..., bool]:
    """(office, unit, *providers) -> whether the reader may have the people and money there in a sum. Fails closed.

    An office counts whom it pays, wherever they live; a commune and the province count by where people live; a
    bank and the Post count what they carry, where a report names the providers (and only there).
    """
    who = scope()
    areas = _counted_areas(who)

    def admits(office: str, unit: str, *providers: str) -> bool:
        if any(_within(office, offices) and _within(unit, units) for offices, units in areas):
            return True
        return "provider" in who.kinds and not (who.only("provider").providers or frozenset()).isdisjoint(providers)

    return admits


def _counted_areas(who: Scope) -> list[tuple[frozenset[str] | None, frozenset[str] | None]]:
    """(offices, units) of which the reader may have the people who are in both; None is all of them."""
    if who.unrestricted:
        return [(None, None)]
    areas = [(who.offices, who.units)] if "office" in who.kinds else []
    if "commune" in who.kinds:
        areas.append((None, who.units))
    if "viewer" in who.kinds:
        areas.append((None, who.viewed_units))
    return areas


def admits_office() -> Callable[..., bool]:
    """(office, *providers) -> whether the reader may have the office's money as a whole: budgets, drawdowns, fees.

    Nobody whose area is a commune may. Fails closed.
    """
    who, offices = scope(), allowed_offices()

    def admits(office: str, *providers: str) -> bool:
        if who.unrestricted or _within(office, offices):
            return True
        return "provider" in who.kinds and not (who.only("provider").providers or frozenset()).isdisjoint(providers)

    return admits


def _within(value: str, values: frozenset[str] | None) -> bool:
    return values is None or value in values


def duty_day(value, office: str | None) -> date:
    """The day of a filter; left empty it is today, or the last day of duty when every office counted has ended.

    An office that was dissolved reports its own communes, not those that came after them.
    """
    if value:
        return getdate(value)
    filters = {"name": office} if office else {}
    # Until when an office worked is no secret; whose role may not list offices still has a day to ask about.
    listing = frappe.get_list if frappe.has_permission("Paying Office", "read") else frappe.get_all
    ends = listing("Paying Office", filters=filters, pluck="ends_on", limit_page_length=0)
    now = getdate(today())
    return min(now, max(map(getdate, ends))) if ends and all(ends) else now


def filter_month(value, office: str | None = None) -> Month:
    """The month of a filter, any day of it; left empty it is the last month that has a period of the reader's office."""
    if not value:
        wanted = {"office": office} if office else {}
        # Who may list no periods at all still has a month to ask about.
        listing = frappe.get_list if frappe.has_permission("Payout Period", "read") else frappe.get_all
        value = next(
            iter(listing("Payout Period", wanted, pluck="month", order_by="month desc", limit_page_length=1)), None
        )
    return Month.of(getdate(value or today()))


def periods_of(first: Month, last: Month | None = None, office: str | None = None):
    """The question for the periods of the months from `first` to `last` (or of the one), of an office if given.

    Lines are asked for by it (`line.period.isin(...)`): joined to the periods' months, or given their names, one
    database or the other reads every line there is.
    """
    period = frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(period)
        .select(period.name)
        .where(period.month >= first.first_day)
        .where(period.month <= (last or first).first_day)
    )
    return query.where(period.office == office) if office else query


def own_office(filters=None) -> str | None:
    """The office a paper of the session's user speaks for: the one asked for, or the only one he works for."""
    if filters and filters.get("office"):
        return filters["office"] if frappe.db.exists("Paying Office", filters["office"]) else None
    who = scope()
    if "office" not in who.kinds:
        return None
    offices = who.only("office").offices
    names = list(offices) if offices is not None else frappe.get_all("Paying Office", pluck="name", limit_page_length=2)
    return names[0] if len(names) == 1 else None


def claims_in_force(as_of: date, office: str | None = None, programme: str | None = None) -> list[Claim]:
    """Entitlements active in the month of `as_of`, as known that day; the state rule is the core's."""
    return next(claims_on([as_of], office, programme))


def claims_on(
    days: list[date], office: str | None = None, programme: str | None = None
) -> Iterator[list[Claim]]:
    """For each of the days, the entitlements active in its month as known then; all are read once."""
    rows = list(_known_on(days, office, programme))
    for at in range(len(days)):
        claims = []
        for row, in_force, paid, places in rows:
            unit, payer = places[at]
            if in_force[at] and (not office or payer == office):
                cash = row.payment_method == "Cash"
                claims.append(
                    Claim(row.beneficiary, payer, unit, row.programme, paid[at], row.cash_reason or "", cash)
                )
        yield claims


def people_on(
    days: list[date], office: str | None = None, programme: str | None = None
) -> Iterator[dict[Place, set[str]]]:
    """For each of the days, who holds a benefit then, of the people the reader may count; the rules of `claims_on`.

    Whose claims are alike on every day and in the same place go together, so that a trend costs little more than a day.
    """
    groups: dict[tuple, list[str]] = defaultdict(list)
    for row, in_force, paid, places in _known_on(days, office, programme, _counted_areas(scope())):
        groups[in_force, paid, places, bool(row.cash_reason)].append(row.beneficiary)
    admits = counted_for()
    for at in range(len(days)):
        found: dict[Place, set[str]] = defaultdict(set)
        for (in_force, paid, places, reason), people in groups.items():
            unit, payer = places[at]
            if in_force[at] and (not office or payer == office) and admits(payer, unit):
                found[Place(unit, paid[at], reason)].update(people)
        yield found


def _known_on(
    days: list[date], office: str | None, programme: str | None, areas: list[tuple] | None = None
) -> Iterator[tuple[_Term, tuple, tuple, tuple]]:
    """Each entitlement with, day by day, whether it is in force, whether it is paid into an account, (unit, office).

    `areas` (see `_counted_areas`): who lives and is paid elsewhere need not be read; the caller still asks.
    """
    latest = max(days)
    thens = [lived_then(as_of) for as_of in days]
    moved = set().union(*thens)
    changes = _changes_known(latest)
    in_force: dict[tuple, tuple] = {}
    paid: dict[tuple, tuple] = {}
    here: dict[tuple, tuple] = {}
    # Whom a reform has moved since is found by where he lived on the day, not by where he lives.
    narrow = (None, None) if moved else (office, areas)
    for row in _terms(latest, narrow[0], programme, narrow[1]):
        own = changes.get(row.name)
        kind = _decided(row, own)
        if kind not in in_force:
            in_force[kind] = tuple(_in_force(row, own or [], Month.of(as_of), as_of) for as_of in days)
        way = row.payment_method, row.account_status, row.opened_on
        if way not in paid:
            paid[way] = tuple(_paid_into_account(row, as_of) for as_of in days)
        home = row.administrative_unit, row.office
        if row.beneficiary in moved:
            # He counts where he lived on the day, for who paid him then.
            places = tuple(then.get(row.beneficiary, home) for then in thens)
        else:
            places = here.setdefault(home, (home,) * len(days))
        yield row, in_force[kind], paid[way], places


def _decided(row, changes: list | None) -> tuple:
    """All that decides whether a benefit is in force: those alike in it are asked about once a day."""
    terms = (row.effective_from, row.decision_date, row.effective_to, row.stop_decision_date)
    return (*terms, row.deceased_on, row.death_known_on, row.name if changes else None)


def _in_force(row, changes: list[Change], month: Month, as_of: date) -> bool:
    if getdate(row.effective_from) > month.last_day or getdate(row.decision_date) > as_of:
        return False
    return _alive(row, month, as_of) and _entitlement(row, changes).state(month, as_of)[0]


def _terms(
    latest: date, office: str | None, programme: str | None, areas: list[tuple] | None = None
) -> list[_Term]:
    term, person = frappe.qb.DocType("Entitlement"), frappe.qb.DocType("Beneficiary")
    account = frappe.qb.DocType("Payment Account")
    of_person = {"office", "administrative_unit", "deceased_on", "death_known_on"}
    columns = [(person if name in of_person else term)[name] for name in _Term._fields[:-2]]
    query = (
        frappe.qb.from_(term)
        .join(person)
        .on(term.beneficiary == person.name)
        .left_join(account)
        .on(term.payment_account == account.name)
        .select(*columns, account.status, account.opened_on)
        .where(term.docstatus == 1)
        .where(term.effective_from <= Month.of(latest).last_day)
        .where(term.decision_date <= latest)
        .orderby(term.name)
    )
    if office:
        query = query.where(person.office == office)
    if programme:
        query = query.where(term.programme == programme)
    if (within := _lives_within(person, areas)) is not None:
        query = query.where(within)
    return list(map(_Term._make, query.run()))


def _lives_within(person, areas: list[tuple] | None):
    """The condition that somebody is in one of the areas; None where that leaves nobody out, or says too much."""
    if areas is None or (None, None) in areas or any(len(units or ()) > _MOST_UNITS for _offices, units in areas):
        return None
    choices = []
    for offices, units in areas:
        parts = [
            column.isin(sorted(names) or [""])
            for column, names in ((person.office, offices), (person.administrative_unit, units))
            if names is not None
        ]
        choices.append(reduce(and_, parts))
    return reduce(or_, choices or [person.name == ""])


def _paid_into_account(row, as_of: date) -> bool:
    if row.payment_method != "Bank Account" or row.account_status != "Active":
        return False
    return not row.opened_on or getdate(row.opened_on) <= as_of


def _alive(row, month: Month, as_of: date) -> bool:
    person = Person(
        name=row.beneficiary,
        born=None,
        died_on=getdate(row.deceased_on) if row.deceased_on else None,
        death_known_on=getdate(row.death_known_on) if row.death_known_on else None,
    )
    last = person.last_month(as_of)
    return last is None or month <= last


def _entitlement(row, changes: list[Change]) -> Entitlement:
    decided_on = getdate(row.decision_date)
    if row.effective_to:
        known = getdate(row.stop_decision_date or row.decision_date)
        stop = Change(Month.of(getdate(row.effective_to)) + 1, known, False)
        changes = [*changes, stop]
    start = Month.of(getdate(row.effective_from))
    return Entitlement(row.name, row.category, 1, start, decided_on, None, tuple(changes))


def _changes_known(as_of: date) -> dict[str, list[Change]]:
    table = frappe.qb.DocType("Entitlement Change")
    rows = (
        frappe.qb.from_(table)
        .select(table.parent, table.effective_month, table.decided_on, table.active)
        .where(table.parenttype == "Entitlement")
        .where(table.decided_on <= as_of)
        .orderby(table.parent)
        .orderby(table.idx)
        .run(as_dict=True)
    )
    found: dict[str, list[Change]] = defaultdict(list)
    for row in rows:
        month = Month.of(getdate(row.effective_month))
        found[row.parent].append(Change(month, getdate(row.decided_on), bool(row.active)))
    return found


def office_unit(office: str | None) -> str | None:
    """The unit an office pays for, or None."""
    return frappe.db.get_value("Paying Office", office, "administrative_unit") if office else None
