"""Recovery Case."""

from frappe.model.document import Document


class RecoveryCase(Document):
    pass
