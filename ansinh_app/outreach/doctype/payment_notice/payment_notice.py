"""Payment Notice."""

from frappe.model.document import Document


class PaymentNotice(Document):
    pass
