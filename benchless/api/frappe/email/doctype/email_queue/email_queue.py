"""Email Queue: an e-mail that waits, was sent, or could not be sent."""

from frappe.model.document import Document


class EmailQueue(Document):
    def send(self) -> bool:
        """Send now if it still waits."""
        from frappe.email.queue import send_one

        return send_one(self.name)
