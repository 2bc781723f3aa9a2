"""Payment Account."""

from frappe.model.document import Document


class PaymentAccount(Document):
    pass
