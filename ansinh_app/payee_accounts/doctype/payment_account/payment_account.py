"""Payment Account: where money goes; the number is data, never the document's name."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from ansinh_app.core.masking import ACCOUNT
from ansinh_app.core.name_differences import differences
from ansinh_app.core.names import Match, ascii_upper, compare
from ansinh_app.exceptions import AccountError
from ansinh_app.payee_accounts import closing
from ansinh_app.payee_accounts.numbers import clean_account_no
from ansinh_app.utils import actions
from ansinh_app.utils.masking import set_shown
from ansinh_app.utils.sealed_numbers import SealedNumbers, sought

_MATCHES = {
    Match.EXACT: "Exact",
    Match.ORDER: "Order",
    Match.MISSING_MIDDLE: "Missing Middle Name",
    Match.ONE_LETTER: "One Letter",
    Match.DIFFERENT: "Different",
}


class PaymentAccount(SealedNumbers, Document):
    def validate(self):
        self.validate_number()
        self.validate_holder()
        self.validate_unique()
        self.validate_not_in_use()
        self.set_name_match()
        self.keep_history()

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
        number = sought(ACCOUNT, self.account_no)
        filters = {"provider": self.provider, "account_no": number, "name": ["!=", self.name or ""]}
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
        full_name = frappe.db.get_value(doctype, holder, "full_name")
        self.name_match = name_match(full_name, self.account_name)
        self.name_match_reason = say_difference(full_name, self.account_name)

    def keep_history(self):
        """Every change of status with its day, person, reason and where it was told; nobody rewrites it."""
        before = self.get_doc_before_save()
        if before:
            self.set("history", before.history)
        else:
            self.set("history", [])
        was = before.status if before else "Active"
        if self.status == was:
            return
        if self.status == "Active":
            self.closed_reason = None
        self.append(
            "history",
            {
                "changed_on": now_datetime(),
                "status": self.status,
                "reason": self.closed_reason,
                "changed_by": frappe.session.user,
                "source": self.flags.told_by,
            },
        )


def name_match(full_name: str | None, account_name: str) -> str:
    """How the holder's name agrees with the name on the account, as the field's choice."""
    return _MATCHES[compare(full_name or "", account_name)]


def say_difference(full_name: str | None, account_name: str) -> str:
    """Why the names do not agree exactly, in words; "" where they do."""
    found = differences(full_name or "", account_name)
    texts = {
        Match.EXACT: "",
        Match.ORDER: _("The same words in another order"),
        Match.MISSING_MIDDLE: _("One name lacks: {0}").format(
            " ".join(found.only_first or found.only_second)
        ),
        Match.ONE_LETTER: _("One letter differs: {0} in the registry, {1} at the provider"),
        Match.DIFFERENT: _("Different: {0} in the registry, {1} at the provider"),
    }
    return texts[found.match].format(
        " ".join(found.only_first) or ascii_upper(full_name or ""),
        " ".join(found.only_second) or ascii_upper(account_name),
    )


@frappe.whitelist(methods=["POST"])
def show_payees(doc: str | dict) -> None:
    """Action: the people paid into the account now; a guardian's may serve many."""
    account = actions.stored(doc, "Payment Account", "read")
    frappe.has_permission("Beneficiary", "read", throw=True)
    frappe.msgprint(closing.say_payees(closing.payees(account.name)), title=_("Who Is Paid Into It"))


@frappe.whitelist(methods=["POST"])
def pay_in_cash(doc: str | dict) -> dict:
    """Action: everybody paid into an account that does not work gets cash, and a draft request for a new one."""
    account = actions.stored(doc, "Payment Account")
    frappe.has_permission("Entitlement", "write", throw=True)
    if account.status not in closing.NOT_PAID:
        frappe.throw(
            _("{0} is active: set it to blocked, dormant or closed first, with the reason.").format(
                frappe.bold(account.name)
            ),
            AccountError,
        )
    changed, stuck = closing.fall_back(account.name)
    text = _(
        "{0} people are paid in cash from the next list on; requests for new accounts are drafted."
    ).format(len(changed))
    if stuck:
        text += "<br>" + _("Their decisions need a look first: {0}").format(", ".join(stuck))
    frappe.msgprint(text, title=_("Pay in Cash Until There Is a New Account"))
    return account.reload().as_dict()


def on_doctype_update():
    """No account twice, whoever writes it."""
    frappe.db.add_unique("Payment Account", ["provider", "account_no"], "unique_provider_account")
