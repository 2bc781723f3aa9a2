"""Provider Reason Code."""

from frappe.model.document import Document


class ProviderReasonCode(Document):
    pass
