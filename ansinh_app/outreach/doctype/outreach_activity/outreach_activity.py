"""Outreach Activity."""

from frappe.model.document import Document


class OutreachActivity(Document):
    pass
