"""Provider Result: a provider's answer to a batch, applied when it is submitted."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import ResultFileError
from ansinh_app.payouts import answers, results
from ansinh_app.utils import actions
from ansinh_app.utils.sealed_numbers import SealedNumbers


class ProviderResult(SealedNumbers, Document):
    def validate(self):
        self.validate_batch()

    def validate_batch(self):
        """A bank answers for its own batches only."""
        frappe.get_doc("Payout Batch", self.batch).check_permission("read")

    def before_submit(self):
        results.apply(self)

    def before_update_after_submit(self):
        self.flags.corrected = answers.take(self, self.get_doc_before_save())

    def on_update_after_submit(self):
        if self.flags.corrected:
            results.refresh_batch(self.batch)

    def before_cancel(self):
        """Money that was paid stays paid; a wrong file is answered by the next one."""
        frappe.throw(
            _("Results are not cancelled: send the corrected file as a new result."), ResultFileError
        )


@frappe.whitelist(methods=["POST"])
def set_aside_rest(doc: str | dict) -> dict:
    """Action: answers every row still open as not ours, with the reason written on the result."""
    result = actions.stored(doc, "Provider Result", "write")
    reason = (result.set_aside_reason or "").strip()
    if not reason:
        frappe.throw(
            _("Write under {0} why, save, and press again.").format(
                frappe.bold(_("Why the Other Rows Are Set Aside"))
            ),
            ResultFileError,
        )
    left = [row for row in result.rows if row.reason_code != answers.HARMLESS and not row.answer]
    for row in left:
        row.answer, row.answer_note = answers.NOT_OURS, reason
    result.save()
    frappe.msgprint(_("{0} rows are set aside.").format(len(left)), title=_("Set Aside What Is Left"))
    return result.reload().as_dict()
