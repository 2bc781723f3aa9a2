"""Taking an import back: what it made is removed, what it changed is put back, while nothing depends on it."""

import json
from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import get_datetime

from ansinh_app.exceptions import ImportStateError
from ansinh_app.registry.verification import standing

# In the order in which they may go: who points to others first.
_ORDER = ("Entitlement", "Payment Account", "Beneficiary Representative", "Beneficiary", "Representative")
# What speaks of documents without depending on them.
_IGNORED = {"Registry Import Row", "Registry Import", "Version", "Comment", "File", "Registry Import Layout"}
_AT_ONCE = 500
_SHOWN = 5


def take_back(doc) -> dict[str, int]:
    """Undo the import; returns how many documents were removed and put back.

    Raises ImportStateError and changes nothing when a later document depends on one of them, or somebody
    has changed one since.
    """
    if doc.status not in ("Completed", "Completed with Errors"):
        frappe.throw(
            _("{0} has written nothing that could be undone").format(frappe.bold(doc.name)), ImportStateError
        )
    made, before = _traces(doc.name)
    until = get_datetime(doc.confirmed_on)
    obstacles = [*_changed_since(made, before, until), *_dependents(made, before)]
    if obstacles:
        shown = "<br>".join(frappe.utils.escape_html(one) for one in obstacles[:_SHOWN])
        more = "<br>" + _("and {0} more").format(len(obstacles) - _SHOWN) if len(obstacles) > _SHOWN else ""
        frappe.throw(
            _("The import cannot be undone any more:") + "<br>" + shown + more,
            ImportStateError,
            title=_("Something Depends on It"),
        )
    restored = _restore(before, made)
    removed = sum(len(names) for names in made.values())
    for doctype in _ORDER:
        for names in _portions(sorted(made.get(doctype, ()))):
            if doctype == "Beneficiary":
                frappe.db.delete(
                    "Beneficiary Representative", {"parent": ["in", names], "parenttype": doctype}
                )
            frappe.db.delete(doctype, {"name": ["in", names]})
    frappe.db.set_value(
        "Registry Import Row",
        {"registry_import": doc.name, "verdict": ["in", ["New", "Changed", "Unchanged"]]},
        {"verdict": "Undone", "beneficiary": None, "entitlement": None, "made": None},
    )
    doc.db_set({"status": "Undone", "rows_created": 0, "rows_updated": 0, "rows_unchanged": 0})
    doc.add_comment("Info", _("Undone: {0} documents removed, {1} put back.").format(removed, restored))
    return {"removed": removed, "restored": restored}


def _traces(registry_import: str) -> tuple[dict[str, set[str]], list[tuple[str, str, dict]]]:
    """What the rows made, by DocType, and what stood before, in the order it was changed."""
    made: dict[str, set[str]] = defaultdict(set)
    before: list[tuple[str, str, dict]] = []
    rows = frappe.get_all(
        "Registry Import Row",
        filters={"registry_import": registry_import, "made": ["is", "set"]},
        pluck="made",
        order_by="name",
    )
    for text in rows:
        trace = json.loads(text)
        for doctype, name in trace["made"]:
            made[doctype].add(name)
        before += [tuple(one) for one in trace["before"]]
    return made, before


def _changed_since(made: dict, before: list, until) -> list[str]:
    """Documents that somebody has changed after the import ended."""
    touched: dict[str, set[str]] = {doctype: set(names) for doctype, names in made.items()}
    for doctype, name, _values in before:
        touched.setdefault(doctype, set()).add(name)
    found = []
    for doctype, names in touched.items():
        for some in _portions(sorted(names)):
            rows = frappe.get_all(
                doctype,
                filters={"name": ["in", some]},
                fields=["name", "modified", "modified_by"],
            )
            found += [
                _("{0} {1} was changed by {2}").format(_(doctype), row.name, row.modified_by)
                for row in rows
                if get_datetime(row.modified) > until
            ]
            if len(rows) < len(some):
                found.append(_("{0} of {1} were deleted").format(len(some) - len(rows), _(doctype)))
    return found


def _dependents(made: dict[str, set[str]], before: list) -> list[str]:
    """Documents outside the import that point to what it made, and would still do so afterwards."""
    found = []
    put_back = {(doctype, name, field) for doctype, name, values in before for field in values}
    for target in ("Beneficiary", "Entitlement", "Payment Account", "Representative"):
        if not made.get(target):
            continue
        for field in _links_to(target):
            doctype = field.parent
            for some in _portions(sorted(made[target])):
                rows = frappe.get_all(
                    doctype, filters={field.fieldname: ["in", some]}, fields=_columns_of(doctype, field)
                )
                found += [
                    _("{0} {1} depends on {2}").format(_(doctype), row.name, row[field.fieldname])
                    for row in rows
                    if row.name not in made.get(doctype, ())
                    and row.get("parent") not in made.get(row.get("parenttype"), ())
                    and (doctype, row.name, field.fieldname) not in put_back
                ]
    return found


def _links_to(target: str) -> list:
    fields = frappe.get_all(
        "DocField",
        filters={"fieldtype": "Link", "options": target},
        fields=["parent", "fieldname"],
        order_by="parent, idx",
    )
    singles = set(frappe.get_all("DocType", filters={"issingle": 1}, pluck="name"))
    return [field for field in fields if field.parent not in _IGNORED | singles]


def _columns_of(doctype: str, field) -> list[str]:
    own = ["name", field.fieldname]
    return [*own, "parent", "parenttype"] if frappe.is_table(doctype) else own


def _restore(before: list, made: dict[str, set[str]]) -> int:
    """Put the old values back, the last change first."""
    restored, identities = set(), []
    for doctype, name, values in reversed(before):
        if name in made.get(doctype, ()):
            continue
        frappe.db.set_value(doctype, name, values)
        restored.add((doctype, name))
        if doctype == "Beneficiary" and set(values) & set(standing.FIELDS):
            identities.append(name)
    standing.refresh("Beneficiary", identities)
    return len(restored)


def _portions(names: list):
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
