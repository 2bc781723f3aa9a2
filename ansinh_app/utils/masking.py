"""Masked copies of numbers on documents: kept by the controllers, for lists, papers and whoever needs no more."""

import json

import frappe

from ansinh_app.core import masking


def numbers_of(doctype: str) -> dict[str, str]:
    """The fields of a DocType that hold an identifier, with its kind."""
    found = {}
    for field in frappe.get_meta(doctype).get_high_permlevel_fields():
        if kind := masking.kind_of_level(field.permlevel):
            found[field.fieldname] = kind
    return found


def kind_of(doctype: str, fieldname: str) -> str | None:
    """The kind of identifier a field holds, None for any other field."""
    field = frappe.get_meta(doctype).get_field(fieldname)
    return masking.kind_of_level(field.permlevel) if field and field.permlevel else None


def set_shown(doc) -> None:
    """Set the masked copy beside each number that has one."""
    for fieldname, kind in numbers_of(doc.doctype).items():
        if doc.meta.has_field(f"{fieldname}_shown"):
            doc.set(f"{fieldname}_shown", shown(doc, fieldname, kind))


def set_shown_on_save(doc, event=None) -> None:
    """doc_event: the same for DocTypes whose controllers do not do it themselves."""
    set_shown(doc)


def shown(doc, fieldname: str, kind: str) -> str | None:
    """A number masked; a corrected value is masked where it is a number."""
    if fieldname == "corrected_value":
        kind = masking.kind_of_field(doc.get("corrected_field"))
        if not kind:
            return doc.get(fieldname)
    return masking.mask(kind, doc.get(fieldname))


def readable(doctype: str, kind: str, user: str | None = None) -> bool:
    """Whether the user's roles see identifiers of this kind in full on documents of the DocType."""
    user = user or frappe.session.user
    return user == "Administrator" or bool(
        set(frappe.get_roles(user)) & set(masking.full_roles(doctype, kind))
    )


def for_reader(doctype: str, kind: str, value: str | None) -> str:
    """A number as the user may see it on documents of the DocType: in full, or masked."""
    return (value if readable(doctype, kind) else masking.mask(kind, value)) or ""


def mask_version(version, event=None) -> None:
    """doc_event of Version: a history tells that a number changed, not what it was (hosts give it to readers)."""
    if not frappe.db.exists("DocType", version.ref_doctype):
        return
    numbers = _with_rows(version.ref_doctype)
    if not numbers or not version.data:
        return
    data = json.loads(version.data)
    own = numbers[None]
    data["changed"] = [_masked_change(change, own) for change in data.get("changed") or []]
    for table, _index, _name, changes in data.get("row_changed") or []:
        changes[:] = [_masked_change(change, numbers.get(table, {})) for change in changes]
    for kind in ("added", "removed"):
        for table, row in data.get(kind) or []:
            for fieldname, sort in numbers.get(table, {}).items():
                if row.get(fieldname):
                    row[fieldname] = masking.mask(sort, str(row[fieldname]))
    version.data = json.dumps(data, ensure_ascii=False)


def _with_rows(doctype: str) -> dict:
    """Numbers of a DocType under None and of its tables under their field names; {} where there are none."""
    found = {None: numbers_of(doctype)}
    for table in frappe.get_meta(doctype).get_table_fields():
        found[table.fieldname] = numbers_of(table.options)
    return found if any(found.values()) else {}


def _masked_change(change: list, numbers: dict[str, str]) -> list:
    fieldname, old, new = change
    if kind := numbers.get(fieldname):
        return [fieldname, *(masking.mask(kind, str(value)) if value else value for value in (old, new))]
    return change
