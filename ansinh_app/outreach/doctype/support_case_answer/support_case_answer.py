"""One answer given in a support case, with time, name and agency."""

from frappe.model.document import Document


class SupportCaseAnswer(Document):
    pass
