"""Registry Change List Row: what one row of a list of changes was understood as."""

from frappe.model.document import Document


class RegistryChangeListRow(Document):
    pass
