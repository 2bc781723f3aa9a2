"""Contract Programme."""

from frappe.model.document import Document


class ContractProgramme(Document):
    pass
