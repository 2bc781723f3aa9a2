"""Registry Change Person: one of the people chosen for a common change."""

from frappe.model.document import Document


class RegistryChangePerson(Document):
    pass
