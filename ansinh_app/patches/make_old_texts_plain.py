"""Texts of before the gate kept them plain become what it makes of them (gate/plain_text.py): a bench's desk runs markup.

What a seal covers stays as it was sealed, and so does what a provider's file tells of a sealed line: it is shown plain
(docs/operations.md). The log of who saw whom is never written anew.
"""

from functools import reduce
from itertools import chain
from operator import or_

import frappe
from frappe.utils.global_search import update_global_search

from ansinh_app.core.payout import SEALED
from ansinh_app.gate.plain_text import plain, text_fields
from ansinh_app.payouts.files import LINE_COLUMNS
from ansinh_app.utils import many
from ansinh_app.utils.ours import is_ours

_LINE, _LOG = "Payout Line", "Personal Data Log"
_UNDER_SEAL = {*SEALED, *LINE_COLUMNS}


def execute() -> dict[str, int]:
    """Set-based and past the controllers, for most of it is submitted or sealed. Returns values changed by DocType."""
    changed = {}
    for doctype in frappe.get_all("DocType", ["name", "module", "issingle", "is_virtual"], order_by="name"):
        if not is_ours(doctype.module) or doctype.is_virtual or doctype.name == _LOG:
            continue
        if count := _mend_single(doctype.name) if doctype.issingle else _mend_table(doctype.name):
            changed[doctype.name] = count
            print(f"{doctype.name}: markup in {count} texts made plain")
    return changed


def _mend_single(doctype: str) -> int:
    held = frappe.db.get_singles_dict(doctype)
    new = {
        field: plain(text)
        for field in text_fields(frappe.get_meta(doctype))
        if isinstance(text := held.get(field), str) and plain(text) != text
    }
    if new:
        frappe.db.set_single_value(doctype, new, update_modified=False)
    return len(new)


def _mend_table(doctype: str) -> int:
    meta = frappe.get_meta(doctype)
    fields = text_fields(meta)
    if not fields:
        return 0
    sealed = _sealed_lists() if doctype == _LINE else set()
    new: dict[str, dict[str, str]] = {}
    left: dict[str, int] = {}
    for name, place, *texts in _marked(doctype, fields):
        for field, text in zip(fields, texts, strict=True):
            if not text or plain(text) == text:
                continue
            if place in sealed and field in _UNDER_SEAL:
                left[place] = left.get(place, 0) + 1
            else:
                new.setdefault(field, {})[name] = plain(text)
    for field, values in new.items():
        many.set_each(doctype, field, values)
    for batch, count in sorted(left.items()):
        print(f"{batch}: {count} texts under its seal hold markup and stay; they are shown plain")
    searched = [values for field, values in new.items() if meta.get_field(field).in_global_search]
    for name in sorted(set(chain(*searched))) if not meta.istable else ():
        update_global_search(frappe.get_doc(doctype, name))
    return sum(map(len, new.values()))


def _marked(doctype: str, fields: list[str]):
    """Name, list (of a line; of others the name again) and texts of the rows that hold an angle bracket anywhere."""
    table = frappe.qb.DocType(doctype)
    place = table.batch if doctype == _LINE else table.name
    query = frappe.qb.from_(table).select(table.name, place.as_("place"), *(table[field] for field in fields))
    query = query.where(reduce(or_, (table[field].like("%<%") for field in fields)))
    return query.run(as_list=True, as_iterator=True)


def _sealed_lists() -> set[str]:
    return set(frappe.get_all("Payout Batch", {"seal": ["is", "set"]}, pluck="name", limit_page_length=0))
