"""Paying Office."""

from frappe.model.document import Document


class PayingOffice(Document):
    pass
