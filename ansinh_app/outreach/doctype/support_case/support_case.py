"""Support Case."""

from frappe.model.document import Document


class SupportCase(Document):
    pass
