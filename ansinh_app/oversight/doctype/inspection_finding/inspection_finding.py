"""A finding of an inspection: how grave, what to do, who, until when, and what was done."""

from frappe.model.document import Document


class InspectionFinding(Document):
    pass
