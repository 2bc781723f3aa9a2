"""ID Card Request."""

from frappe.model.document import Document


class IDCardRequest(Document):
    pass
