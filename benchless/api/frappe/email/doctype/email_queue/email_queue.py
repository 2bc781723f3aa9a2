"""Email Queue: an e-mail that waits, was sent, or could not be sent."""

import frappe
from frappe.model.document import Document


class EmailQueue(Document):
    def send(self) -> bool:
        """Send now if it still waits."""
        from frappe.email.queue import send_one

        return send_one(self.name)

    @frappe.whitelist()
    def retry_sending(self):
        """Put an e-mail that failed for good back in the queue."""
        if self.status == "Error":
            self.db_set({"status": "Not Sent", "retry": 0})
