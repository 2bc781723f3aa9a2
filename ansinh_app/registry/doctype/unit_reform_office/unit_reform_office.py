"""Unit Reform Office: a paying office that begins or ends with a reform."""

from frappe.model.document import Document


class UnitReformOffice(Document):
    pass
