"""Data Subject Request."""

from frappe.model.document import Document


class DataSubjectRequest(Document):
    pass
