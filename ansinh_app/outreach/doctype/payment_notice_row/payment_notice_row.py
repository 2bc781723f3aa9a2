"""Payment Notice Row."""

from frappe.model.document import Document


class PaymentNoticeRow(Document):
    pass
