"""Treasury Drawdown."""

from frappe.model.document import Document


class TreasuryDrawdown(Document):
    pass
