"""Payment Move."""

from frappe.model.document import Document


class PaymentMove(Document):
    pass
