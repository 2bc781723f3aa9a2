"""Period Advance."""

from frappe.model.document import Document


class PeriodAdvance(Document):
    pass
