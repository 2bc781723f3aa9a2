"""Paying Office."""

from frappe.model.document import Document


class PayingOffice(Document):
    def validate(self):
        """Acts on the office's money count themselves (payouts/run.py); an older form does not set the number back."""
        before = self.get_doc_before_save()
        self.money_turn = before.money_turn if before else 0
