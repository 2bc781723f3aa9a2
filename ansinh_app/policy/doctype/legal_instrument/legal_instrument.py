"""Legal Instrument."""

from frappe.model.document import Document


class LegalInstrument(Document):
    pass
