"""What a posted form changes in a document: only fields the form offered for writing are looked at."""

import frappe
from frappe.utils import cint

from benchless.desk import values


def apply_form(layout, post, files) -> list:
    """Write the posted values into layout.doc; returns the File documents made for new attachments."""
    doc, attached = layout.doc, []
    for df in layout.visible_fields():
        if layout.is_readonly(df):
            continue
        if df.fieldtype in values.TABLE_TYPES:
            apply_grid(layout, df, post)
            continue
        key = f"f.{df.fieldname}"
        if df.fieldtype in ("Attach", "Attach Image"):
            if upload := files.get(key):
                file = save_upload(upload, doc, df.fieldname)
                attached.append(file)
                doc.set(df.fieldname, file.file_url)
            elif post.get(f"{key}.remove"):
                doc.set(df.fieldname, None)
        elif key in post:
            text = post.get(key)  # a checkbox posts 0 and, when checked, 1: the last one counts
            if df.fieldtype == "Password" and not text:
                continue
            doc.set(df.fieldname, values.read(df, text))
    if doc.is_new() and post.get("__newname"):
        doc.set("__newname", post["__newname"].strip())
        doc.name = doc.get("__newname")
    if not doc.is_new() and post.get("modified"):
        doc.modified = post["modified"]
    return attached


def apply_grid(layout, df, post) -> None:
    """Rows in the posted order; rows the page did not show (past its limit) stay at the end."""
    marker = f"t.{df.fieldname}.__order"
    if f"t.{df.fieldname}.__shown" not in post:
        return
    doc = layout.doc
    meta = frappe.get_meta(df.options)
    known = {row.name: row for row in doc.get(df.fieldname) or [] if row.name}
    shown_names = set(post.getlist(f"t.{df.fieldname}.__names"))
    kept_unseen = [row for name, row in known.items() if name not in shown_names]
    frozen = cint(doc.docstatus) == 1
    rows = []
    for key in post.getlist(marker):
        prefix = f"t.{df.fieldname}.{key}."
        row = known.get(post.get(prefix + "__name")) or frappe.new_doc(
            df.options, parent_doc=doc, parentfield=df.fieldname
        )
        filled = bool(row.name and row.name in known)
        for field in meta.fields:
            name = prefix + field.fieldname
            if name not in post or field.fieldtype in values.NO_VALUE_TYPES or cint(field.hidden):
                continue
            if layout.is_readonly(field, frozen):
                continue
            if field.fieldtype == "Password" and not post.get(name):
                continue
            value = values.read(field, post.get(name))
            row.set(field.fieldname, value)
            filled = filled or bool(value)
        if filled:
            rows.append(row)
    doc.set(df.fieldname, [])
    for number, row in enumerate([*rows, *kept_unseen], start=1):
        row.idx = number
        doc.append(df.fieldname, row)


def save_upload(upload, doc, fieldname: str | None = None):
    """Store an uploaded file privately, attached to the document (to a new one: once it has its name)."""
    entry = {"doctype": "File", "file_name": upload.name, "content": upload.read(), "is_private": 1}
    if not doc.is_new():
        entry.update(attached_to_doctype=doc.doctype, attached_to_name=doc.name, attached_to_field=fieldname)
    file = frappe.get_doc(entry).insert()
    file.flags.for_field = fieldname
    return file


def attach_to_new(doc, files: list) -> None:
    """Tell the files of a document's first save where they belong now that it has a name."""
    for file in files:
        if not file.attached_to_name:
            frappe.db.set_value(
                "File",
                file.name,
                {
                    "attached_to_doctype": doc.doctype,
                    "attached_to_name": doc.name,
                    "attached_to_field": file.flags.for_field,
                },
                update_modified=False,
            )
