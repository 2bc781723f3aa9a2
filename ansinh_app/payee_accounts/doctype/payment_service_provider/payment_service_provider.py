"""Payment Service Provider: a bank, the Post or mobile money."""

import re

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import InvalidIdentifierError


class PaymentServiceProvider(Document):
    def before_validate(self):
        self.short_name = self.short_name or self.provider_code

    def validate(self):
        self.validate_bin()

    def validate_bin(self):
        """NAPAS numbers its members with six digits; the Post has none."""
        if self.napas_bin and not re.fullmatch(r"\d{6}", self.napas_bin):
            frappe.throw(
                _("NAPAS BIN {0} must have six digits.").format(frappe.bold(self.napas_bin)),
                InvalidIdentifierError,
            )
