"""Notification Log: what a person is told on the desk."""

import frappe
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime


class NotificationLog(Document):
    def after_insert(self):
        frappe.publish_realtime("notification", after_commit=True, user=self.for_user)

    @staticmethod
    def clear_old_logs(days: int = 180) -> None:
        """Forget what is older than so many days."""
        frappe.db.delete("Notification Log", {"modified": ("<", add_days(now_datetime(), -days))})


def get_permission_query_conditions(user: str | None = None) -> str | None:
    """Everybody sees their own."""
    user = user or frappe.session.user
    if user == "Administrator":
        return None
    return f"(`tabNotification Log`.`for_user` = {frappe.db.escape(user)})"


def has_permission(doc, ptype=None, user=None, **_more) -> bool:
    user = user or frappe.session.user
    return user == "Administrator" or not doc.for_user or doc.for_user == user


def enqueue_create_notification(users: list[str] | str, doc: dict) -> None:
    """Tell users (e-mail addresses) something: the values of a Notification Log."""
    if frappe.flags.in_install:
        return
    if isinstance(users, str):
        users = [user.strip() for user in users.split(",") if user.strip()]
    frappe.enqueue(
        "frappe.desk.doctype.notification_log.notification_log.make_notification_logs",
        doc=frappe._dict(doc),
        users=list(dict.fromkeys(users)),
        now=frappe.flags.in_test,
    )


def make_notification_logs(doc: dict, users: list[str]) -> None:
    """One record for each enabled user of these addresses; of one's own acts only alerts tell."""
    if not users:
        return
    for user in frappe.get_all("User", filters={"enabled": 1, "email": ("in", users)}, pluck="name"):
        if user != doc.get("from_user") or doc.get("type") in ("Energy Point", "Alert"):
            log = frappe.new_doc("Notification Log")
            log.update(doc)
            log.for_user = user
            log.insert(ignore_permissions=True)


@frappe.whitelist()
def get_notification_logs(limit: int = 20) -> dict:
    """The session's user's newest."""
    logs = frappe.get_list("Notification Log", fields=["*"], limit=limit, order_by="modified desc")
    return {"notification_logs": logs, "user_info": {}}


@frappe.whitelist(methods=["POST"])
def mark_all_as_read() -> None:
    mine = {"read": 0, "for_user": frappe.session.user}
    frappe.db.set_value("Notification Log", mine, "read", 1, update_modified=False)


@frappe.whitelist(methods=["POST"])
def mark_as_read(docname: str) -> None:
    """Only one's own."""
    mine = {"name": docname, "for_user": frappe.session.user}
    frappe.db.set_value("Notification Log", mine, "read", 1, update_modified=False)


@frappe.whitelist(methods=["POST"])
def mark_read(doc: str | dict) -> dict:
    """DocType Action of mark_as_read."""
    name = frappe.parse_json(doc).get("name")
    mark_as_read(name)
    return frappe.get_doc("Notification Log", name).as_dict()
