"""Provider Result Row: a row of a result file that found no line, and why."""

from frappe.model.document import Document


class ProviderResultRow(Document):
    pass
