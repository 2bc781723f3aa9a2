"""Identity Verification List."""

from frappe.model.document import Document


class IdentityVerificationList(Document):
    pass
