"""Provider File Column: one column of a provider's file."""

from frappe.model.document import Document


class ProviderFileColumn(Document):
    pass
