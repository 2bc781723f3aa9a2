"""Assigning a document to people: a ToDo each, and sharing where they could not read it."""

import frappe
import frappe.share
from frappe import _
from frappe.utils import escape_html, get_fullname, nowdate

DONE = ("Cancelled", "Closed")


def get(args=None) -> list:
    """[{"owner", "name"}] of a document's open tasks, `owner` being who has to do it."""
    args = args or frappe.local.form_dict
    return frappe.get_all(
        "ToDo",
        fields=["allocated_to as owner", "name"],
        filters={
            "reference_type": args.get("doctype"),
            "reference_name": args.get("name"),
            "status": ("not in", DONE),
        },
        limit=5,
    )


@frappe.whitelist(methods=["POST", "PUT"])
def add(args=None, *, ignore_permissions=False) -> list:
    """Assign a document (`doctype`, `name`) that one may read to the users of `assign_to`; `description`,
    `priority`, `date` are the task's."""
    args = frappe._dict(args or frappe.local.form_dict)
    doc = frappe.get_doc(args.doctype, args.name)
    if frappe.local.request or not ignore_permissions:
        doc.check_permission()
    text = escape_html(args.description or _("Assignment for {0} {1}").format(_(args.doctype), args.name))
    again, shared = [], []
    for user in frappe.parse_json(args.assign_to):
        wanted = {"reference_type": args.doctype, "reference_name": args.name, "allocated_to": user}
        if frappe.get_all("ToDo", {**wanted, "status": "Open"}, limit=1):
            again.append(user)
            continue
        frappe.get_doc(
            {
                "doctype": "ToDo",
                **wanted,
                "description": text,
                "priority": args.priority or "Medium",
                "status": "Open",
                "date": args.date or nowdate(),
                "assigned_by": frappe.session.user,
            }
        ).insert(ignore_permissions=True)
        if doc.meta.has_field("assigned_to"):
            frappe.db.set_value(args.doctype, args.name, "assigned_to", user)
        if not frappe.has_permission(args.doctype, doc=doc, user=user):
            _share(doc, user)
            shared.append(user)
        _tell(user, doc, _("{0} assigned a new task {1} {2} to you"))
    if shared:
        frappe.msgprint(_("Shared with the following Users with Read access:{0}").format(_listed(shared)), alert=True)
    if again:
        frappe.msgprint(_("Already in the following Users ToDo list:{0}").format(_listed(again)), alert=True)
    return get(args)


def _share(doc, user) -> None:
    if frappe.get_system_settings("disable_document_sharing"):
        frappe.throw(
            _("User {0} is not permitted to access this document.").format(frappe.bold(user)),
            title=_("Missing Permission"),
        )
    frappe.share.add(doc.doctype, doc.name, user)


def _listed(users) -> str:
    return "<br><br>" + "<br>".join(users)


@frappe.whitelist(methods=["POST", "PUT"])
def add_multiple(args=None) -> None:
    """Assign several documents (`name`: their names as JSON)."""
    args = frappe._dict(args or frappe.local.form_dict)
    for name in frappe.parse_json(args.name):
        add({**args, "name": name})


@frappe.whitelist(methods=["POST", "PUT"])
def remove(doctype, name, assign_to, ignore_permissions=False) -> list:
    """Take an assignment back."""
    return _finish(doctype, name, assign_to, "Cancelled", ignore_permissions)


@frappe.whitelist(methods=["POST", "PUT"])
def remove_multiple(doctype, names, ignore_permissions=False) -> None:
    """Take back all assignments of several documents (names as JSON)."""
    for name in frappe.parse_json(names):
        for task in get({"doctype": doctype, "name": name}):
            _finish(doctype, name, task.owner, "Cancelled", ignore_permissions)


@frappe.whitelist(methods=["POST", "PUT"])
def close(doctype: str, name: str, assign_to: str, ignore_permissions=False) -> list:
    """Say that one's own task is done."""
    if assign_to != frappe.session.user:
        frappe.throw(_("Only the assignee can complete this to-do."))
    return _finish(doctype, name, assign_to, "Closed", ignore_permissions)


def _finish(doctype, name, assign_to, status, ignore_permissions) -> list:
    trusted = ignore_permissions and not frappe.local.request  # the browser's word is none
    return set_status(doctype, name, "", assign_to, status, ignore_permissions=trusted)


def set_status(doctype, name, todo=None, assign_to=None, status="Cancelled", ignore_permissions=False) -> list:
    """Give a task another status; the tasks that are still open."""
    doc = frappe.get_doc(doctype, name)
    if not ignore_permissions:
        doc.check_permission()
    wanted = {"reference_type": doctype, "reference_name": name, "allocated_to": assign_to, "status": ("!=", status)}
    todo = todo or frappe.db.get_value("ToDo", wanted)
    if todo:
        task = frappe.get_doc("ToDo", todo)
        task.status = status
        task.save(ignore_permissions=True)
        _tell(task.allocated_to, doc, _("{0} removed your assignment on {1} {2}"))
    if doc.meta.has_field("assigned_to") and status in DONE:
        frappe.db.set_value(doctype, name, "assigned_to", None)
    return get({"doctype": doctype, "name": name})


def clear(doctype, name, ignore_permissions=False) -> bool:
    """Take back every assignment; False where there was none."""
    return _set_all(doctype, name, "Cancelled", ignore_permissions)


def close_all_assignments(doctype, name, ignore_permissions=False) -> bool:
    """Say that every task of a document is done; False where there was none."""
    return _set_all(doctype, name, "Closed", ignore_permissions)


def _set_all(doctype, name, status, ignore_permissions) -> bool:
    tasks = frappe.get_all("ToDo", {"reference_type": doctype, "reference_name": name, "status": ("!=", "Cancelled")},
                           ["name", "allocated_to"])  # fmt: skip
    for task in tasks:
        set_status(doctype, name, task.name, task.allocated_to, status, ignore_permissions=ignore_permissions)
    return bool(tasks)


def _tell(user, doc, sentence: str) -> None:
    """Nobody is told what he did himself."""
    if user == frappe.session.user or not frappe.db.get_value("User", user, "enabled"):
        return
    from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification

    subject = sentence.format(
        frappe.bold(get_fullname(frappe.session.user)), frappe.bold(_(doc.doctype)), frappe.bold(doc.get_title())
    )
    enqueue_create_notification(
        user,
        {"type": "Assignment", "document_type": doc.doctype, "document_name": doc.name, "subject": subject,
         "from_user": frappe.session.user},
    )  # fmt: skip
