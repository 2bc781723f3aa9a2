"""Payout Batch: one list for one provider, approved by someone else than its maker, then sealed."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import format_datetime, get_datetime, now_datetime

from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.exceptions import (
    ContractError,
    PeriodStateError,
    SealedError,
    SelfApprovalError,
)
from ansinh_app.payouts import files, lost_lists, one_off, results, seal_book, sealing
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
    "checked_by",
    "checked_on",
    "approved_by",
    "approved_on",
    "seal",
    "provider_file",
    "provider_files",
    "sent_on",
    "paid_count",
    "paid_amount",
    "unpaid_count",
    "unpaid_amount",
    "cancel_asked_by",
    "cancel_asked_on",
)
_CHECKER = "Social Affairs Manager"
# How a sealed batch may move on; results set Completed themselves.
_AFTER_APPROVAL = {("Approved", "Sent")}


class PayoutBatch(Document):
    def before_insert(self):
        self.prepared_by = frappe.session.user
        self.prepared_on = now_datetime()

    def check_if_latest(self):
        """The office first, then the batch, as runs lock them: no two wait for one another."""
        if not self.is_new():
            lock_period(self.period)
        super().check_if_latest()

    def validate(self):
        self.validate_from_run()
        self.keep_what_runs_set()
        self.note_check()
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

    def note_check(self):
        """A batch above the office's limit is checked by one manager and approved by another."""
        before = self.get_doc_before_save()
        if not before or before.status == self.status or self.docstatus != 0:
            return
        if self.status == "Checked":
            self.validate_may_approve()
            self.validate_checker()
            self.checked_by, self.checked_on = frappe.session.user, now_datetime()
        elif self.status in ("Draft", "Pending Approval"):
            self.checked_by = self.checked_on = None

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
        self.validate_second_approval(lines)
        self.validate_lines(lines)
        self.validate_lines_hold()
        self.flags.lost = lost_lists.check_approve(self, lines.seal)
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

    def validate_second_approval(self, lines: sealing.Summed):
        """Maker, checker and approver are three people where the sum is above the office's limit."""
        limit = as_dong(frappe.db.get_value("Paying Office", self.office, "second_approval_above") or 0)
        if not limit or lines.total <= limit:
            return
        checker = frappe.db.get_value("Payout Batch", self.name, "checked_by", for_update=True)
        if not checker:
            frappe.throw(
                _("{0} is above {1} đồng: one manager checks it before another approves it.").format(
                    frappe.bold(self.name), format_dong(limit)
                ),
                SelfApprovalError,
                title=_("Two approvals"),
            )
        if checker == frappe.session.user:
            frappe.throw(
                _("You checked {0}: somebody else has to approve it.").format(frappe.bold(self.name)),
                SelfApprovalError,
                title=_("Two approvals"),
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
        seal_book.note(self.name, seal_book.SEALED)
        if self.flags.lost:
            self.take_the_place_of(self.flags.lost)
        self.tell_when_the_clock_went_back()

    def tell_when_the_clock_went_back(self):
        """The seal keeps the time the server had; where that is before the list was made, the batch says so."""
        made, approved = get_datetime(self.prepared_on), get_datetime(self.approved_on)
        if not made or approved >= made:
            return
        text = _("The server's clock was wrong: it showed {0} at the approval and {1} when the list was made.")
        shown = [format_datetime(one, "dd-MM-yyyy HH:mm") for one in (approved, made)]
        self.add_comment("Info", text.format(*shown))
        frappe.msgprint(text.format(*shown), indicator="orange")

    def take_the_place_of(self, lost: seal_book.Entry):
        """An old database was brought back: what the provider has is under way from the moment it is known again."""
        text = lost_lists.told_of(self, lost)
        if lost.state == seal_book.SENT or lost.seal != self.seal:
            results.send_lines(self.name)
            values = {"sent_on": lost.times.get(seal_book.SENT) or now_datetime()}
            if frappe.db.get_value("Payout Batch", self.name, "status") != "Completed":
                values["status"] = "Sent"
            self.db_set(values)
            seal_book.note(self.name, seal_book.SENT)
        self.add_comment("Info", text)
        frappe.msgprint(text, title=_("Lists Are Missing"), indicator="orange")

    def before_update_after_submit(self):
        before = self.get_doc_before_save()
        if before.status != self.status:
            if (before.status, self.status) not in _AFTER_APPROVAL:
                frappe.throw(
                    _("A batch cannot go from {0} to {1}.").format(_(before.status), _(self.status)),
                    SealedError,
                )
        self.keep_what_runs_set()
        self.note_cancel_wish(before)
        if before.status != self.status:
            self.validate_not_to_be_cancelled()
            lost_lists.check_send(self)
            self.sent_on = now_datetime()

    def note_cancel_wish(self, before):
        """Whoever writes the reason asks for the cancelling; emptying it takes the wish back."""
        wish, known = (self.cancel_reason or "").strip(), (before.cancel_reason or "").strip()
        if wish == known:
            return
        if before.status != "Approved":
            frappe.throw(
                _("{0} was sent to the provider and cannot be cancelled.").format(frappe.bold(self.name)),
                SealedError,
            )
        self.cancel_reason = wish
        self.cancel_asked_by = frappe.session.user if wish else None
        self.cancel_asked_on = now_datetime() if wish else None

    def validate_not_to_be_cancelled(self):
        """What somebody wants back is not sent before that is settled."""
        if self.cancel_asked_by:
            frappe.throw(
                _("{0} asked to cancel {1}: cancel it, or empty the reason for cancelling first.").format(
                    frappe.bold(self.cancel_asked_by), frappe.bold(self.name)
                ),
                SealedError,
            )

    def on_update_after_submit(self):
        before = self.get_doc_before_save()
        if before and before.status == "Approved" and self.status == "Sent":
            lock_period(self.period)
            results.send_lines(self.name)
            seal_book.note(self.name, seal_book.SENT)

    def before_cancel(self):
        """Taken back by two people before any money moved; its lines give their keys back to the next run."""
        lock_period(self.period)
        stored = frappe.db.get_value(
            "Payout Batch",
            self.name,
            ["status", "cancel_reason", "cancel_asked_by"],
            as_dict=True,
            for_update=True,
        )
        if stored.status != "Approved":
            frappe.throw(
                _("{0} was sent to the provider and cannot be cancelled.").format(frappe.bold(self.name)),
                SealedError,
            )
        if not stored.cancel_asked_by:
            frappe.throw(
                _(
                    "Cancelling {0} takes two people: one writes the reason for cancelling and saves, "
                    "another one cancels."
                ).format(frappe.bold(self.name)),
                SelfApprovalError,
                title=_("Two people"),
            )
        if stored.cancel_asked_by == frappe.session.user:
            frappe.throw(
                _("You asked to cancel {0}: somebody else has to do it.").format(frappe.bold(self.name)),
                SelfApprovalError,
                title=_("Two people"),
            )
        lost_lists.check_cancel(self)
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
        seal_book.note(self.name, seal_book.CANCELLED)
        self.put_back_what_rests_on_it()

    def put_back_what_rests_on_it(self):
        """Grants wait for the next run again, and a period nothing is sealed of any more is only prepared."""
        one_off.refresh(self.name)
        left = {"period": self.period, "docstatus": 1, "name": ["!=", self.name]}
        if not frappe.db.exists("Payout Batch", left):
            frappe.db.set_value("Payout Period", self.period, "status", "Prepared")

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
    links = [
        f'<a href="{file.file_url}" target="_blank">{frappe.utils.escape_html(file.file_name)}</a>'
        for file in files.write_provider_files(batch.name)
    ]
    frappe.msgprint("<br>".join(links), title=_("Provider File"))
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
