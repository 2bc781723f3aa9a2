"""Contract Commitment: what a provider promised, such as free account management."""

from frappe.model.document import Document


class ContractCommitment(Document):
    pass
