"""Identity Difference."""

from frappe.model.document import Document

from ansinh_app.utils.sealed_numbers import SealedNumbers


class IdentityDifference(SealedNumbers, Document):
    pass
