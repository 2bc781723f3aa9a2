"""Registry Import Layout."""

from frappe.model.document import Document


class RegistryImportLayout(Document):
    pass
