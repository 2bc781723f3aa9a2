"""A file is opened by who may read it, not by who knows its address: nobody attaches somebody else's file.

A bench makes a File of any address that is told, and so hands the file over; here it is refused.
"""

from urllib.parse import unquote

import frappe
from frappe import _
from frappe.core.doctype.file.file import File

_LOCAL = ("/files/", "/private/files/")
_ATTACHED = ("Attach", "Attach Image")


class OwnFile(File):
    """Hook `override_doctype_class`: a File without content of its own must be of a file its maker may read."""

    def before_insert(self):
        if not self.content:
            _check(self.file_url)
        super().before_insert()

    def validate(self):
        if not self.is_new() and self.has_value_changed("file_url"):
            _check(self.file_url)
        super().validate()


def check_attachments(doc, event=None) -> None:
    """doc_event `validate`: what is newly attached to the document or its rows is the user's own to read."""
    before = doc.get_doc_before_save()
    known = _addresses(before) if before else set()
    for address in _addresses(doc) - known:
        _check(address)


def _addresses(doc) -> set[str]:
    rows = [doc, *(row for table in doc.meta.get_table_fields() for row in doc.get(table.fieldname) or ())]
    return {
        row.get(field.fieldname)
        for row in rows
        for field in row.meta.get("fields", {"fieldtype": ["in", _ATTACHED]})
        if row.get(field.fieldname)
    }


def _check(address: str | None) -> None:
    if not address or not address.startswith("/") or frappe.session.user == "Administrator":
        return
    address = unquote(address)
    files = frappe.get_all("File", filters={"file_url": address}, pluck="name")
    # A public file is open to everybody who knows where it is.
    open_to_all = address.startswith("/files/") and ".." not in address
    if open_to_all or any(frappe.has_permission("File", "read", doc=name) for name in files):
        return
    if files or address.startswith(_LOCAL):
        frappe.throw(
            _("You may not use this file. Attach it anew from your own device."), frappe.PermissionError
        )
