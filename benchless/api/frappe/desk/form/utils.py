"""Small things a form does: comments and attachments."""

import frappe
from frappe import _


@frappe.whitelist(methods=["POST", "PUT"])
def add_comment(
    reference_doctype: str, reference_name: str, content: str, comment_email: str, comment_by: str
):
    """Comment on a document that the user may read, always in the user's own name."""
    doc = frappe.get_doc(reference_doctype, reference_name)
    doc.check_permission("read")
    return doc.add_comment("Comment", frappe.utils.sanitize_html(content))


@frappe.whitelist(methods=["POST", "PUT"])
def update_comment(name: str, content: str) -> None:
    """Change one's own comment."""
    comment = frappe.get_doc("Comment", name)
    if frappe.session.user not in ("Administrator", comment.owner):
        frappe.throw(_("Comment can only be edited by the owner"), frappe.PermissionError)
    comment.content = frappe.utils.sanitize_html(content)
    comment.save(ignore_permissions=True)


@frappe.whitelist(methods=["DELETE", "POST"])
def remove_attach() -> None:
    """Delete the file that the request names (fid), where the user may."""
    file = frappe.get_doc("File", frappe.form_dict.get("fid"))
    if not file.has_permission("delete"):
        raise frappe.PermissionError
    frappe.delete_doc("File", file.name, ignore_permissions=True)
