"""Contract Programme: a programme the contract covers."""

from frappe.model.document import Document


class ContractProgramme(Document):
    pass
