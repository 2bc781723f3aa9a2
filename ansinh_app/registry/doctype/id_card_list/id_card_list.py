"""ID Card List."""

from frappe.model.document import Document


class IDCardList(Document):
    pass
