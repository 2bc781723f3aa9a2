"""Report Schedule."""

from frappe.model.document import Document


class ReportSchedule(Document):
    pass
