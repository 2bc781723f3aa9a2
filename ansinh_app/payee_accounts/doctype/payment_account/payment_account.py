"""Payment Account: where money goes; the number is data, never the document's name."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.core.names import Match, ascii_upper, compare
from ansinh_app.exceptions import AccountError
from ansinh_app.payee_accounts.numbers import clean_account_no
from ansinh_app.utils.masking import set_shown

_MATCHES = {
    Match.EXACT: "Exact",
    Match.ORDER: "Order",
    Match.MISSING_MIDDLE: "Missing Middle Name",
    Match.ONE_LETTER: "One Letter",
    Match.DIFFERENT: "Different",
}


class PaymentAccount(Document):
    def validate(self):
        self.validate_number()
        self.validate_holder()
        self.validate_unique()
        self.validate_not_in_use()
        self.set_name_match()

    def validate_number(self):
        self.account_no = clean_account_no(self.account_no)
        set_shown(self)
        self.account_name = ascii_upper(self.account_name or "")
        if not self.account_name:
            frappe.throw(_("The account needs the name of its holder."), AccountError)

    def validate_holder(self):
        """An own account belongs to a beneficiary, any other to a guardian or authorised person."""
        needed = "beneficiary" if self.holder_type == "Self" else "representative"
        if not self.get(needed):
            frappe.throw(
                _("Say whose account it is: {0} is missing.").format(
                    frappe.bold(_(self.meta.get_label(needed)))
                ),
                AccountError,
            )

    def validate_unique(self):
        """One account may serve many beneficiaries, but it is registered once."""
        filters = {"provider": self.provider, "account_no": self.account_no, "name": ["!=", self.name or ""]}
        other = frappe.db.get_value("Payment Account", filters, "name")
        if other:
            frappe.throw(
                _("This account at {0} is registered already as {1}.").format(
                    self.provider, frappe.bold(other)
                ),
                AccountError,
            )

    def validate_not_in_use(self):
        """Money on its way goes to the account that was approved; a new number is a new account."""
        before = self.get_doc_before_save()
        if not before or (before.provider, before.account_no) == (self.provider, self.account_no):
            return
        if frappe.db.exists("Payout Line", {"payment_account": self.name}):
            frappe.throw(
                _("{0} was paid into already. Close it and register the new account.").format(
                    frappe.bold(self.name)
                ),
                AccountError,
            )

    def set_name_match(self):
        doctype = "Beneficiary" if self.holder_type == "Self" else "Representative"
        holder = self.beneficiary if self.holder_type == "Self" else self.representative
        self.name_match = name_match(frappe.db.get_value(doctype, holder, "full_name"), self.account_name)


def name_match(full_name: str | None, account_name: str) -> str:
    """How the holder's name agrees with the name on the account, as the field's choice."""
    return _MATCHES[compare(full_name or "", account_name)]


def on_doctype_update():
    """No account twice, whoever writes it."""
    frappe.db.add_unique("Payment Account", ["provider", "account_no"], "unique_provider_account")
