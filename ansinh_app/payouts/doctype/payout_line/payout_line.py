"""Payout Line."""

from frappe.model.document import Document


class PayoutLine(Document):
    pass
