"""Renaming documents: the row, its children, and every link to it."""

import frappe
from frappe import _
from frappe.model.delete_doc import get_dynamic_link_fields, get_link_fields
from frappe.model.naming import validate_name
from frappe.utils import cstr, sbool
from frappe.utils.password import rename_password

# what belongs to a document without being a Link to it
BELONGINGS = (
    ("File", "attached_to_doctype", "attached_to_name"),
    ("Version", "ref_doctype", "docname"),
    ("Comment", "reference_doctype", "reference_name"),
    ("ToDo", "reference_type", "reference_name"),
    ("DocShare", "share_doctype", "share_name"),
)


@frappe.whitelist()
def update_document_title(
    *,
    doctype: str,
    docname: str,
    title: str | None = None,
    name: str | None = None,
    merge: bool = False,
    enqueue: bool = False,
    **kwargs,
) -> str:
    """Change a document's title, its name, or both; returns the name. It is done at once, also with `enqueue`."""
    title, name = kwargs.get("new_title") or title, kwargs.get("new_name") or name
    doc = frappe.get_doc(doctype, docname)
    doc.check_permission("write")
    title_field = doc.meta.get_title_field()
    if name and name != doc.name:
        doc.rename(name, merge=sbool(merge))
    if title and title_field != "name" and title != doc.get(title_field):
        doc.set(title_field, title)
        doc.save()
        frappe.msgprint(_("Saved"), alert=True, indicator="green")
    return doc.name


def rename_doc(
    doctype=None, old=None, new=None, force=False, merge=False, ignore_permissions=False, ignore_if_exists=False,
    show_alert=True, rebuild_search=True, doc=None, validate=True,
) -> str:
    """Rename a document (or merge it into an existing one, which keeps its own values) and return its new name."""
    if not new or not (doc or (doctype and old)):
        raise TypeError("{doctype, old, new} or {doc, new} are required arguments for frappe.model.rename_doc")
    doc = doc or frappe.get_doc(doctype, old)
    doctype, old, merge = doc.doctype, doc.name, sbool(merge)
    if doctype == "DocType":
        frappe.throw(_("DocTypes cannot be renamed"))
    if validate:
        changed = doc.run_method("before_rename", old, new, merge) or {}
        new = (changed.get("new") if isinstance(changed, dict) else changed) or new
        new = validate_rename(doc, new, merge, sbool(force), ignore_permissions, ignore_if_exists)
    if not merge:
        rename_row(doc, new)
    update_links(doctype, old, new)
    frappe.clear_document_cache(doctype, old)
    frappe.clear_document_cache(doctype, new)
    renamed = frappe.get_doc(doctype, new)
    renamed.run_method("after_rename", old, new, merge)
    if merge:
        renamed.add_comment("Edit", _("merged {0} into {1}").format(frappe.bold(old), frappe.bold(new)))
        frappe.delete_doc(doctype, old, ignore_permissions=ignore_permissions)
    else:
        rename_password(doctype, old, new)
        renamed.add_comment("Edit", _("renamed from {0} to {1}").format(frappe.bold(old), frappe.bold(new)))
    renamed.clear_cache()
    frappe.clear_cache()
    if show_alert:
        frappe.msgprint(
            _("Document renamed from {0} to {1}").format(frappe.bold(old), frappe.bold(new)),
            alert=True,
            indicator="green",
        )
    return new


def validate_rename(doc, new, merge, force, ignore_permissions, ignore_if_exists=False) -> str:
    """The new name, if the document may have it."""
    doctype, old = doc.doctype, doc.name
    if new == old:
        frappe.throw(_("No changes made because old and new name are the same."))
    exists = frappe.db.exists(doctype, new)
    if exists is not None and cstr(exists) != cstr(new):
        exists = None  # the same but for case or accents
    if merge and not exists:
        frappe.throw(_("{0} {1} does not exist, select a new target to merge").format(_(doctype), new))
    if not merge and exists and not ignore_if_exists:
        frappe.throw(_("Another {0} with name {1} exists, select another name").format(_(doctype), new))
    trusted = ignore_permissions or doc.flags.ignore_permissions
    if not (trusted or doc.has_permission("write")):
        frappe.throw(_("You need write permission on {0} {1} to rename").format(_(doctype), old))
    if merge and not (trusted or frappe.has_permission(doctype, "write", new)):
        frappe.throw(_("You need write permission on {0} {1} to merge").format(_(doctype), new))
    if not (force or ignore_permissions) and not doc.meta.allow_rename:
        frappe.throw(_("{0} not allowed to be renamed").format(_(doctype)))
    return validate_name(doctype, new)


def rename_row(doc, new: str) -> None:
    """Give the row, the field its name comes from, and its child rows the new name."""
    doctype, old = doc.doctype, doc.name
    frappe.db.sql(f"update `tab{doctype}` set `name`=%s where `name`=%s", (new, old))
    if field := (doc.meta.autoname or "").partition("field:")[2]:
        frappe.db.sql(f"update `tab{doctype}` set `{field}`=%s where `name`=%s", (new, new))
    for df in doc.meta.get_table_fields():
        frappe.db.sql(
            f"update `tab{df.options}` set `parent`=%s where `parent`=%s and `parenttype`=%s", (new, old, doctype)
        )


def update_links(doctype: str, old: str, new: str) -> None:
    """Write the new name into every Link and Dynamic Link, and into what belongs to the document."""
    for link in get_link_fields(doctype):
        if link.issingle:
            _update_single(link.parent, {link.fieldname: old}, link.fieldname, new)
        else:
            frappe.db.sql(
                f"update `tab{link.parent}` set `{link.fieldname}`=%s where `{link.fieldname}`=%s", (new, old)
            )
        frappe.clear_document_cache(link.parent)
    for link in get_dynamic_link_fields():
        if link.issingle:
            _update_single(link.parent, {link.options: doctype, link.fieldname: old}, link.fieldname, new)
        else:
            frappe.db.sql(
                f"update `tab{link.parent}` set `{link.fieldname}`=%s "
                f"where `{link.options}`=%s and `{link.fieldname}`=%s",
                (new, doctype, old),
            )
        frappe.clear_document_cache(link.parent)
    for table, type_column, name_column in BELONGINGS:
        if frappe.db.table_exists(table):
            frappe.db.sql(
                f"update `tab{table}` set `{name_column}`=%s where `{type_column}`=%s and `{name_column}`=%s",
                (new, doctype, old),
            )


def _update_single(single: str, expected: dict, fieldname: str, new: str) -> None:
    values = frappe.db.get_singles_dict(single)
    if all(values.get(key) == value for key, value in expected.items()):
        frappe.db.set_single_value(single, fieldname, new)
