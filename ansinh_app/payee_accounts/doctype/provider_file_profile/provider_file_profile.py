"""Provider File Profile."""

from frappe.model.document import Document


class ProviderFileProfile(Document):
    pass
