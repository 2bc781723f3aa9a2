"""Retention Item: one record of a run; written set-based by oversight/retention.py."""

from frappe.model.document import Document


class RetentionItem(Document):
    pass
