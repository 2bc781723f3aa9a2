"""What a row is compared with, read once per import: law, banks, the commune's people, their accounts."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe.utils import getdate

from ansinh_app.core import names
from ansinh_app.core.category_words import code_in_words
from ansinh_app.core.law import Category, Law
from ansinh_app.core.masking import ACCOUNT, PERSONAL_ID
from ansinh_app.core.sheets import Record
from ansinh_app.policy.law import load_law
from ansinh_app.registry.doctype.entitlement.entitlement import benefit_family
from ansinh_app.registry.units import unit_tree
from ansinh_app.utils.sealed_numbers import opened, sought_all

PERSON_FIELDS = [
    "name",
    "full_name",
    "search_name",
    "date_of_birth",
    "dob_precision",
    "sex",
    "personal_id",
    "old_id",
    "birth_certificate_no",
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

_ACCOUNT_FIELDS = [
    "name",
    "provider",
    "account_no",
    "account_name",
    "beneficiary",
    "representative",
    "status",
]
_REPRESENTATIVE_FIELDS = ["name", "full_name", "search_name", "personal_id", "administrative_unit"]
_AT_ONCE = 500
_LEADING_CODE = re.compile(r"[A-Z]{2,4}-[A-Z0-9]+(?:-[A-Z0-9]+)*(?=\s|[:(,;.]|$)")
_UNIT_WORDS = re.compile(r"^(?:xa|phuong|thi tran|tt|p|x) ")
_BANK_WORDS = re.compile(r"^(?:(?:ngan hang|nh)(?: (?:tmcp|tm cp|tm|thuong mai co phan))?|nhtmcp|tmcp) ")


class Known:
    """What is known of one document, by name of its fields; a list of 100,000 keeps as many of these."""

    __slots__ = ()

    def __init__(self, values) -> None:
        for fieldname in self.__slots__:
            setattr(self, fieldname, values.get(fieldname))

    def get(self, fieldname: str):
        return getattr(self, fieldname, None)

    def keys(self) -> tuple[str, ...]:
        return self.__slots__

    def __getitem__(self, fieldname: str):
        return getattr(self, fieldname)

    def update(self, values: dict) -> None:
        for fieldname, value in values.items():
            if fieldname in self.__slots__:
                setattr(self, fieldname, value)


class Person(Known):
    """A beneficiary."""

    __slots__ = tuple(PERSON_FIELDS)


class Held(Known):
    """An entitlement; `place` is the row of the list that spoke of it: a second one is a double."""

    __slots__ = (*_HELD_FIELDS, "place")


class Account(Known):
    """A payment account."""

    __slots__ = tuple(_ACCOUNT_FIELDS)


class Births:
    """People by name, birth and unit, found through their names: `part` is what of the birth must agree."""

    __slots__ = ("_known", "_part")

    def __init__(self, known: "Lookups", part) -> None:
        self._known, self._part = known, part

    def get(self, key: tuple, default=()) -> list[str]:
        search_name, born, unit = key
        known = self._known
        found = [
            name
            for name in known.by_name.get(search_name, ())
            if self._part(known.people[name].date_of_birth) == born
            and known.unit_of(known.people[name]) == unit
        ]
        return found or default


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
    people: dict[str, Person] = field(default_factory=dict)
    by_id: dict[str, str] = field(default_factory=dict)
    by_old_id: dict[str, list[str]] = field(default_factory=dict)
    by_name: dict[str, tuple[str, ...]] = field(default_factory=dict)
    held: dict[str, tuple[Held, ...]] = field(default_factory=dict)
    accounts: dict[tuple[str, str], Account] = field(default_factory=dict)
    representatives: dict[str, frappe._dict] = field(default_factory=dict)
    representative_ids: dict[str, str] = field(default_factory=dict)
    representative_names: dict[str, list[str]] = field(default_factory=dict)
    capacities: set[tuple[str, str, str]] = field(default_factory=set)
    # What communes are and were called -> their units.
    unit_names: dict[str, list[str]] = field(default_factory=dict)
    _nearest: dict[str, str | None] = field(default_factory=dict)

    @property
    def by_birth(self) -> Births:
        """(search name, date of birth, unit) -> people; the list's area counts as its unit."""
        return Births(self, lambda born: born)

    @property
    def by_year(self) -> Births:
        """(search name, year of birth, unit) -> people."""
        return Births(self, lambda born: born.year)

    def unit_of(self, person: Person) -> str:
        """The commune a person counts for: the list's own, for everybody of its area."""
        return self.unit if person.administrative_unit in self.area else person.administrative_unit

    def category(self, text: str) -> Category | None:
        """The category a cell names: by code, by band group, by its title or in a commune's usual words."""
        code = text.strip().upper()
        if code in self.law.categories:
            return self.law.categories[code]
        leading = _LEADING_CODE.match(code)
        if leading and leading[0] in self.law.categories:
            # "BTXH-06B1 - Người khuyết tật nặng"
            return self.law.categories[leading[0]]
        found = self.titles.get(names.search_key(text)) or code_in_words(text)
        return self.law.categories.get(found) if found else None

    def nearest_category(self, text: str) -> str | None:
        """The title or code most like what was written, to propose it."""
        key = names.search_key(text)
        if key not in self._nearest:
            close = difflib.get_close_matches(key, list(self.titles), n=1, cutoff=0.75)
            category = self.law.categories[self.titles[close[0]]] if close else None
            self._nearest[key] = f"{category.code} {category.title}" if category else None
        return self._nearest[key]

    def units_called(self, text: str) -> list[str]:
        """The communes of today and before that bear the name, with or without xã, phường, thị trấn."""
        key = names.search_key(text.split(",")[0])
        return self.unit_names.get(key) or self.unit_names.get(_UNIT_WORDS.sub("", key), [])

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

    def add_person(self, values) -> None:
        """Make a person findable for the rows that follow; `values` by field."""
        person = Person(values)
        person.date_of_birth = getdate(person.date_of_birth)
        self.people[person.name] = person
        if person.personal_id:
            self.by_id[person.personal_id] = person.name
        if person.old_id:
            self.by_old_id.setdefault(person.old_id, []).append(person.name)
        self.by_name[person.search_name] = (*self.by_name.get(person.search_name, ()), person.name)

    def add_account(self, values) -> None:
        """Make an account findable; `values` by field."""
        account = Account(values)
        self.accounts[account.provider, account.account_no] = account

    def add_held(self, values) -> Held:
        """Make an entitlement findable; `values` by field."""
        held = Held(values)
        self.held[held.beneficiary] = (*self.held.get(held.beneficiary, ()), held)
        return held

    def add_representative(self, one: frappe._dict) -> None:
        self.representatives[one.name] = one
        if one.personal_id:
            self.representative_ids[one.personal_id] = one.name
        self.representative_names.setdefault(one.search_name, []).append(one.name)

    def holding(self, beneficiary: str, category: str, start: date) -> Held | None:
        """The entitlement to the same benefit that still runs in the month."""
        family = benefit_family(self.law, category)
        for held in self.held.get(beneficiary, ()):
            if benefit_family(self.law, held.category) == family and (
                not held.effective_to or getdate(held.effective_to) >= start
            ):
                return held
        return None


def read_lookups(unit: str) -> Lookups:
    """Read what a list of the unit can touch; `learn` adds what its rows name from elsewhere."""
    found = Lookups(law=load_law(), unit=unit, area=unit_tree().area([unit]))
    _read_categories(found)
    _read_providers(found)
    for one in unit_tree().units.values():
        if one.level == "Commune":
            key = names.search_key(one.unit_name)
            for called in {key, _UNIT_WORDS.sub("", key)}:
                found.unit_names.setdefault(called, []).append(one.name)
    here = {"administrative_unit": ["in", sorted(found.area)]}
    _add_people(found, here)
    for row in opened(frappe.get_all("Representative", filters=here, fields=_REPRESENTATIVE_FIELDS)):
        found.add_representative(row)
    return found


def learn(found: Lookups, records: Iterable[Record]) -> None:
    """Read what some more rows name: people and representatives of other communes, and accounts."""
    records = list(records)
    ids = [number for number in _values(records, "personal_id") if number not in found.by_id]
    if ids:
        _add_people(found, {"personal_id": ["in", sought_all(PERSONAL_ID, ids)]})
    numbers = _values(records, "account_no")
    if numbers:
        rows = frappe.get_all(
            "Payment Account",
            filters={"account_no": ["in", sought_all(ACCOUNT, numbers)]},
            fields=_ACCOUNT_FIELDS,
        )
        for row in opened(rows):
            # What this import has made or changed is newer than what was read.
            if (row.provider, row.account_no) not in found.accounts:
                found.add_account(row)
    ids = [n for n in _values(records, "representative_id") if n not in found.representative_ids]
    if ids:
        filters = {"personal_id": ["in", sought_all(PERSONAL_ID, ids)]}
        for row in opened(frappe.get_all("Representative", filters=filters, fields=_REPRESENTATIVE_FIELDS)):
            found.add_representative(row)


def learn_people(found: Lookups, beneficiaries: list[str]) -> None:
    """Read some more people by the names of their documents."""
    for start in range(0, len(beneficiaries), _AT_ONCE):
        _add_people(found, {"name": ["in", beneficiaries[start : start + _AT_ONCE]]})


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


def reread(found: Lookups, beneficiary: str) -> None:
    """Read one person anew, after a change of his was undone."""
    row = opened(frappe.db.get_value("Beneficiary", beneficiary, PERSON_FIELDS, as_dict=True))
    person = found.people[beneficiary]
    person.update(row)
    person.date_of_birth = getdate(person.date_of_birth)
    places = {held.name: held.place for held in found.held.pop(beneficiary, ())}
    found.capacities = {key for key in found.capacities if key[0] != beneficiary}
    _add_holdings(found, [beneficiary])
    for held in found.held.get(beneficiary, ()):
        held.place = places.get(held.name)


def _add_people(found: Lookups, filters: dict) -> None:
    """Add the people who match, with what they hold and who represents them."""
    rows = [
        row
        for row in opened(frappe.get_all("Beneficiary", filters=filters, fields=PERSON_FIELDS))
        if row.name not in found.people
    ]
    for row in rows:
        found.add_person(row)
    for start in range(0, len(rows), _AT_ONCE):
        _add_holdings(found, [row.name for row in rows[start : start + _AT_ONCE]])


def _add_holdings(found: Lookups, people: list[str]) -> None:
    """What some people hold, and who represents them."""
    held = frappe.get_all(
        "Entitlement", filters={"beneficiary": ["in", people], "docstatus": 1}, fields=_HELD_FIELDS
    )
    for row in held:
        found.add_held(row)
    listed = frappe.get_all(
        "Beneficiary Representative",
        filters={"parent": ["in", people], "parenttype": "Beneficiary"},
        fields=["parent", "representative", "capacity"],
    )
    found.capacities |= {(row.parent, row.representative, row.capacity) for row in listed}
