"""Renaming documents: the row, its children, and every link to it."""

import frappe
from frappe import _
from frappe.model.delete_doc import get_dynamic_link_fields, get_link_fields
from frappe.model.naming import validate_name
from frappe.utils.password import rename_password


def rename_doc(
    doctype=None, old=None, new=None, force=False, merge=False, ignore_permissions=False, ignore_if_exists=False,
    show_alert=True, rebuild_search=True, doc=None, validate=True,
) -> str:
    """Rename a document (or merge it into an existing one) and return its new name."""
    doc = doc or frappe.get_doc(doctype, old)
    doctype, old = doc.doctype, doc.name
    if doctype == "DocType":
        frappe.throw(_("DocTypes cannot be renamed"))
    new = validate_rename(doc, new, merge, force, ignore_permissions, ignore_if_exists) if validate else new
    if new == old:
        return new
    if not merge and ignore_if_exists and frappe.db.exists(doctype, new):
        return new
    changed = doc.run_method("before_rename", old, new, merge)
    if isinstance(changed, str):
        new = changed
    elif isinstance(changed, dict) and changed.get("new"):
        new = changed["new"]
    if merge:
        _move_children(doc, old, new)
    else:
        frappe.db.sql(f"update `tab{doctype}` set `name`=%s where `name`=%s", (new, old))
        field = (doc.meta.autoname or "").partition("field:")[2]
        if field:
            frappe.db.sql(f"update `tab{doctype}` set `{field}`=%s where `name`=%s", (new, new))
        _move_children(doc, old, new)
    update_links(doctype, old, new)
    rename_password(doctype, old, new)
    renamed = frappe.get_doc(doctype, new)
    renamed.run_method("after_rename", old, new, merge)
    if merge:
        frappe.delete_doc(doctype, old, ignore_permissions=True, force=1)
    else:
        renamed.add_comment("Edit", _("renamed from {0} to {1}").format(frappe.bold(old), frappe.bold(new)))
    frappe.clear_document_cache(doctype, old)
    frappe.clear_document_cache(doctype, new)
    return new


def validate_rename(doc, new, merge, force, ignore_permissions, ignore_if_exists=False) -> str:
    """The new name, if the document may have it."""
    if not merge:
        new = validate_name(doc.doctype, new)
    exists = frappe.db.exists(doc.doctype, new)
    if merge and not exists:
        frappe.throw(_("{0} {1} does not exist, select a new target to merge").format(_(doc.doctype), new))
    if not merge and exists and exists != doc.name and not ignore_if_exists:
        frappe.throw(
            _("Another {0} with name {1} exists, select another name").format(_(doc.doctype), new),
            frappe.DuplicateEntryError,
        )
    if not (ignore_permissions or doc.flags.ignore_permissions or doc.has_permission("write")):
        frappe.throw(_("You need write permission to rename"), frappe.PermissionError)
    if not force and not doc.meta.allow_rename:
        frappe.throw(_("{0} not allowed to be renamed").format(_(doc.doctype)))
    return new


def _move_children(doc, old, new) -> None:
    for df in doc.meta.get_table_fields():
        frappe.db.sql(
            f"update `tab{df.options}` set `parent`=%s where `parent`=%s and `parenttype`=%s",
            (new, old, doc.doctype),
        )


def update_links(doctype: str, old: str, new: str) -> None:
    """Write the new name into every Link and Dynamic Link."""
    for link in get_link_fields(doctype):
        if link.issingle:
            frappe.db.sql(
                "update `tabSingles` set `value`=%s where `doctype`=%s and `field`=%s and `value`=%s",
                (new, link.parent, link.fieldname, old),
            )
        else:
            frappe.db.sql(
                f"update `tab{link.parent}` set `{link.fieldname}`=%s where `{link.fieldname}`=%s", (new, old)
            )
        frappe.clear_document_cache(link.parent)
    for link in get_dynamic_link_fields():
        if link.issingle:
            continue
        frappe.db.sql(
            f"update `tab{link.parent}` set `{link.fieldname}`=%s where `{link.options}`=%s and `{link.fieldname}`=%s",
            (new, doctype, old),
        )
    for table, type_column, name_column in (
        ("File", "attached_to_doctype", "attached_to_name"),
        ("Version", "ref_doctype", "docname"),
    ):
        frappe.db.sql(
            f"update `tab{table}` set `{name_column}`=%s where `{type_column}`=%s and `{name_column}`=%s",
            (new, doctype, old),
        )
