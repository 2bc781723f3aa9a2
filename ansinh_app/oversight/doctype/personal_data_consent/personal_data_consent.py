"""Personal Data Consent."""

from frappe.model.document import Document


class PersonalDataConsent(Document):
    pass
