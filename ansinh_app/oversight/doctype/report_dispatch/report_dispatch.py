"""Report Dispatch."""

from frappe.model.document import Document


class ReportDispatch(Document):
    pass
