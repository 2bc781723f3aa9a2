"""Drawdown Batch."""

from frappe.model.document import Document


class DrawdownBatch(Document):
    pass
