"""Drawdown Batch: a batch the treasury pays for with one drawdown."""

from frappe.model.document import Document


class DrawdownBatch(Document):
    pass
