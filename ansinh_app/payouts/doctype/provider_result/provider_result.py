"""Provider Result."""

from frappe.model.document import Document


class ProviderResult(Document):
    pass
