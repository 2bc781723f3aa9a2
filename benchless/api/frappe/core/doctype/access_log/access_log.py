"""Access Log: what left the site as a file or on paper, and who took it."""

import frappe
from frappe.model.document import Document
from frappe.utils import cstr


class AccessLog(Document):
    """One export, print view or private file."""


@frappe.whitelist()
def make_access_log(
    doctype=None,
    document=None,
    method=None,
    file_type=None,
    report_name=None,
    filters=None,
    page=None,
    columns=None,
):
    """Write a row past life cycle and hooks (`db_insert`), and keep it although a GET rolls back."""
    log = frappe.get_doc(
        {
            "doctype": "Access Log",
            "user": frappe.session.user,
            "export_from": doctype,
            "reference_document": document,
            "file_type": file_type,
            "report_name": report_name,
            "page": page,
            "method": method,
            "filters": cstr(filters) or None,
            "columns": columns,
        }
    )
    log.db_insert()
    in_get = frappe.request and frappe.request.method == "GET"
    if not frappe.flags.in_test or in_get:
        frappe.db.commit()
