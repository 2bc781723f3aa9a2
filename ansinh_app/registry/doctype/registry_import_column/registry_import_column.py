"""Registry Import Column."""

from frappe.model.document import Document


class RegistryImportColumn(Document):
    pass
