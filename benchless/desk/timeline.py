"""What happened to a document: comments, workflow steps, changes, files and mails, newest first."""

import re
from email import message_from_string, policy

import frappe
from frappe import _
from frappe.core.doctype.version.version import describe
from frappe.utils import cint, cstr

from benchless.desk import values

SHORT, LONG = 15, 300
MOMENT = re.compile(r"\b\d{4}-\d\d-\d\d(?: \d\d:\d\d:\d\d(?:\.\d+)?)?\b")  # older versions keep moments as stored
ICONS = {
    "Comment": "chat_bubble", "Workflow": "conversion_path", "Version": "edit", "Mail": "mail", "Created": "add_circle",
    "Attachment": "attach_file", "Attachment Removed": "attach_file_off",
}  # fmt: skip
MAIL_STATES = {
    "Not Sent": "waits", "Sending": "is being sent", "Sent": "was sent", "Partially Sent": "was sent to some",
    "Error": "could not be sent",
}  # fmt: skip


def entries(doc, limit: int) -> tuple[list[dict], bool]:
    """(what happened, whether there is more). Changes of fields that the user may not read are left out."""
    found = [*comments(doc, limit + 1), *changes(doc, limit + 1), *mails(doc, limit + 1)]
    if not doc.meta.issingle:
        found.append({"who": doc.owner, "when": doc.creation, "kind": "Created", "text": _("created this document")})
    found.sort(key=lambda entry: cstr(entry["when"]), reverse=True)
    names = {}
    for entry in found[:limit]:
        if entry["who"] not in names:
            names[entry["who"]] = frappe.db.get_value("User", entry["who"], "full_name") or entry["who"]
        entry["name"], entry["icon"] = names[entry["who"]], ICONS.get(entry["kind"], "info")
    return found[:limit], len(found) > limit


def comments(doc, limit: int) -> list[dict]:
    """Comments, workflow steps, files: all that Frappe keeps as Comment."""
    rows = frappe.get_all(
        "Comment",
        filters={"reference_doctype": doc.doctype, "reference_name": doc.name},
        fields=["name", "comment_type", "content", "owner", "creation"],
        order_by="creation desc",
        limit_page_length=limit,
    )
    return [
        {
            "who": row.owner,
            "when": row.creation,
            "kind": row.comment_type,
            "text": _(row.content) if row.comment_type == "Workflow" else row.content or "",
            "drop": row.name if row.comment_type == "Comment" and may_drop(row.owner) else "",
        }
        for row in rows
    ]


def may_drop(owner: str) -> bool:
    return owner == frappe.session.user or "System Manager" in frappe.get_roles()


def drop_comment(doc, name: str) -> None:
    """Remove a comment of one's own."""
    comment = frappe.get_doc("Comment", name)
    belongs = (comment.reference_doctype, cstr(comment.reference_name)) == (doc.doctype, cstr(doc.name))
    if not belongs or comment.comment_type != "Comment" or not may_drop(comment.owner):
        raise frappe.PermissionError
    comment.delete(ignore_permissions=True)


def changes(doc, limit: int) -> list[dict]:
    """Versions as lines of label, old and new value."""
    if not cint(doc.meta.track_changes):
        return []
    rows = frappe.get_all(
        "Version",
        filters={"ref_doctype": doc.doctype, "docname": cstr(doc.name)},
        fields=["data", "owner", "creation"],
        order_by="creation desc",
        limit_page_length=limit,
    )
    found = []
    for row in rows:
        if lines := [shown(line) for line in describe(doc.doctype, row.data, number=values.with_marks)]:
            found.append({"who": row.owner, "when": row.creation, "kind": "Version", "lines": lines})
    return found


def shown(line: dict) -> dict:
    """One change with its row's number in the label."""
    label = line["label"] if not line.get("row") else f"{line['label']} ({_('row {0}').format(line['row'])})"
    word = {"added": _("added"), "removed": _("removed")}.get(line.get("change") or "", "")
    old, new = (MOMENT.sub(lambda found: values.show_moment(found[0]), line[key] or "—") for key in ("old", "new"))
    return {"label": label, "word": word, "old": old, "new": new, "change": line["change"]}


def mails(doc, limit: int) -> list[dict]:
    """Mails that were sent with this document, and what became of them."""
    rows = frappe.get_all(
        "Email Queue",
        filters={"reference_doctype": doc.doctype, "reference_name": cstr(doc.name)},
        fields=["name", "status", "message", "owner", "creation"],
        order_by="creation desc",
        limit_page_length=limit,
    )
    to = {}
    for row in frappe.get_all(
        "Email Queue Recipient", filters={"parent": ["in", [row.name for row in rows]]}, fields=["parent", "recipient"]
    ):
        to.setdefault(row.parent, []).append(row.recipient)
    return [
        {
            "who": row.owner,
            "when": row.creation,
            "kind": "Mail",
            "text": frappe.utils.escape_html(
                _("Mail “{0}” to {1}: {2}").format(
                    subject_of(row.message), ", ".join(to.get(row.name, [])), _(MAIL_STATES.get(row.status, row.status))
                )
            ),
        }
        for row in rows
    ]


def subject_of(message: str | None) -> str:
    head = cstr(message).replace("\r\n", "\n").partition("\n\n")[0]
    return values.strip_tags(cstr(message_from_string(head + "\n\n", policy=policy.default)["subject"]))
