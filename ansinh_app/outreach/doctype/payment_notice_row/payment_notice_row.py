"""When and where one part of a commune is paid, as its payment notice says."""

from frappe.model.document import Document


class PaymentNoticeRow(Document):
    pass
