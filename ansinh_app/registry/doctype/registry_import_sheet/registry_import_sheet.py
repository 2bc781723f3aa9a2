"""Registry Import Sheet."""

from frappe.model.document import Document


class RegistryImportSheet(Document):
    pass
