"""Contract Signatory: who signs a contract for the office and for the provider."""

from frappe.model.document import Document


class ContractSignatory(Document):
    pass
