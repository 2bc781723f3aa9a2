"""Registry Change."""

from frappe.model.document import Document


class RegistryChange(Document):
    pass
