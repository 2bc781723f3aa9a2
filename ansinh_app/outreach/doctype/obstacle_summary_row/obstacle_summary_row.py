"""Obstacle Summary Row."""

from frappe.model.document import Document


class ObstacleSummaryRow(Document):
    pass
