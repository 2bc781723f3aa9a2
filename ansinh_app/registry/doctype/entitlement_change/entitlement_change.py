"""Entitlement Change."""

from frappe.model.document import Document


class EntitlementChange(Document):
    pass
