"""Small things a form does: comments and attachments."""

import frappe


@frappe.whitelist(methods=["POST", "PUT"])
def add_comment(
    reference_doctype: str, reference_name: str, content: str, comment_email: str, comment_by: str
):
    """Comment on a document that the user may read, always in the user's own name."""
    doc = frappe.get_doc(reference_doctype, reference_name)
    doc.check_permission("read")
    return doc.add_comment("Comment", frappe.utils.sanitize_html(content))
