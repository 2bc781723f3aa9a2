"""The choices of a Link field."""

import json
import re

import frappe
from frappe import _
from frappe.model import get_permitted_fields
from frappe.model.db_query import DatabaseQuery
from frappe.utils import cint, cstr

SEARCHED_TYPES = ("Data", "Text", "Small Text", "Long Text", "Link", "Select", "Read Only", "Text Editor")


@frappe.whitelist()
def search_link(
    doctype: str,
    txt: str,
    query: str | None = None,
    filters=None,
    page_length: int = 10,
    searchfield: str | None = None,
    reference_doctype: str | None = None,
    ignore_user_permissions: bool = False,
) -> list:
    """[{"value", "label", "description"}] of the documents the user may choose whose name, title or search
    fields contain the text; those that begin with it come first."""
    meta = frappe.get_meta(doctype)
    query = query or (frappe.get_hooks("standard_queries").get(doctype) or [None])[-1]
    if query:
        method = frappe.get_attr(query)
        frappe.is_whitelisted(method)
        rows = frappe.call(
            method,
            doctype,
            txt.strip(),
            searchfield or "name",
            0,
            cint(page_length) or 10,
            frappe.parse_json(filters),
            as_dict=False,
            reference_doctype=reference_doctype,
        )
        return [_choice_of_row(meta, row) for row in rows]

    fields = _search_fields(meta, searchfield)
    query = DatabaseQuery(doctype)
    query.flags.ignore_user_permissions = bool(
        cint(ignore_user_permissions) and _link_ignores_user_permissions(reference_doctype, doctype)
    )
    rows = query.execute(
        fields=fields,
        filters=_filters(doctype, meta, filters),
        or_filters=_text_filters(doctype, meta, fields, txt.strip()),
        limit_page_length=cint(page_length) or 10,
        order_by=f"`tab{doctype}`.idx desc, `tab{doctype}`.modified desc",
        ignore_permissions=doctype == "DocType",
    )
    begin = txt.strip().lower()
    rows.sort(key=lambda row: not any(cstr(row.get(field)).lower().startswith(begin) for field in fields))
    return [_choice(meta, row, fields) for row in rows]


def _link_ignores_user_permissions(reference_doctype: str | None, doctype: str) -> bool:
    """Whether the form that asks has a Link to the DocType that User Permissions do not limit: the caller's
    word alone is not enough. What the apps' conditions hide stays hidden either way."""
    if not reference_doctype:
        return False
    links = frappe.get_meta(reference_doctype).get_link_fields()
    return any(df.options == doctype and df.ignore_user_permissions for df in links)


def _search_fields(meta, searchfield) -> list[str]:
    wanted = ["name", meta.title_field, searchfield, *(meta.search_fields or "").split(",")]
    names = [name.strip() for name in wanted if name and name.strip()]
    for name in names:
        if not re.fullmatch(r"\w+", name):
            frappe.throw(_("Invalid Search Field {0}").format(name), frappe.DataError)
    ptype = "select" if frappe.only_has_select_perm(meta.name) else "read"
    readable = {"name", *get_permitted_fields(meta.name, permission_type=ptype, ignore_virtual=True)}
    return [name for name in dict.fromkeys(names) if name in readable and (name == "name" or meta.get_field(name))]


def _filters(doctype, meta, filters) -> list:
    filters = json.loads(filters) if isinstance(filters, str) and filters else filters
    if isinstance(filters, dict):
        filters = [
            [doctype, key, *value] if isinstance(value, (list, tuple)) else [doctype, key, "=", value]
            for key, value in filters.items()
        ]
    filters = list(filters or [])
    for fieldname, operator in (("enabled", "="), ("disabled", "!=")):
        field = meta.get_field(fieldname)
        if field and field.fieldtype == "Check":
            filters.append([doctype, fieldname, operator, 1])
    return filters


def _text_filters(doctype, meta, fields, txt) -> list:
    if not txt:
        return []
    return [
        [doctype, name, "like", f"%{txt}%"]
        for name in fields
        if name == "name" or meta.get_field(name).fieldtype in SEARCHED_TYPES
    ]


def _choice_of_row(meta, row) -> dict:
    """A query's own row: name, the title where the DocType shows titles in Links, what tells it apart."""
    choice, rest = {"value": row[0]}, row[1:]
    if cint(meta.get("show_title_field_in_link")):
        choice["label"] = (row[1] if len(row) > 1 else None) or row[0]
        rest = (row[0], *row[2:])
    return {**choice, "description": ", ".join(dict.fromkeys(cstr(part) for part in rest if part))}


def _choice(meta, row, fields) -> dict:
    translated = cint(meta.get("translated_doctype"))
    texts = {name: _(cstr(row.get(name))) if translated else cstr(row.get(name)) for name in fields}
    choice = {"value": row.name}
    shown = "name"
    if cint(meta.get("show_title_field_in_link")) and meta.title_field in texts:
        choice["label"] = texts[meta.title_field] or row.name
        shown = meta.title_field
    choice["description"] = ", ".join(
        dict.fromkeys(text for name, text in texts.items() if text and name != shown)
    )
    return choice
