"""Rate Version."""

from frappe.model.document import Document


class RateVersion(Document):
    pass
