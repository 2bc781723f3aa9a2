"""Payment Service Provider."""

from frappe.model.document import Document


class PaymentServiceProvider(Document):
    pass
