"""Provider Result: a provider's answer to a batch, applied when it is submitted."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import ResultFileError
from ansinh_app.payouts import results


class ProviderResult(Document):
    def validate(self):
        self.validate_batch()

    def validate_batch(self):
        """A bank answers for its own batches only."""
        frappe.get_doc("Payout Batch", self.batch).check_permission("read")

    def before_submit(self):
        results.apply(self)

    def before_cancel(self):
        """Money that was paid stays paid; a wrong file is answered by the next one."""
        frappe.throw(
            _("Results are not cancelled: send the corrected file as a new result."), ResultFileError
        )
