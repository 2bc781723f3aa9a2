"""Treasury Return Case."""

from frappe.model.document import Document


class TreasuryReturnCase(Document):
    pass
