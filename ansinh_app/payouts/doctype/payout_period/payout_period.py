"""Payout Period."""

from frappe.model.document import Document


class PayoutPeriod(Document):
    pass
