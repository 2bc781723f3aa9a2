"""Unit Reform Row: one line of a reform's table, old unit to new unit."""

from frappe.model.document import Document


class UnitReformRow(Document):
    pass
