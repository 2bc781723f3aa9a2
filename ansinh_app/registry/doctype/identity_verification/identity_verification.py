"""Identity Verification."""

from frappe.model.document import Document


class IdentityVerification(Document):
    pass
