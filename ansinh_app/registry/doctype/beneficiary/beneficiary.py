"""Beneficiary."""

from frappe.model.document import Document


class Beneficiary(Document):
    pass
