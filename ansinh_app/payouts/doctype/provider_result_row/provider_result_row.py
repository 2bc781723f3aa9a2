"""Provider Result Row."""

from frappe.model.document import Document


class ProviderResultRow(Document):
    pass
