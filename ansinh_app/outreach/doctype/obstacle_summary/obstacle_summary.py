"""Obstacle Summary."""

from frappe.model.document import Document


class ObstacleSummary(Document):
    pass
