"""Inspection Member."""

from frappe.model.document import Document


class InspectionMember(Document):
    pass
