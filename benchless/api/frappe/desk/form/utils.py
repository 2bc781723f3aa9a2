"""Small things a form does: comments, attachments, the next document."""

import frappe
from frappe import _
from frappe.utils import cint, sanitize_html


@frappe.whitelist(methods=["DELETE", "POST"])
def remove_attach(fid: str | None = None) -> None:
    """Delete an attached file that the user may delete."""
    frappe.delete_doc("File", fid or frappe.form_dict.get("fid"))


@frappe.whitelist(methods=["POST", "PUT"])
def add_comment(
    reference_doctype: str, reference_name: str, content: str, comment_email: str, comment_by: str
):
    """Comment on a document that the user may read, always in the user's own name."""
    doc = frappe.get_doc(reference_doctype, reference_name)
    doc.check_permission("read")
    return doc.add_comment("Comment", sanitize_html(content))


@frappe.whitelist()
def update_comment(name: str, content: str) -> None:
    """Change one's own comment on a document that one may read."""
    comment = frappe.get_doc("Comment", name)
    if frappe.session.user not in ("Administrator", comment.owner) or comment.comment_type != "Comment":
        frappe.throw(_("Comment can only be edited by the owner"), frappe.PermissionError)
    if comment.reference_doctype and comment.reference_name:
        frappe.get_doc(comment.reference_doctype, comment.reference_name).check_permission("read")
    comment.content = content
    comment.save(ignore_permissions=True)


@frappe.whitelist()
def get_next(doctype: str, value: str, prev, filters=None, sort_order="desc", sort_field="modified"):
    """The document after (or before) one in a list that the user may read; None at its end."""
    ascending = (sort_order.lower() == "asc") != bool(cint(prev))
    filters = frappe.parse_json(filters) or []
    if isinstance(filters, dict):
        filters = [[doctype, key, "=", wanted] for key, wanted in filters.items()]
    here = frappe.get_list(doctype, {"name": value}, [sort_field], as_list=True)
    if not here:
        raise frappe.DoesNotExistError
    names = frappe.get_list(
        doctype,
        filters=[*filters, [doctype, sort_field, ">" if ascending else "<", here[0][0]]],
        order_by=f"`tab{doctype}`.`{sort_field}` {'asc' if ascending else 'desc'}",
        limit_page_length=1,
        pluck="name",
    )
    if not names:
        frappe.msgprint(_("No further records"))
    return names[0] if names else None
