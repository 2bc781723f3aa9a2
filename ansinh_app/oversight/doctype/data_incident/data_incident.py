"""Data Incident."""

from frappe.model.document import Document


class DataIncident(Document):
    pass
