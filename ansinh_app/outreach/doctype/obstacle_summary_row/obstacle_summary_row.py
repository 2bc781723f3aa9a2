"""The counts of one commune or kind in an obstacle summary."""

from frappe.model.document import Document


class ObstacleSummaryRow(Document):
    pass
