"""Support Case Kind."""

from frappe.model.document import Document


class SupportCaseKind(Document):
    pass
