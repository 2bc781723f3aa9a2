"""Identity Difference."""

from frappe.model.document import Document


class IdentityDifference(Document):
    pass
