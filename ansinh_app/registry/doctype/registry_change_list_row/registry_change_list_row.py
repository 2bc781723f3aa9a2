"""Registry Change List Row."""

from frappe.model.document import Document


class RegistryChangeListRow(Document):
    pass
