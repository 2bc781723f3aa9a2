"""Outreach Picture."""

from frappe.model.document import Document


class OutreachPicture(Document):
    pass
