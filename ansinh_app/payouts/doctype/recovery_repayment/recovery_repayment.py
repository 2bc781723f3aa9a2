"""Recovery Repayment."""

from frappe.model.document import Document


class RecoveryRepayment(Document):
    pass
