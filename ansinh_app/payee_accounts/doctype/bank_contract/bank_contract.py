"""Bank Contract."""

from frappe.model.document import Document


class BankContract(Document):
    pass
