"""What a row is compared with, read once per import: law, banks, the commune's people, their accounts."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe.utils import getdate

from ansinh_app.core import names
from ansinh_app.core.law import Category, Law
from ansinh_app.core.sheets import Record
from ansinh_app.policy.law import load_law
from ansinh_app.registry.doctype.entitlement.entitlement import benefit_family
from ansinh_app.registry.units import unit_tree

PERSON_FIELDS = [
    "name",
    "full_name",
    "search_name",
    "date_of_birth",
    "dob_precision",
    "sex",
    "personal_id",
    "old_id",
    "phone",
    "ethnicity",
    "village",
    "address",
    "administrative_unit",
    "office",
    "status",
    "deceased_on",
    "payment_method",
    "payment_account",
    "cash_reason",
]
_HELD_FIELDS = [
    "name",
    "beneficiary",
    "category",
    "quantity",
    "effective_from",
    "effective_to",
    "payee_type",
    "representative",
    "payment_method",
    "payment_account",
    "cash_reason",
]

_BANK_WORDS = re.compile(r"^(?:ngan hang|nh)\s+(?:tmcp|tm cp|thuong mai co phan)?\s*")


@dataclass(slots=True)
class Lookups:
    """Everything known before the first row, kept up to date while rows are written."""

    law: Law
    # The commune of the list, and the units it is made of or became: their people are its people.
    unit: str = ""
    area: frozenset[str] = frozenset()
    providers: dict[str, str] = field(default_factory=dict)
    # Short names and aliases, which a branch may follow; full names are only compared as a whole.
    brands: dict[str, str] = field(default_factory=dict)
    provider_names: dict[str, str] = field(default_factory=dict)
    inactive: frozenset[str] = frozenset()
    titles: dict[str, str] = field(default_factory=dict)
    people: dict[str, frappe._dict] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)
    by_birth: dict[tuple, list[str]] = field(default_factory=dict)
    by_year: dict[tuple, list[str]] = field(default_factory=dict)
    held: dict[str, list[frappe._dict]] = field(default_factory=dict)
    accounts: dict[tuple[str, str], frappe._dict] = field(default_factory=dict)
    representatives: dict[str, frappe._dict] = field(default_factory=dict)
    representative_ids: dict[str, str] = field(default_factory=dict)
    representative_names: dict[str, list[str]] = field(default_factory=dict)
    capacities: set[tuple[str, str, str]] = field(default_factory=set)
    # Entitlement -> row that spoke of it, so that a second row about it is a double.
    rows: dict[str, str] = field(default_factory=dict)

    def category(self, text: str) -> Category | None:
        """The category a cell names: by code, by band group, or by its title with or without diacritics."""
        code = text.strip().upper()
        if code in self.law.categories:
            return self.law.categories[code]
        found = self.titles.get(names.search_key(text))
        return self.law.categories[found] if found else None

    def nearest_category(self, text: str) -> str | None:
        """The title or code most like what was written, to propose it."""
        close = difflib.get_close_matches(names.search_key(text), list(self.titles), n=1, cutoff=0.75)
        if not close:
            return None
        category = self.law.categories[self.titles[close[0]]]
        return f"{category.code} {category.title}"

    def provider(self, text: str) -> str | None:
        """The provider a cell names, with "ngân hàng" before it and a branch after it or not."""
        key = _bare(text)
        if key in self.providers:
            return self.providers[key]
        words = _BANK_WORDS.sub("", names.search_key(text)).split()
        for number in range(len(words), 0, -1):
            brand = "".join(words[:number])
            if brand in self.brands:
                return self.brands[brand]
        return None

    def add_person(self, person: frappe._dict) -> None:
        """Make a person findable for the rows that follow."""
        person.date_of_birth = getdate(person.date_of_birth)
        self.people[person.name] = person
        if person.personal_id:
            self.by_id[person.personal_id] = person.name
        unit = self.unit if person.administrative_unit in self.area else person.administrative_unit
        key = (person.search_name, person.date_of_birth, unit)
        self.by_birth.setdefault(key, []).append(person.name)
        year = (person.search_name, person.date_of_birth.year, unit)
        self.by_year.setdefault(year, []).append(person.name)

    def add_account(self, account: frappe._dict) -> None:
        self.accounts[account.provider, account.account_no] = account

    def add_representative(self, one: frappe._dict) -> None:
        self.representatives[one.name] = one
        if one.personal_id:
            self.representative_ids[one.personal_id] = one.name
        self.representative_names.setdefault(one.search_name, []).append(one.name)

    def holding(self, beneficiary: str, category: str, start: date) -> frappe._dict | None:
        """The entitlement to the same benefit that still runs in the month."""
        family = benefit_family(self.law, category)
        for held in self.held.get(beneficiary, ()):
            if benefit_family(self.law, held.category) == family and (
                not held.effective_to or getdate(held.effective_to) >= start
            ):
                return held
        return None


def read_lookups(records: Iterable[Record], unit: str, rows: dict[str, str] | None = None) -> Lookups:
    """Read what the rows of one workbook can touch, in a handful of queries; `rows`: what was met already."""
    records = list(records)
    area = unit_tree().area([unit])
    found = Lookups(law=load_law(), unit=unit, area=area, rows=dict(rows or {}))
    _read_categories(found)
    _read_providers(found)
    _read_people(found, records)
    _read_accounts(found, records)
    _read_representatives(found, records)
    return found


def _read_categories(found: Lookups) -> None:
    for category in found.law.categories.values():
        found.titles.setdefault(names.search_key(category.title), category.code)
    for category in found.law.categories.values():
        if category.band_group:
            found.titles.setdefault(names.search_key(category.band_group), category.code)
        found.titles.setdefault(names.search_key(category.code), category.code)


def _read_providers(found: Lookups) -> None:
    rows = frappe.get_all(
        "Payment Service Provider",
        fields=["name", "short_name", "provider_name", "aliases", "is_active"],
        order_by="name asc",
    )
    for row in rows:
        found.provider_names[row.name] = row.short_name
        for text in (row.name, row.short_name, row.provider_name, *(row.aliases or "").split(";")):
            if _bare(text):
                found.providers.setdefault(_bare(text), row.name)
        for text in (row.name, row.short_name, *(row.aliases or "").split(";")):
            if _bare(text) and not _BANK_WORDS.match(names.search_key(text)):
                found.brands.setdefault(_bare(text), row.name)
    found.inactive = frozenset(row.name for row in rows if not row.is_active)


def _bare(text: str | None) -> str:
    return names.search_key(text or "").replace(" ", "")


def _values(records: list[Record], name: str) -> list:
    return sorted({str(record.values[name]) for record in records if record.values.get(name)})


def _read_people(found: Lookups, records: list[Record]) -> None:
    here = {"administrative_unit": ["in", sorted(found.area)]}
    rows = frappe.get_all("Beneficiary", filters=here, fields=PERSON_FIELDS)
    known = {row.name for row in rows}
    ids = _values(records, "personal_id")
    if ids:
        rows += [
            row
            for row in frappe.get_all(
                "Beneficiary", filters={"personal_id": ["in", ids]}, fields=PERSON_FIELDS
            )
            if row.name not in known
        ]
    for row in rows:
        found.add_person(row)
    if not found.people:
        return
    held = frappe.get_all(
        "Entitlement",
        filters={"beneficiary": ["in", list(found.people)], "docstatus": 1},
        fields=_HELD_FIELDS,
    )
    for row in held:
        found.held.setdefault(row.beneficiary, []).append(row)
    listed = frappe.get_all(
        "Beneficiary Representative",
        filters={"parent": ["in", list(found.people)], "parenttype": "Beneficiary"},
        fields=["parent", "representative", "capacity"],
    )
    found.capacities = {(row.parent, row.representative, row.capacity) for row in listed}


def _read_accounts(found: Lookups, records: list[Record]) -> None:
    numbers = _values(records, "account_no")
    if not numbers:
        return
    rows = frappe.get_all(
        "Payment Account",
        filters={"account_no": ["in", numbers]},
        fields=["name", "provider", "account_no", "account_name", "beneficiary", "representative", "status"],
    )
    for row in rows:
        found.add_account(row)


def _read_representatives(found: Lookups, records: list[Record]) -> None:
    fields = ["name", "full_name", "search_name", "personal_id", "administrative_unit"]
    here = {"administrative_unit": ["in", sorted(found.area)]}
    rows = frappe.get_all("Representative", filters=here, fields=fields)
    ids = _values(records, "representative_id")
    if ids:
        known = {row.name for row in rows}
        rows += [
            row
            for row in frappe.get_all("Representative", filters={"personal_id": ["in", ids]}, fields=fields)
            if row.name not in known
        ]
    for row in rows:
        found.add_representative(row)
