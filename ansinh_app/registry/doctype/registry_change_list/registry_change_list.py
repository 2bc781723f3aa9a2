"""Registry Change List."""

from frappe.model.document import Document


class RegistryChangeList(Document):
    pass
