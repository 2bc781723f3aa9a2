"""A picture of an outreach activity, with what it shows."""

from frappe.model.document import Document


class OutreachPicture(Document):
    pass
