"""Account Status Change."""

from frappe.model.document import Document


class AccountStatusChange(Document):
    pass
