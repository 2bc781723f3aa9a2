"""Signed Cash List."""

from frappe.model.document import Document


class SignedCashList(Document):
    pass
