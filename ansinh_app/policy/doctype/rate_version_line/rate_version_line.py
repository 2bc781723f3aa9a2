"""Rate Version Line."""

from frappe.model.document import Document


class RateVersionLine(Document):
    pass
