"""Support Case Answer."""

from frappe.model.document import Document


class SupportCaseAnswer(Document):
    pass
