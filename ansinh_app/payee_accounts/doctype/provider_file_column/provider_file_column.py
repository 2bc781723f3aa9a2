"""Provider File Column."""

from frappe.model.document import Document


class ProviderFileColumn(Document):
    pass
