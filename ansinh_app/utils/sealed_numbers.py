"""ID and account numbers between the program, which sees them plain, and tables, where a site may keep them sealed.

Off until somebody switches it on (`oversight/number_keys.py`): without a key and a state nothing here does
anything. Documents go through `SealedNumbers`; whoever reads or writes columns set-based calls `opened`, `sealed`
and `sought`. A table may be mixed while the switch runs: what has no prefix is plain.
"""

import json
import re
from collections.abc import Iterable
from contextlib import contextmanager

import frappe
from frappe import _
from frappe.utils.caching import request_cache

from ansinh_app.core.masking import ACCOUNT, PERSONAL_ID, PHONE, kind_of_field, mask
from ansinh_app.core.sealed_numbers import LONGEST, Keys, WrongKey, is_sealed, read_key
from ansinh_app.exceptions import NumberKeyError
from ansinh_app.utils.masking import numbers_of

STATE = "ansinh_sealed_numbers"
# Columns by the names they have wherever they stand, for rows that come out of queries.
KIND_OF_COLUMN = {
    "personal_id": PERSONAL_ID,
    "old_id": PERSONAL_ID,
    "birth_certificate_no": PERSONAL_ID,
    "holder_id": PERSONAL_ID,
    "found_personal_id": PERSONAL_ID,
    "new_personal_id": PERSONAL_ID,
    "account_no": ACCOUNT,
}
# Whose numbers are sealed: the columns at the permission levels of core/masking.py, and those named here.
DOCTYPES = (
    "Beneficiary",
    "Representative",
    "Payment Account",
    "Account Request",
    "Unmatched Answer",
    "Payout Line",
    "Provider Result Row",
    "Identity Verification",
    "Identity Difference",
    "ID Card Request",
    "Registry Change",
    "Data Subject Request",
    "Deleted Document",
)
# A deleted document as it was, whatever it was.
_WHOLE = {"Deleted Document": {"data": PERSONAL_ID}}
# Columns that hold a number only where another column of the row names one.
NAMED_BY = {
    ("Registry Change", "corrected_value"): "corrected_field",
    ("Data Subject Request", "corrected_value"): "corrected_field",
    ("Identity Difference", "registry_value"): "field",
    ("Identity Difference", "police_value"): "field",
}
_KEY_NAME = re.compile(r"number_key(?:_([0-9]{1,3}))?")


class Vault:
    """The site's keys, and whether what is written now is sealed."""

    def __init__(self, keys: Keys | None, writes: bool) -> None:
        self.keys, self.writes = keys, writes

    def seal(self, kind: str, value):
        if not self.writes or not value or is_sealed(value):
            return value
        return self.keys.seal(kind, str(value))

    def open(self, kind: str, value):
        if not is_sealed(value):
            return value
        if not self.keys:
            raise key_error("")
        try:
            return self.keys.unseal(kind, value)
        except WrongKey as error:
            raise key_error(str(error)) from error


def state() -> dict:
    """{} off; else `state` (sealing, sealed, opening), `version` of the key and `checks` of keys by version."""
    table = frappe.qb.DocType("DefaultValue")
    # Not from a cache of the host's: whoever writes plain numbers after the switch would not be found out.
    query = frappe.qb.from_(table).select(table.defvalue).where(table.parent == "__global")
    rows = query.where(table.defkey == STATE).run()
    return json.loads(rows[0][0] or "{}") if rows else {}


@request_cache
def vault() -> Vault | None:
    """The site's vault; None where nothing was ever switched on and no key is there. Raises NumberKeyError."""
    known, keys = state(), site_keys()
    if not keys:
        if known:
            raise key_error(str(known["version"]))
        return None
    version = known.get("version") or max(keys)
    if version not in keys:
        raise key_error(str(version))
    found = Keys(keys, version)
    for number, check in known.get("checks", {}).items():
        if int(number) in found and found.check(int(number)) != check:
            raise key_error(number)
    return Vault(found, known.get("state") in ("sealing", "sealed"))


def forget_vault() -> None:
    """Read keys and state anew, after one of them changed."""
    if known := getattr(frappe.local, "request_cache", None):
        known.clear()


def site_keys() -> dict[int, bytes]:
    """The keys in the site's configuration by version: `number_key` is 1, `number_key_2` is 2. NumberKeyError."""
    found = {}
    for name, text in frappe.conf.items():
        if text and (named := _KEY_NAME.fullmatch(name)):
            try:
                found[int(named[1] or 1)] = read_key(text)
            except WrongKey as error:
                raise NumberKeyError(
                    _("{0} in the site's configuration is no key: 64 random bytes in base64 are expected.").format(name)
                ) from error
    return found


def key_error(version: str) -> NumberKeyError:
    """What is wrong where the key of a version is missing or does not open."""
    name = "number_key" if version in ("", "0", "1") else f"number_key_{version}"
    return NumberKeyError(
        _(
            "ID and account numbers of this site are encrypted, and {0} in its configuration is missing or another "
            "key. Nothing is lost: put back the key that was kept apart, and start the site again."
        ).format(name)
    )


# Texts: what a list's check says of its rows repeats their numbers.

TEXTS = {
    "Registry Import": ("error_message",),
    "Registry Import Column": ("sample",),
    "Registry Import Row": ("reasons", "repairs", "doubts", "assumed", "candidates"),
    "Registry Change List": ("error_message",),
    "Registry Change List Row": ("reasons", "doubts"),
    # A history of the above.
    "Version": ("data",),
}
_DIGITS = re.compile(r"(?<![0-9])[0-9]{9,19}(?![0-9])")
_PHONE = re.compile(r"0[35789][0-9]{8}")


def without_numbers(text: str | None, *known: str | None) -> str | None:
    """A text for a table: where the site seals numbers, those in it (long digits, and these) are masked."""
    found = vault()
    if not text or not found or not found.writes:
        return text
    for number in known:
        if number and len(str(number)) >= 6:
            text = text.replace(str(number), mask(ACCOUNT, str(number)))
    return _DIGITS.sub(_masked, text)


def _masked(digits: re.Match) -> str:
    """A phone number keeps what a clerk tells it by; any other number is as an ID or an account."""
    number = digits[0]
    kind = PHONE if _PHONE.fullmatch(number) else PERSONAL_ID if len(number) == 12 else ACCOUNT
    return mask(kind, number)


# Values and rows


def sealed(kind: str, value):
    """A number as it is written into a table now: sealed where the site does so, else as it is."""
    found = vault()
    return found.seal(kind, value) if found else value


def opened_value(kind: str, value):
    """A number out of a table, plain."""
    found = vault()
    return found.open(kind, value) if found else value


def opened(rows):
    """Rows of a query (dicts, or one of them, or None) with the numbers in columns known by name plain, in place."""
    found = vault()
    if not found or not rows:
        return rows
    for row in (rows,) if isinstance(rows, dict) else rows:
        for column in KIND_OF_COLUMN.keys() & row.keys():
            row[column] = found.open(KIND_OF_COLUMN[column], row[column])
    return rows


def sought_all(kind: str, values: Iterable) -> list:
    """What to look for in a column so that each number is found, however it stands in the table."""
    values = [value for value in values if value not in (None, "")]
    found = vault()
    if not found or not found.keys:
        return values
    return [
        text
        for value in values
        for text in ([value] if is_sealed(value) else found.keys.sought(kind, str(value)))
    ]


def sought(kind: str, value):
    """The value of a filter that finds one number: the number itself, or a list of what it may stand as."""
    if value in (None, "") or not vault():
        return value
    return ["in", sought_all(kind, [value])]


def found_by(kind: str, value) -> list:
    """Operator and value of a filter in list form that finds one number."""
    found = sought(kind, value)
    return found if isinstance(found, list) else ["=", found]


# Documents


@request_cache
def columns_of(doctype: str) -> dict[str, str | None]:
    """The columns of a DocType that are sealed, with their kind; None where another column names it (NAMED_BY)."""
    if doctype not in DOCTYPES:
        return {}
    if doctype in _WHOLE:
        return _WHOLE[doctype]
    meta = frappe.get_meta(doctype)
    found = {
        name: None if (doctype, name) in NAMED_BY else kind
        for name, kind in numbers_of(doctype).items()
        if kind in (PERSONAL_ID, ACCOUNT) and not meta.get_field(name).get("is_virtual")
    }
    return found | {name: None for table, name in NAMED_BY if table == doctype}


def kind_in(doctype: str, column: str, row) -> str | None:
    """The kind of number a column holds in this row; None where it holds none that is sealed."""
    if (doctype, column) not in NAMED_BY:
        return columns_of(doctype)[column]
    kind = kind_of_field(row.get(NAMED_BY[doctype, column]))
    return kind if kind in (PERSONAL_ID, ACCOUNT) else None


class SealedNumbers:
    """A Document whose ID and account numbers, and those of its rows, may be sealed in the database.

    In memory they are plain. Stands before Document among the bases.
    """

    def load_from_db(self):
        """Read the document, numbers plain; also where it is asked for by a number."""
        if isinstance(self.name, dict):
            self.name = sealed_filters(self.doctype, self.name)
        super().load_from_db()
        if found := vault():
            for doc in (self, *self.get_all_children()):
                for column in columns_of(doc.doctype):
                    value = doc.get(column)
                    if is_sealed(value) and (kind := kind_in(doc.doctype, column, doc)):
                        doc.set(column, found.open(kind, value))
        return self

    def db_insert(self, *args, **kwargs):
        with as_stored(self):
            return super().db_insert(*args, **kwargs)

    def db_update(self):
        with as_stored(self):
            return super().db_update()

    def db_set(self, fieldname, value=None, *args, **kwargs):
        """Write values past the document's life; numbers among them sealed, plain again on the document."""
        values = fieldname if isinstance(fieldname, dict) else {fieldname: value}
        plain = {name: text for name, text in values.items() if name in columns_of(self.doctype) and text}
        if not plain or not vault():
            return super().db_set(fieldname, value, *args, **kwargs)
        said = {**self.__dict__, **values}
        stored = {
            name: sealed(kind, text) for name, text in plain.items() if (kind := kind_in(self.doctype, name, said))
        }
        super().db_set({**values, **stored}, None, *args, **kwargs)
        for name in stored:
            self.set(name, plain[name])


@contextmanager
def as_stored(doc):
    """The document with its numbers as the table holds them, while it is written."""
    found = vault()
    if not found or not found.writes:
        yield
        return
    plain = {}
    for column in columns_of(doc.doctype):
        value = doc.get(column)
        kind = value and kind_in(doc.doctype, column, doc)
        if kind and not is_sealed(value):
            if too_long(doc.doctype, column, value):
                raise NumberKeyError(
                    _("{0} is longer than {1} characters: no number is. Check it.").format(
                        _(doc.meta.get_label(column)), LONGEST
                    )
                )
            plain[column] = value
            doc.set(column, found.keys.seal(kind, value))
    try:
        yield
    finally:
        for column, value in plain.items():
            doc.set(column, value)


def too_long(doctype: str, column: str, value: str) -> bool:
    """Whether a text is too long to be sealed in its column: no number is as long."""
    field = frappe.get_meta(doctype).get_field(column)
    return field.fieldtype == "Data" and len(value.encode()) > LONGEST


# Questions


def sealed_filters(doctype: str, filters):
    """Filters as a list is asked by (dict, or lists of 3 or 4), with what they say of numbers put as tables hold it.

    A number asked for by "like" is looked for whole. Others are not changed.
    """
    if not filters or not vault():
        return filters
    if isinstance(filters, dict):
        kinds = columns_of(doctype)
        return {
            name: _sought_by(kinds[name], *_condition(value)) if kinds.get(name) else value
            for name, value in filters.items()
        }
    return [_sealed_filter(doctype, one) for one in filters]


def _sealed_filter(doctype: str, one):
    if isinstance(one, dict):
        return sealed_filters(doctype, one)
    if not isinstance(one, list | tuple) or len(one) not in (3, 4, 5):
        return one
    table, (column, operator, value) = (one[0], one[1:4]) if len(one) >= 4 else (doctype, one)
    kind = columns_of(table).get(column) if frappe.db.exists("DocType", table) else None
    if not kind:
        return one
    found = _sought_by(kind, operator, value)
    return [table, column, *found]


def _condition(value) -> tuple:
    return tuple(value) if isinstance(value, list | tuple) and len(value) == 2 else ("=", value)


def _sought_by(kind: str, operator: str, value) -> list:
    """Operator and value of a filter on a sealed column."""
    operator = str(operator).lower()
    if operator in ("=", "like"):
        text = str(value or "").strip("% ") if operator == "like" else value
        return ["in", sought_all(kind, [text])] if text else [operator, value]
    if operator in ("!=", "not like"):
        text = str(value or "").strip("% ") if operator == "not like" else value
        return ["not in", sought_all(kind, [text])] if text else [operator, value]
    if operator in ("in", "not in"):
        texts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value or []
        return [operator, sought_all(kind, texts) or [""]]
    return [operator, value]
