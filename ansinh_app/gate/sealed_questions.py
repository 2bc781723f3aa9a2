"""Questions that users type about sealed numbers: put as tables hold them, answered with the masked copies.

Hook `before_request`. Lists, counts, links and exports of either host ask by these arguments; a document that is
opened shows the number itself to who may see it.
"""

import json
import re

import frappe
from frappe import _

from ansinh_app.core.masking import PERSONAL_ID
from ansinh_app.utils.sealed_numbers import DOCTYPES, columns_of, sealed_filters, vault

_ASKED_BY = ("filters", "or_filters")
_SHOWN = ("fields", "fieldname")
_OF_A_LIST = re.compile(r"/api/(?:(?:resource|v1/resource|v2/document)/([^/]+)|v2/doctype/([^/]+)/count)/?$")
# A whole number has at least as many signs: a card of nine digits, an account of six.
_LEAST = {PERSONAL_ID: 9}
_FIELD = re.compile(
    r"(?:`?tab(?P<table>[^`.]+)`?\.)?`?(?P<name>\w+)`?(?:\s+as\s+(?P<alias>[`'\"]?[\w:]+[`'\"]?))?", re.IGNORECASE
)


def seal_question() -> None:
    """Change the arguments of the request in hand where they ask about sealed columns, in place."""
    form = frappe.local.form_dict
    if not form or not any(form.get(key) for key in (*_ASKED_BY, *_SHOWN)):
        return
    doctype = form.get("doctype") or _doctype_of_path()
    if not isinstance(doctype, str) or not (doctype in DOCTYPES or _has_tables(doctype)) or not vault():
        return
    for key in _ASKED_BY:
        if form.get(key):
            form[key] = _changed(form[key], lambda said: _filters(doctype, said))
    for key in _SHOWN:
        if form.get(key):
            form[key] = _changed(form[key], lambda said: _fields(doctype, said))


def _doctype_of_path() -> str | None:
    request = getattr(frappe.local, "request", None)
    found = _OF_A_LIST.search(request.path) if request else None
    return (found[1] or found[2]) if found else None


def _has_tables(doctype: str) -> bool:
    """Whether rows of a DocType hold sealed columns."""
    if not frappe.db.exists("DocType", doctype):
        return False
    return any(field.options in DOCTYPES for field in frappe.get_meta(doctype).get_table_fields())


def _changed(value, change):
    """What `change` makes of an argument, which may be JSON; in the shape it came in."""
    if not isinstance(value, str):
        return change(value)
    try:
        said = json.loads(value)
    except ValueError:
        return change(value)
    return json.dumps(change(said)) if isinstance(said, list | dict) else change(value)


def _filters(doctype: str, filters):
    if not isinstance(filters, list | dict):
        return filters
    if isinstance(filters, list) and filters and isinstance(filters[0], str):
        filters = [filters]  # one condition without its list
    for column, operator, text in _asked(doctype, filters):
        least = _LEAST.get(columns_of(doctype)[column], 6)
        if "like" in operator and len(re.sub(r"\W", "", str(text))) < least:
            label = _(frappe.get_meta(doctype).get_label(column))
            message = _("{0} is kept encrypted here: only the whole number finds anything.")
            frappe.msgprint(message.format(label), alert=True, indicator="orange")
    return sealed_filters(doctype, filters)


def _asked(doctype: str, filters):
    """Column, operator and value of each condition on a sealed column of the DocType itself."""
    rows = filters
    if isinstance(filters, dict):
        rows = [
            (name, *(value if isinstance(value, list) and len(value) == 2 else ("=", value)))
            for name, value in filters.items()
        ]
    for row in rows:
        if isinstance(row, list | tuple) and len(row) >= 3:
            column, operator, value = row[:3] if len(row) == 3 else row[1:4]
            if column in columns_of(doctype):
                yield column, str(operator).lower(), value


def _fields(doctype: str, fields):
    """The fields asked for, numbers replaced by their masked copies; one without a copy is left out."""
    if isinstance(fields, str):
        if fields == "*":
            return json.dumps(_fields(doctype, ["*"]))
        return _copy(doctype, fields) or "name"
    if not isinstance(fields, list):
        return fields
    found = []
    for field in fields:
        if field in ("*", f"`tab{doctype}`.*"):
            found += [_copy(doctype, f"`tab{doctype}`.`{name}`") for name in _readable(doctype)]
        else:
            found.append(_copy(doctype, field))
    return [field for field in found if field] or ["name"]


def _named(doctype: str, field) -> tuple[str, str, str] | None:
    """DocType, column and alias of a field that is sealed, None for any other."""
    found = _FIELD.fullmatch(field.strip()) if isinstance(field, str) else None
    if not found:
        return None
    table, column = found["table"] or doctype, found["name"]
    return (table, column, found["alias"] or f"`{column}`") if column in columns_of(table) else None


def _copy(doctype: str, field):
    named = _named(doctype, field)
    if not named:
        return field
    table, column, alias = named
    shown = f"{column}_shown"
    if not frappe.get_meta(table).has_field(shown):
        return None
    return f"`tab{table}`.`{shown}` as {alias}"


def _readable(doctype: str) -> list[str]:
    meta = frappe.get_meta(doctype)
    levels = {0, *meta.get_permlevel_access("read")}
    hidden = {field.fieldname for field in meta.get_high_permlevel_fields() if field.permlevel not in levels}
    virtual = {field.fieldname for field in meta.fields if field.get("is_virtual")}
    return [name for name in meta.get_valid_columns() if name not in hidden | virtual]
