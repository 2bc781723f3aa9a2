"""Payout Batch."""

from frappe.model.document import Document


class PayoutBatch(Document):
    pass
