"""Unmatched Identity Row."""

from frappe.model.document import Document


class UnmatchedIdentityRow(Document):
    pass
