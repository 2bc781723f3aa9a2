"""Unmatched Answer: a row of a provider's list that speaks of no request, and why."""

from frappe.model.document import Document


class UnmatchedAnswer(Document):
    pass
