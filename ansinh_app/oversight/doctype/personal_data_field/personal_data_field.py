"""Personal Data Field."""

from frappe.model.document import Document


class PersonalDataField(Document):
    pass
