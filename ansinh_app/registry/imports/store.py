"""Many documents at once: checked by their controllers in memory, numbered in blocks, inserted set by set."""

from collections import defaultdict

import frappe
from frappe.model.naming import make_autoname
from frappe.utils import now

from ansinh_app.gate.plain_text import plain_rows
from ansinh_app.utils.sealed_numbers import as_stored

_BLOCK = 200
_AT_ONCE = 2000


class Store:
    """Collects new documents and writes them set-based; `keep` False only judges and writes nothing."""

    def __init__(self, keep: bool) -> None:
        self.keep = keep
        self.stamp = now()
        self._rows: dict[str, list[tuple]] = defaultdict(list)
        self._columns: dict[str, list[str]] = {}
        self._numeric: dict[str, set[str]] = {}
        self._defaults: dict[str, dict] = {}
        self._numbers: dict[str, _Numbers] = {}
        self._provisional = 0

    def new(self, doctype: str, values: dict, **flags):
        """A document of the values, with its defaults and its name; not checked and not written yet."""
        if doctype not in self._defaults:
            empty = frappe.new_doc(doctype).as_dict()
            self._defaults[doctype] = {k: v for k, v in empty.items() if v is not None and v != []}
        doc = frappe.get_doc({**self._defaults[doctype], **values})
        doc.flags.update({"ignore_permissions": True, "checked_by_import": True, **flags})
        doc.name = self._name(doctype)
        return doc

    def add(self, doc, submitted: bool = False) -> None:
        """Put a checked document and its child rows among those to be written."""
        if not self.keep:
            return
        doc.docstatus = 1 if submitted else 0
        self._add_row(doc)
        for field in doc.meta.get_table_fields():
            for index, child in enumerate(doc.get(field.fieldname), start=1):
                child.parent, child.parenttype, child.parentfield = doc.name, doc.doctype, field.fieldname
                child.idx, child.docstatus = index, doc.docstatus
                child.name = child.name or frappe.generate_hash(length=10)
                self._add_row(child)
        if sum(map(len, self._rows.values())) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what has been collected."""
        for doctype, rows in self._rows.items():
            if rows:
                frappe.db.bulk_insert(doctype, self._columns[doctype], plain_rows(rows))
        self._rows.clear()

    def finish(self) -> None:
        """Write the rest and give the numbers back that were not used."""
        self.flush()
        for numbers in self._numbers.values():
            numbers.give_back()

    def _add_row(self, doc) -> None:
        doc.creation = doc.modified = self.stamp
        doc.owner = doc.modified_by = frappe.session.user
        if doc.doctype not in self._columns:
            # A virtual field is shown, not stored.
            virtual = {field.fieldname for field in doc.meta.fields if field.get("is_virtual")}
            columns = doc.meta.get_valid_columns()
            self._columns[doc.doctype] = [column for column in columns if column not in virtual]
            numbers = doc.meta.get("fields", {"fieldtype": ["in", ["Int", "Check", "Float", "Currency"]]})
            self._numeric[doc.doctype] = {field.fieldname for field in numbers} | {"idx", "docstatus"}
        numeric = self._numeric[doc.doctype]
        with as_stored(doc):
            self._rows[doc.doctype].append(
                tuple(
                    (doc.get(column) or 0) if column in numeric else doc.get(column)
                    for column in self._columns[doc.doctype]
                )
            )

    def _name(self, doctype: str) -> str:
        if not self.keep:
            self._provisional += 1
            return f"?{self._provisional}"
        if doctype not in self._numbers:
            self._numbers[doctype] = _Numbers(doctype)
        return self._numbers[doctype].next()


class _Numbers:
    """The names of a DocType's series, taken in blocks within the transaction."""

    def __init__(self, doctype: str) -> None:
        self.doctype = doctype
        self.prefix, self.digits, self.last, self.left = "", 0, 0, 0

    def next(self) -> str:
        if not self.left:
            self._take_block()
        number = self.last - self.left + 1
        self.left -= 1
        return f"{self.prefix}{number:0{self.digits}d}"

    def _take_block(self) -> None:
        series = frappe.get_meta(self.doctype).autoname
        first, self.digits = make_autoname(series, self.doctype), series.count("#")
        self.prefix, number = first[: -self.digits], int(first[-self.digits :])
        self.last, self.left = number + _BLOCK - 1, _BLOCK
        self._set(self.last, self.last - _BLOCK + 1)

    def give_back(self) -> None:
        if self.left:
            self._set(self.last - self.left, self.last)

    def _set(self, current: int, before: int) -> None:
        """Move the counter, unless somebody else has moved it meanwhile."""
        series = frappe.qb.DocType("Series")
        (
            frappe.qb.update(series)
            .set(series.current, current)
            .where(series.name == self.prefix)
            .where(series.current == before)
        ).run()
