"""Unmatched Answer: a row of a provider's list that speaks of no request, and why."""

from frappe.model.document import Document

from ansinh_app.utils.sealed_numbers import SealedNumbers


class UnmatchedAnswer(SealedNumbers, Document):
    pass
