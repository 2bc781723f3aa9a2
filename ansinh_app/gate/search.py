"""The search in everything: a bench asks for the right to a kind of document alone, not to each row it tells."""

import frappe
from frappe.utils import cint

from ansinh_app.gate.questions import above_levels

STEP = 200  # entries looked at in one go
MOST = 2000  # entries looked at in all


@frappe.whitelist()
def search_for_reader(text: str, start: int = 0, limit: int = 20, doctype: str = "") -> list:
    """Stands in for `frappe.utils.global_search.search`: entries of documents that the caller lists, best first.

    A kind with searched fields above the caller's levels is left out: that it was found would tell a hidden word.
    """
    first = max(cint(start), 0)
    last = first + (cint(limit) or 20)
    kept: list = []
    for asked in range(0, MOST, STEP):
        found = frappe.call(
            "frappe.utils.global_search.search", text=text, start=asked, limit=STEP, doctype=doctype
        )
        kept += _readable(found)
        if len(found) < STEP or len(kept) >= last:
            break
    return kept[first:last]


def _readable(found: list) -> list:
    names: dict[str, list] = {}
    for entry in found:
        names.setdefault(entry["doctype"], []).append(entry["name"])
    readable = {
        (doctype, name)
        for doctype, asked in names.items()
        if not _searches_hidden(doctype)
        for name in frappe.get_list(doctype, {"name": ["in", asked]}, pluck="name", limit_page_length=0)
    }
    return [entry for entry in found if (entry["doctype"], entry["name"]) in readable]


def _searches_hidden(doctype: str) -> bool:
    """Whether the index of a DocType holds fields, its own or those of its tables, that the user may not read."""
    tables = [(field.options, doctype) for field in frappe.get_meta(doctype).get_table_fields()]
    return any(
        cint(frappe.get_meta(kind).get_field(name).get("in_global_search"))
        for kind, parent in [(doctype, None), *tables]
        for name in above_levels(kind, parent)
    )
