"""Office Signatory."""

from frappe.model.document import Document


class OfficeSignatory(Document):
    pass
