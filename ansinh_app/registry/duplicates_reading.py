"""People as the search for duplicates compares them, read set-based; who shares a number or an account."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

import frappe
from frappe.query_builder.functions import Count
from frappe.utils import get_first_day, getdate, nowdate

from ansinh_app.core.duplicates import Known, Record, count_namesakes
from ansinh_app.core.names import search_key
from ansinh_app.utils.sealed_numbers import KIND_OF_COLUMN, opened, sought_all

_CHUNK = 500
_FIELDS = (
    "name", "full_name", "date_of_birth", "dob_precision", "sex", "personal_id", "old_id", "birth_certificate_no",
    "administrative_unit", "village", "verification_status", "office", "status",
)  # fmt: skip
# Nobody is paid by either record any more: there is nothing to decide.
ENDED = ("Stopped", "Deceased")


def known_of(row) -> Known:
    """A Beneficiary row or document as the core compares it."""
    return Known(
        Record(
            key=row.name,
            full_name=row.full_name or "",
            born=getdate(row.date_of_birth) if row.date_of_birth else None,
            precision=row.dob_precision or "Day",
            sex=row.sex or "",
            personal_id=row.personal_id or "",
            old_id=row.old_id or "",
            certificate=row.birth_certificate_no or "",
            unit=row.administrative_unit or "",
            village=row.village or "",
            verified=row.verification_status == "Verified",
        )
    )


def read(**conditions) -> list:
    """Rows of people by conditions on their columns: a value, a list of values, or (first, last)."""
    table = frappe.qb.DocType("Beneficiary")
    query = frappe.qb.from_(table).select(*(table[field] for field in _FIELDS)).orderby(table.name)
    for field, wanted in conditions.items():
        if field in KIND_OF_COLUMN:
            wanted = sought_all(KIND_OF_COLUMN[field], wanted if isinstance(wanted, list) else [wanted])
        if isinstance(wanted, tuple):
            query = query.where(table[field] >= wanted[0]).where(table[field] <= wanted[1])
        elif isinstance(wanted, list):
            query = query.where(table[field].isin(wanted))
        else:
            query = query.where(table[field] == wanted)
    return opened(query.run(as_dict=True))


def read_in(field: str, values: Iterable) -> Iterator:
    """Rows whose field is one of many values, chunk by chunk."""
    values = sorted(set(values) - {None, ""}, key=str)
    for start in range(0, len(values), _CHUNK):
        yield from read(**{field: values[start : start + _CHUNK]})


def namesakes() -> Counter:
    """How many bear each name in the whole registry."""
    table = frappe.qb.DocType("Beneficiary")
    rows = frappe.qb.from_(table).select(table.full_name, Count("*")).groupby(table.full_name).run()
    return count_namesakes((name or "", many) for name, many in rows)


def namesakes_of(full_names: Iterable[str]) -> Counter:
    """The same for some names only, by the indexed search name."""
    table, found = frappe.qb.DocType("Beneficiary"), Counter()
    keys = sorted({search_key(name) for name in full_names} - {""})
    for start in range(0, len(keys), _CHUNK):
        query = (
            frappe.qb.from_(table)
            .select(table.search_name, Count("*"))
            .where(table.search_name.isin(keys[start : start + _CHUNK]))
            .groupby(table.search_name)
        )
        found += count_namesakes(query.run())
    return found


def slices(at_most: int) -> list[tuple[date, date, int]]:
    """First and last birthday of parts of the registry that are read at once, whole years each, with their size."""
    table = frappe.qb.DocType("Beneficiary")
    rows = (
        frappe.qb.from_(table)
        .select(table.date_of_birth, Count("*"))
        .where(table.date_of_birth.isnotnull())
        .groupby(table.date_of_birth)
        .run()
    )
    years: Counter = Counter()
    for born, many in rows:
        years[getdate(born).year] += many
    found: list[tuple[date, date, int]] = []
    for year in sorted(years):
        if found and found[-1][2] + years[year] <= at_most:
            first, _last, many = found.pop()
            found.append((first, date(year, 12, 31), many + years[year]))
        else:
            found.append((date(year, 1, 1), date(year, 12, 31), years[year]))
    return found


def sharing_numbers() -> set[tuple[str, str]]:
    """Pairs of the registry with one personal ID, one old ID, or the ID of one as the other's old ID."""
    one, other = frappe.qb.DocType("Beneficiary").as_("one"), frappe.qb.DocType("Beneficiary").as_("other")
    found = set()
    for mine, theirs in (("old_id", "old_id"), ("personal_id", "old_id"), ("personal_id", "personal_id")):
        query = (
            frappe.qb.from_(one)
            .join(other)
            .on(one[mine] == other[theirs])
            .select(one.name, other.name)
            .where(one[mine].isnotnull())
            .where(one[mine] != "")
            .where(one.name != other.name)
        )
        found |= {tuple(sorted(pair)) for pair in query.run()}
    return found


def sharing_accounts(only: list[str] | None = None) -> set[tuple[str, str]]:
    """Pairs of whom one is paid in person into the account that is the other's own.

    Who is paid for somebody else is no duplicate, nor is a representative who draws a benefit himself. `only`:
    people whose payments are looked at, a few of them.
    """
    if only is not None and not only:
        return set()  # MariaDB knows no empty list
    account, person = frappe.qb.DocType("Payment Account"), frappe.qb.DocType("Beneficiary")
    term = frappe.qb.DocType("Entitlement")
    own = (account.holder_type == "Self") & account.beneficiary.isnotnull()
    by_decision = (
        frappe.qb.from_(term)
        .join(account)
        .on(term.payment_account == account.name)
        .select(account.beneficiary, term.beneficiary)
        .where(own)
        .where(term.docstatus == 1)
        .where(term.payee_type == "Self")
        .where(account.beneficiary != term.beneficiary)
        .where(term.effective_to.isnull() | (term.effective_to >= get_first_day(nowdate())))
    )
    by_default = (
        frappe.qb.from_(person)
        .join(account)
        .on(person.payment_account == account.name)
        .select(account.beneficiary, person.name)
        .where(own)
        .where(account.beneficiary != person.name)
    )
    if only is not None:
        by_decision = by_decision.where(term.beneficiary.isin(only))
        by_default = by_default.where(person.name.isin(only))
    pairs = {tuple(row) for query in (by_decision, by_default) for row in query.run()}
    represented = _representing(pairs)
    return {tuple(sorted(pair)) for pair in pairs if pair not in represented}


def _representing(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Of (holder, paid) those whose holder is a representative of the other."""
    holders = sorted({holder for holder, _paid in pairs})
    listed, other = frappe.qb.DocType("Beneficiary Representative"), frappe.qb.DocType("Representative")
    person = frappe.qb.DocType("Beneficiary")
    found = set()
    for start in range(0, len(holders), _CHUNK):
        query = (
            frappe.qb.from_(person)
            .join(other)
            .on(person.personal_id == other.personal_id)
            .join(listed)
            .on(listed.representative == other.name)
            .select(person.name, listed.parent)
            .where(person.name.isin(holders[start : start + _CHUNK]))
        )
        found |= {tuple(row) for row in query.run()}
    return found


def schemes(names: Iterable[str]) -> dict[str, set[str]]:
    """The programmes each person draws or will draw, by decisions in force."""
    table, found, names = frappe.qb.DocType("Entitlement"), defaultdict(set), sorted(set(names))
    for start in range(0, len(names), _CHUNK):
        query = (
            frappe.qb.from_(table)
            .select(table.beneficiary, table.programme)
            .where(table.beneficiary.isin(names[start : start + _CHUNK]))
            .where(table.docstatus == 1)
            .where(table.effective_to.isnull() | (table.effective_to >= get_first_day(nowdate())))
        )
        for person, programme in query.run():
            found[person].add(programme or "")
    return found

