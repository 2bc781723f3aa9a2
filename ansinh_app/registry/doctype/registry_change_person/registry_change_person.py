"""Registry Change Person."""

from frappe.model.document import Document


class RegistryChangePerson(Document):
    pass
