"""Payout Batch File."""

from frappe.model.document import Document


class PayoutBatchFile(Document):
    pass
