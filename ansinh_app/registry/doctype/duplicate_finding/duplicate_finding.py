"""Duplicate Finding."""

from frappe.model.document import Document


class DuplicateFinding(Document):
    pass
