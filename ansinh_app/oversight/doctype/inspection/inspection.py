"""Inspection."""

from frappe.model.document import Document


class Inspection(Document):
    pass
