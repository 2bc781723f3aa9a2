"""Budget Allotment."""

from frappe.model.document import Document


class BudgetAllotment(Document):
    pass
