"""Provider Inquiry: a question about one account to its bank, answered in the bank's own desk (plan II.6)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from ansinh_app.core import masking
from ansinh_app.exceptions import AccountRequestError, InvalidDateError
from ansinh_app.payee_accounts import working_days
from ansinh_app.permissions import check_office, scope
from ansinh_app.utils import actions, steps

ANSWER_WORKING_DAYS = 3
_OF_THE_PROVIDER = ("answer", "answer_file")
_SET_BY_STEPS = ("status", "asked_provider", "asked_on", "asked_by", "answered_by", "answered_on")


class ProviderInquiry(Document):
    def validate(self):
        self.set_account()
        self.keep_what_steps_set()
        self.overdue = int(
            self.status == "Asked" and bool(self.due_on) and getdate(self.due_on) < getdate(nowdate())
        )
        if self.from_date and self.to_date and getdate(self.to_date) < getdate(self.from_date):
            frappe.throw(_("The time asked about ends before it begins."), InvalidDateError)

    def set_account(self):
        """The bank learns the holder, the number and the question; nothing else of the person."""
        account = frappe.get_doc("Payment Account", self.payment_account)
        self.provider = account.provider
        self.subject = f"{account.account_name}, {masking.mask(masking.ACCOUNT, account.account_no)}"[:140]
        if self.is_new():
            self.office = self.office or _office_of(account)

    def keep_what_steps_set(self):
        """The status moves by its buttons; the question is the office's, the answer the provider's."""
        if self.flags.by_step:
            return
        before = steps.keep(self, _SET_BY_STEPS)
        if not before or before.status == "Draft":
            return
        answers = scope().kinds == {"provider"}
        kept = ("kind", "from_date", "to_date", "question", "due_on", "payment_account") if answers else ()
        for field in kept or _OF_THE_PROVIDER:
            self.set(field, before.get(field))

    def step(self, **values):
        """Take a step and keep it."""
        steps.take(self, **values)

    def need(self, *statuses: str):
        if self.status not in statuses:
            frappe.throw(
                _("{0} is {1}: this cannot be done now.").format(frappe.bold(self.name), _(self.status)),
                AccountRequestError,
            )


def _office_of(account) -> str | None:
    person = account.beneficiary or frappe.db.get_value(
        "Beneficiary Representative",
        {"representative": account.representative, "parenttype": "Beneficiary"},
        "parent",
    )
    return person and frappe.db.get_value("Beneficiary", person, "office")


@frappe.whitelist(methods=["POST"])
def ask(doc: str | dict) -> dict:
    """Action: sends the question to the provider's desk; it has three working days."""
    inquiry = actions.stored(doc, "Provider Inquiry")
    inquiry.need("Draft")
    check_office(inquiry.office)
    due = inquiry.due_on or working_days.after(getdate(nowdate()), ANSWER_WORKING_DAYS)
    inquiry.step(
        status="Asked",
        asked_provider=inquiry.provider,
        asked_on=nowdate(),
        asked_by=frappe.session.user,
        due_on=due,
    )
    return inquiry.as_dict()


@frappe.whitelist(methods=["POST"])
def send_answer(doc: str | dict) -> dict:
    """Action: gives the provider's answer to the office."""
    inquiry = actions.stored(doc, "Provider Inquiry")
    inquiry.need("Asked")
    if not (inquiry.answer or inquiry.answer_file):
        frappe.throw(_("Write the answer or attach the statement first."), AccountRequestError)
    inquiry.step(status="Answered", answered_on=nowdate(), answered_by=frappe.session.user)
    return inquiry.as_dict()


@frappe.whitelist(methods=["POST"])
def close_inquiry(doc: str | dict) -> dict:
    """Action: the office has what it needs."""
    inquiry = actions.stored(doc, "Provider Inquiry")
    inquiry.need("Answered", "Asked")
    check_office(inquiry.office)
    inquiry.step(status="Closed")
    return inquiry.as_dict()


def mark_overdue(today=None) -> int:
    """Daily: inquiries whose answer is late from today; the desks count them. Returns how many are."""
    late = frappe.get_all(
        "Provider Inquiry",
        filters={"status": "Asked", "due_on": ["<", getdate(today or nowdate())], "overdue": 0},
        pluck="name",
        order_by="name",
    )
    for name in late:
        frappe.db.set_value("Provider Inquiry", name, "overdue", 1, update_modified=False)
    return len(late)
