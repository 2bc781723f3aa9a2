"""Office Programme."""

from frappe.model.document import Document


class OfficeProgramme(Document):
    pass
