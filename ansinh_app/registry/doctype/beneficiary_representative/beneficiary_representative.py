"""Beneficiary Representative."""

from frappe.model.document import Document


class BeneficiaryRepresentative(Document):
    pass
