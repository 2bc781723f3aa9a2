"""Account Request List: confirmed requests on their way to a provider, and its answer."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import ContractError
from ansinh_app.payee_accounts import contracts, request_lists
from ansinh_app.permissions import scope
from ansinh_app.utils import actions, steps
from ansinh_app.utils.sealed_numbers import SealedNumbers

_KEPT = (
    "status",
    "sent_on",
    "request_count",
    "request_file",
    "opened",
    "rejected",
    "waiting",
    "unmatched",
    "rows",
)


class AccountRequestList(SealedNumbers, Document):
    def validate(self):
        self.keep_what_steps_set()
        if not self.contract:
            self.contract = contracts.in_force(self.office, self.provider)
        if not self.contract or not contracts.is_in_force(self.contract):
            frappe.throw(
                _("No contract of {0} with {1} is in force.").format(self.office, frappe.bold(self.provider)),
                ContractError,
            )

    def keep_what_steps_set(self):
        """A form or a REST client may send these; only writing and answering set them."""
        if self.flags.by_step:
            return
        before = steps.keep(self, _KEPT)
        if before and scope().kinds == {"provider"}:
            for field in ("office", "provider", "contract", "campaign"):
                self.set(field, before.get(field))


@frappe.whitelist(methods=["POST"])
def write_and_send(doc: str | dict) -> dict:
    """Action: writes the provider's list of every confirmed request and marks them as sent."""
    request_list = actions.stored(doc, "Account Request List")
    count = request_lists.send(request_list)
    frappe.msgprint(
        _("{0} requests are in the list and count as sent.").format(count), title=_("Write List and Send")
    )
    return request_list.reload().as_dict()


@frappe.whitelist(methods=["POST"])
def apply_answer(doc: str | dict) -> dict:
    """Action: reads the provider's answer; every row is applied or listed with its reason."""
    request_list = actions.stored(doc, "Account Request List")
    counts = request_lists.answer(request_list)
    frappe.msgprint(
        _(
            "Opened: {opened}. Rejected: {rejected}. Not answered yet: {waiting}. Rows without a request: {unmatched}."
        ).format(**counts),
        title=_("Apply Answer"),
    )
    return request_list.reload().as_dict()
