"""Representative."""

from frappe.model.document import Document


class Representative(Document):
    pass
