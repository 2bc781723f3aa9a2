"""What a site adds to a DocType's definition: custom fields, other properties, its own permission rules."""

import json

import frappe
from frappe.types import _dict
from frappe.utils import cast

ROWS = {"DocType Link": "links", "DocType Action": "actions", "DocType State": "states"}


def customize(meta) -> None:
    """Change a Meta that holds a DocType as its app has it."""
    meta.fields.extend(custom_fields(meta))
    for setter in property_setters(meta.name):
        apply(meta, setter)
    meta.fields[:] = sort(meta.fields, json.loads(meta.get("field_order") or "[]"))
    for number, df in enumerate(meta.fields, start=1):
        df.idx = number
    if rules := custom_permissions(meta):
        meta.permissions = rules


def has_table(doctype: str) -> bool:
    """Whether a DocType of the host has its table yet: not so while a site is made or comes from an older host."""
    return bool(frappe.cache.hget("has_table", doctype, lambda: frappe.db.table_exists(doctype) or None))


def rows_of(table: str, column: str, doctype: str, order: str = "`name`") -> list[_dict]:
    if not has_table(table):
        return []
    query = f"select * from `tab{table}` where `{column}`=%s order by {order}"
    return frappe.db.sql(query, (doctype,), as_dict=True)


def custom_fields(meta) -> list:
    from frappe.model.meta import DocField

    return [
        DocField(row, parent=meta.name, is_custom_field=1)
        for row in rows_of("Custom Field", "dt", meta.name, "`idx`, `creation`")
    ]


def property_setters(doctype: str) -> list[_dict]:
    return rows_of("Property Setter", "doc_type", doctype, "`creation`")


def custom_permissions(meta) -> list[_dict]:
    if meta.istable or frappe.flags.in_install or frappe.flags.in_patch:
        return []
    return rows_of("Custom DocPerm", "parent", meta.name, "`creation`, `idx`")


def apply(meta, setter: _dict) -> None:
    """One property setter: on the DocType, or on one of its fields or rows."""
    value = cast(setter.property_type, setter.value)
    if setter.doctype_or_field == "DocType":
        setattr(meta, setter.property, value)
    elif setter.doctype_or_field == "DocField":
        for df in meta.fields:
            if df.fieldname == setter.field_name:
                df[setter.property] = value
                return
    else:
        for row in getattr(meta, ROWS[setter.doctype_or_field]):
            if row.name == setter.row_name:
                row[setter.property] = value
                return


def sort(fields: list, wanted: list[str]) -> list:
    """Standard fields in their order (or the wanted one), each custom field behind the one it is to follow."""
    by_name = {df.fieldname: df for df in fields}
    order = [name for name in wanted if name in by_name]
    previous = None
    for df in fields:
        if df.is_custom_field:
            continue
        if df.fieldname not in order:
            order.insert(order.index(previous) + 1 if previous else 0, df.fieldname)
        previous = df.fieldname
    waiting = [df for df in fields if df.is_custom_field and df.fieldname not in order]
    last: dict[str, str] = {}  # behind which field the next one with the same place goes
    while waiting:
        left = []
        for df in waiting:
            after = df.insert_after or ""
            if after and after not in order:
                left.append(df)
                continue
            behind = last.get(after, after)
            order.insert(order.index(behind) + 1 if behind else 0, df.fieldname)
            last[after] = df.fieldname
        if len(left) == len(waiting):
            order.extend(df.fieldname for df in left)
            break
        waiting = left
    return [by_name[name] for name in order]
