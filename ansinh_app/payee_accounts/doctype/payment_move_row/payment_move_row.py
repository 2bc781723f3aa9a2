"""Payment Move Row."""

from frappe.model.document import Document


class PaymentMoveRow(Document):
    pass
