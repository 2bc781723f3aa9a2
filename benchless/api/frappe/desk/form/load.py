"""A document as a form needs it."""

import frappe
from frappe.core.doctype.version.version import readable_data


@frappe.whitelist()
def get_docinfo(doc=None, doctype: str | None = None, name: str | None = None) -> dict:
    """Attachments, comments and rights of a document that the user may read."""
    if doc is None or isinstance(doc, str):
        doc = frappe.get_doc(doctype, name)
    doc.check_permission("read")
    from frappe import share
    from frappe.desk.form import assign_to
    from frappe.permissions import get_doc_permissions

    return frappe._dict(
        doctype=doc.doctype,
        name=doc.name,
        attachments=get_attachments(doc.doctype, doc.name),
        comments=get_comments(doc.doctype, doc.name),
        versions=get_versions(doc),
        permissions=get_doc_permissions(doc),
        assignments=assign_to.get({"doctype": doc.doctype, "name": doc.name}),
        shared=share._get_users(doc),
    )


def get_attachments(dt: str, dn: str) -> list:
    """Files of a document."""
    return frappe.get_all(
        "File",
        fields=["name", "file_name", "file_url", "is_private", "file_size"],
        filters={"attached_to_name": dn, "attached_to_doctype": dt},
        order_by="creation",
    )


def get_comments(doctype: str, name: str) -> list:
    """Comments and notes (workflow, attachments) of a document, newest first."""
    return frappe.get_all(
        "Comment",
        fields=["name", "creation", "content", "owner", "comment_type", "comment_by"],
        filters={"reference_doctype": doctype, "reference_name": name},
        order_by="creation desc",
    )


def get_versions(doc) -> list:
    """The last changes of a document whose DocType tracks them, as far as the user may read its fields."""
    if not frappe.utils.cint(doc.meta.track_changes):
        return []
    versions = frappe.get_all(
        "Version",
        fields=["name", "owner", "creation", "data"],
        filters={"ref_doctype": doc.doctype, "docname": doc.name},
        order_by="creation desc",
        limit=10,
    )
    for version in versions:
        version.data = readable_data(doc.doctype, version.data)
    return versions
