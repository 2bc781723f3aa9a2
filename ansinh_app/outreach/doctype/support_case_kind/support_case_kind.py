"""A kind of support case: what people are stuck with, who answers it, within how many working days."""

from frappe.model.document import Document


class SupportCaseKind(Document):
    pass
