"""Unit Move: where a person, or a paper, was before a reform."""

from frappe.model.document import Document


class UnitMove(Document):
    pass
