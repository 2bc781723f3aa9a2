"""Entitlement."""

from frappe.model.document import Document


class Entitlement(Document):
    pass
