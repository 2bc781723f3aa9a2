"""Personal Data Field: one line of the register of what is held on people, and why."""

from frappe.model.document import Document


class PersonalDataField(Document):
    pass
