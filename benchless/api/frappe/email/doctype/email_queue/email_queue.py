"""Email Queue: an e-mail that waits, was sent, or could not be sent."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, now_datetime, sbool


class EmailQueue(Document):
    def on_trash(self):
        if frappe.session.user != "Administrator":
            frappe.throw(_("Only Administrator can delete Email Queue"))

    def send(self) -> bool:
        """Send now if it still waits; True if it went out. Commits."""
        from frappe.email.queue import send_one

        return send_one(self.name)

    @frappe.whitelist()
    def retry_sending(self) -> None:
        """Put a mail that ended in an error in the queue again, for those who have not got it."""
        if self.status == "Error":
            self.check_permission("read")
            frappe.only_for("System Manager")
            _wait_again([self.name])
            self.reload()

    @staticmethod
    def clear_old_logs(days: int = 30) -> None:
        """Forget mails older than so many days."""
        old = frappe.get_all(
            "Email Queue", filters={"modified": ("<", add_days(now_datetime(), -days))}, pluck="name"
        )
        for start in range(0, len(old), 500):
            names = ("in", old[start : start + 500])
            frappe.db.delete("Email Queue Recipient", {"parent": names})
            frappe.db.delete("Email Queue", {"name": names})


def _wait_again(names: list[str]) -> None:
    for name in names:
        if frappe.db.get_value("Email Queue", name, "status", for_update=True) != "Error":
            continue
        unsent = {"parent": name, "status": ("!=", "Sent")}
        frappe.db.set_value("Email Queue Recipient", unsent, {"status": "Not Sent", "error": None})
        partly = frappe.db.exists("Email Queue Recipient", {"parent": name, "status": "Sent"})
        waiting = {"status": "Partially Sent" if partly else "Not Sent", "retry": 0, "send_after": None}
        frappe.db.set_value("Email Queue", name, waiting)


@frappe.whitelist(methods=["POST"])
def retry(doc: str | dict) -> str:
    """DocType Action: send again. ValidationError where the mail did not end in an error."""
    frappe.only_for("System Manager")
    doc = frappe.get_doc("Email Queue", frappe.parse_json(doc).get("name"))
    if doc.status != "Error":
        frappe.throw(_("Only a mail that could not be sent can be sent again."))
    doc.retry_sending()
    return _("The mail is in the queue again.")


@frappe.whitelist(methods=["POST"])
def bulk_retry(queues: str | list) -> None:
    """Put those of the mails that ended in an error in the queue again."""
    frappe.only_for("System Manager")
    _wait_again(frappe.parse_json(queues) or [])


@frappe.whitelist(methods=["POST"])
def send_now(name: str) -> None:
    """Send a mail that waits, without waiting for the next round."""
    doc = frappe.get_doc("Email Queue", name)
    doc.check_permission()
    doc.send()


@frappe.whitelist(methods=["POST"])
def toggle_sending(enable: bool | int | str) -> None:
    """Hold all mail back, or let it go."""
    frappe.only_for("System Manager")
    frappe.db.set_default("suspend_email_queue", 0 if sbool(enable) else 1)


def on_doctype_update():
    frappe.db.add_index("Email Queue", ("status", "send_after", "priority", "creation"), "index_bulk_flush")
