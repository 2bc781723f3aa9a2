"""Sharing: rights on single documents for users whose roles do not give them."""

import frappe
from frappe import _
from frappe.model._customize import has_table
from frappe.utils import cint, get_fullname

SHARED_RIGHTS = ("read", "write", "submit", "share")


@frappe.whitelist(methods=["POST", "PUT"])
def add(doctype, name, user=None, read=1, write=0, submit=0, share=0, everyone=0, notify=0):
    """Share a document with a user, by one who may share it."""
    return add_docshare(
        doctype, name, user, read=read, write=write, submit=submit, share=share, everyone=everyone, notify=notify
    )


def add_docshare(
    doctype, name, user=None, read=1, write=0, submit=0, share=0, everyone=0, flags=None, notify=0
):
    """The DocShare of a user (or of everyone) on a document; reading is always given."""
    user = user or frappe.session.user
    if not (flags or {}).get("ignore_share_permission"):
        check_share_permission(doctype, name)
    known = get_share_name(doctype, name, user, everyone)
    doc = frappe.get_doc("DocShare", known) if known else frappe.new_doc("DocShare")
    if not known:
        doc.update({"user": user, "share_doctype": doctype, "share_name": name, "everyone": cint(everyone)})
    doc.flags.update(flags or {})
    doc.update({"read": 1, "write": cint(write), "submit": cint(submit), "share": cint(share)})
    doc.save(ignore_permissions=True)
    if cint(notify) and not cint(everyone):
        _tell(user, doctype, name)
    return doc


def remove(doctype, name, user, flags=None) -> None:
    """Take a user's share back, by one who may share the document."""
    known = frappe.db.get_value("DocShare", {"user": user, "share_name": name, "share_doctype": doctype})
    if known:
        frappe.delete_doc("DocShare", known, flags=flags, ignore_permissions=True)


@frappe.whitelist(methods=["POST", "PUT"])
def set_permission(doctype, name, user, permission_to, value=1, everyone=0):
    """Change one right of a share."""
    return set_docshare_permission(doctype, name, user, permission_to, value=value, everyone=everyone)


def set_docshare_permission(doctype, name, user, permission_to, value=1, everyone=0, flags=None):
    """The share with the right given or taken; without reading nothing is left of it."""
    if permission_to not in SHARED_RIGHTS:
        frappe.throw(_("{0} is not a right").format(permission_to))
    if not (flags or {}).get("ignore_share_permission"):
        check_share_permission(doctype, name)
    known = get_share_name(doctype, name, user, everyone)
    if not known:
        if not cint(value):
            return None
        return add_docshare(doctype, name, user, everyone=everyone, flags=flags, **{permission_to: 1})
    doc = frappe.get_doc("DocShare", known)
    doc.flags.update(flags or {})
    doc.set(permission_to, cint(value))
    if permission_to == "read" and not cint(value):
        for right in SHARED_RIGHTS:
            doc.set(right, 0)
    doc.save(ignore_permissions=True)
    if not any(doc.get(right) for right in SHARED_RIGHTS):
        doc.delete(ignore_permissions=True)
        return None
    return doc


@frappe.whitelist()
def get_users(doctype: str, name: str) -> list:
    """With whom a document is shared, for those who may read it."""
    return _get_users(frappe.get_doc(doctype, name))


def _get_users(doc) -> list:
    if not doc.has_permission("read"):
        return []
    fields = ["name", "user", *SHARED_RIGHTS, "everyone", "owner", "creation"]
    return frappe.get_all("DocShare", {"share_doctype": doc.doctype, "share_name": doc.name}, fields)


def get_shared(doctype, user=None, rights=None, *, filters=None, limit=None) -> list[str]:
    """Names of a DocType's documents that are shared with a user, with certain rights (reading)."""
    if not has_table("DocShare"):
        return []
    if not frappe.db.sql("select 1 from `tabDocShare` where `share_doctype`=%s limit 1", (doctype,)):
        return []  # asked at every refusal, and mostly there is nothing to look through
    user = user or frappe.session.user
    conditions = [[right, "=", 1] for right in rights or ["read"]]
    conditions += [["share_doctype", "=", doctype], *(filters or [])]
    whom = [["user", "=", user]]
    if user != "Guest":
        whom.append(["everyone", "=", 1])
    return frappe.get_all(
        "DocShare", filters=conditions, or_filters=whom, order_by=None, limit_page_length=limit or 0, pluck="share_name"
    )


def get_shared_doctypes(user=None) -> list[str]:
    """DocTypes of which something is shared with a user."""
    user = user or frappe.session.user
    whom = [["user", "=", user], ["everyone", "=", 1]]
    return frappe.get_all("DocShare", or_filters=whom, distinct=True, order_by=None, pluck="share_doctype")


def get_share_name(doctype, name, user, everyone) -> str | None:
    whom = {"everyone": 1} if cint(everyone) else {"user": user}
    return frappe.db.get_value("DocShare", {**whom, "share_name": name, "share_doctype": doctype})


def check_share_permission(doctype, name) -> None:
    if not frappe.has_permission(doctype, "share", doc=name):
        frappe.throw(_("No permission to share {0} {1}").format(_(doctype), name), frappe.PermissionError)


def _tell(user, doctype, name) -> None:
    from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification

    subject = _("{0} shared a document {1} {2} with you").format(
        frappe.bold(get_fullname(frappe.session.user)), frappe.bold(_(doctype)), frappe.bold(name)
    )
    enqueue_create_notification(
        user,
        {"type": "Share", "document_type": doctype, "document_name": name, "subject": subject,
         "from_user": frappe.session.user},
    )  # fmt: skip
