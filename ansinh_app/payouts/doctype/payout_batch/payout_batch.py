"""Payout Batch: one list for one provider, approved by someone else than its maker, then sealed."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import (
    ContractError,
    PeriodStateError,
    SealedError,
    SelfApprovalError,
)
from ansinh_app.payouts import files, results, sealing
from ansinh_app.payouts.payees import Contracts
from ansinh_app.payouts.rows import delete_lines, set_each, set_on_lines
from ansinh_app.payouts.run import lock_period, month_of
from ansinh_app.utils import actions

# A form or a REST client may send these; only runs, approval and results may set them.
_NOT_BY_HAND = (
    "contract",
    "receiver",
    "line_count",
    "total_amount",
    "prepared_by",
    "prepared_on",
    "approved_by",
    "approved_on",
    "seal",
    "provider_file",
    "sent_on",
    "paid_count",
    "paid_amount",
    "unpaid_count",
    "unpaid_amount",
)
_CHECKER = "Social Affairs Manager"
# How a sealed batch may move on; results set Completed themselves.
_AFTER_APPROVAL = {("Approved", "Sent")}


class PayoutBatch(Document):
    def before_insert(self):
        self.prepared_by = frappe.session.user
        self.prepared_on = now_datetime()

    def validate(self):
        self.validate_from_run()
        self.keep_what_runs_set()
        self.validate_period()

    def validate_from_run(self):
        """Batches come from preparing a period: an empty one made by hand would pay nobody."""
        if self.is_new() and not self.flags.by_run:
            frappe.throw(
                _("Batches are made by preparing {0}.").format(frappe.bold(self.period)), PeriodStateError
            )
        before = self.get_doc_before_save()
        fixed = ("office", "period", "programme", "provider", "channel")
        changed = [
            self.meta.get_label(name) for name in fixed if before and before.get(name) != self.get(name)
        ]
        if changed:
            frappe.throw(_("These cannot change: {0}.").format(", ".join(changed)), PeriodStateError)

    def keep_what_runs_set(self):
        before = self.get_doc_before_save()
        if before:
            for fieldname in _NOT_BY_HAND:
                self.set(fieldname, before.get(fieldname))

    def validate_period(self):
        office, status = frappe.db.get_value("Payout Period", self.period, ["office", "status"])
        if office != self.office:
            frappe.throw(
                _("{0} belongs to another office.").format(frappe.bold(self.period)), PeriodStateError
            )
        if status == "Closed":
            frappe.throw(_("{0} is closed.").format(frappe.bold(self.period)), PeriodStateError)

    def before_submit(self):
        lock_period(self.period)
        lines = sealing.sum_up(self.name, for_update=True)
        self.validate_may_approve()
        self.validate_checker()
        self.validate_lines(lines)
        self.validate_lines_hold()
        self.set_contract()
        self.line_count = lines.count
        self.total_amount = lines.total
        self.seal = lines.seal
        self.approved_by = frappe.session.user
        self.approved_on = now_datetime()

    def validate_may_approve(self):
        """Officers hold the right to submit only because marking a sealed batch as sent asks for it."""
        if _CHECKER not in frappe.get_roles():
            frappe.throw(_("Only a {0} approves batches.").format(_(_CHECKER)), frappe.PermissionError)

    def validate_checker(self):
        """Maker and checker are two people, whoever they are."""
        maker = frappe.db.get_value("Payout Batch", self.name, ["owner", "prepared_by"], for_update=True)
        if frappe.session.user in maker:
            frappe.throw(
                _("You prepared {0}: somebody else has to approve it.").format(frappe.bold(self.name)),
                SelfApprovalError,
                title=_("Maker and checker"),
            )

    def validate_lines(self, lines: sealing.Summed):
        if not lines.count:
            frappe.throw(_("{0} has no lines.").format(frappe.bold(self.name)), PeriodStateError)
        if lines.total != as_dong(self.total_amount or 0) or lines.count != self.line_count:
            frappe.throw(
                _("The lines of {0} changed meanwhile. Prepare the period again.").format(
                    frappe.bold(self.name)
                ),
                PeriodStateError,
            )

    def validate_lines_hold(self):
        """What is sealed is paid as it stands, so an account closed since the run must not be in it."""
        outdated = sealing.outdated_lines(self.name)
        if outdated:
            frappe.throw(
                _(
                    "Since {0} was prepared the account was closed or changed, or the decision cancelled, "
                    "of: {1}. Prepare the period again."
                ).format(frappe.bold(self.name), ", ".join(outdated)),
                PeriodStateError,
                title=_("Prepare Again"),
            )

    def set_contract(self):
        """Money goes only to a provider under a contract in force in the month (NĐ 20/2021 Đ34.3)."""
        contracts = Contracts(self.office, month_of(self.period))
        contract = contracts.find(self.provider, self.programme, self.channel)
        if not contract and contracts.are_kept:
            frappe.throw(
                _("No contract with {0} is in force for {1} in this month ({2}).").format(
                    frappe.bold(self.provider), frappe.bold(self.programme), _(self.channel)
                ),
                ContractError,
            )
        self.contract = contract.name if contract else None
        self.receiver = (contract and contract.via_provider) or self.provider

    def on_submit(self):
        if self.status in ("Draft", "Pending Approval"):
            self.db_set("status", "Approved")
        frappe.db.set_value("Payout Period", self.period, "status", "Paying")

    def before_update_after_submit(self):
        before = self.get_doc_before_save()
        if before.status != self.status:
            if (before.status, self.status) not in _AFTER_APPROVAL:
                frappe.throw(
                    _("A batch cannot go from {0} to {1}.").format(_(before.status), _(self.status)),
                    SealedError,
                )
        self.keep_what_runs_set()
        if before.status != self.status:
            self.sent_on = now_datetime()

    def on_update_after_submit(self):
        before = self.get_doc_before_save()
        if before and before.status == "Approved" and self.status == "Sent":
            lock_period(self.period)
            results.send_lines(self.name)

    def before_cancel(self):
        """Taken back before any money moved; its lines give their keys back to the next run."""
        lock_period(self.period)
        if frappe.db.get_value("Payout Batch", self.name, "status", for_update=True) != "Approved":
            frappe.throw(
                _("{0} was sent to the provider and cannot be cancelled.").format(frappe.bold(self.name)),
                SealedError,
            )
        drawn = frappe.db.get_value("Drawdown Batch", {"batch": self.name, "docstatus": 1}, "parent")
        if drawn:
            frappe.throw(_("Cancel the drawdown {0} first.").format(frappe.bold(drawn)), SealedError)

    def on_cancel(self):
        if self.status != "Cancelled":
            self.db_set("status", "Cancelled")
        lines = frappe.get_all(
            "Payout Line", filters={"batch": self.name}, fields=["name", "line_key"], limit_page_length=0
        )
        set_each("line_key", {line.name: f"{line.line_key}#{line.name}" for line in lines})
        set_on_lines([line.name for line in lines], status="Cancelled")

    def on_trash(self):
        lock_period(self.period)
        names = frappe.get_all("Payout Line", filters={"batch": self.name}, pluck="name", limit_page_length=0)
        if self.docstatus != 0:
            frappe.throw(_("A sealed batch cannot be deleted."), SealedError)
        delete_lines(names)


@frappe.whitelist(methods=["POST"])
def make_provider_file(doc: str | dict) -> dict:
    """Action: writes the provider's file of a sealed batch."""
    batch = actions.stored(doc, "Payout Batch", "write")
    written = files.write_provider_file(batch.name)
    frappe.msgprint(
        f'<a href="{written.file_url}" target="_blank">{frappe.utils.escape_html(written.file_name)}</a>',
        title=_("Provider File"),
    )
    return batch.reload().as_dict()  # the desk shows the document it gets back


@frappe.whitelist(methods=["POST"])
def check_seal(doc: str | dict) -> dict:
    """Action: says whether paper and data agree."""
    batch = actions.stored(doc, "Payout Batch", "read")
    answer = sealing.verify(batch.name)
    if not answer["sealed"]:
        text, colour = _("{0} is not sealed yet.").format(batch.name), "orange"
    elif answer["valid"]:
        text, colour = _("The seal is intact: {0}").format(answer["seal"]), "green"
    else:
        text, colour = _("The lines are not what was approved. Do not pay; call the manager."), "red"
    frappe.msgprint(text, title=_("Check Seal"), indicator=colour)
    return answer
