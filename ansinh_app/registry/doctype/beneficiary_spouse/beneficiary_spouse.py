"""Beneficiary Spouse."""

from frappe.model.document import Document


class BeneficiarySpouse(Document):
    pass
