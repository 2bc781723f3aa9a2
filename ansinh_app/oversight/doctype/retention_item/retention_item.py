"""Retention Item."""

from frappe.model.document import Document


class RetentionItem(Document):
    pass
