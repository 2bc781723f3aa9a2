"""Contract Commitment."""

from frappe.model.document import Document


class ContractCommitment(Document):
    pass
