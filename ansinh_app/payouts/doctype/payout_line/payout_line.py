"""Payout Line: one payment to one person for one benefit; written by runs and results alone."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import SealedError
from ansinh_app.utils.sealed_numbers import SealedNumbers

# What is asked of a batch's lines as a whole.
OF_BATCH = ["batch", "status", "total", "provider"]


class PayoutLine(SealedNumbers, Document):
    def validate(self):
        """Runs and results write lines set-based and never pass here; a person may not, sealed or not."""
        frappe.throw(
            _("Payout lines are made by preparing the period and changed by the provider's results only."),
            SealedError,
        )

    def on_trash(self):
        frappe.throw(
            _("Payout lines are not deleted. Prepare the period again, or cancel the batch."), SealedError
        )


def on_doctype_update():
    """The run reads the lines of a person from an index that holds all it asks; results go by status and batch.

    A list of what failed, by batch, and the desks' cards find their few among a year's lines by the same index.

    What a batch came to, by status, is summed from an index alone: the year's money is that of a million lines. A bank
    and the Post ask for their own: without the provider in it MariaDB would read every line there is.

    Neither the person nor the period nor the batch has an index alone: a server would take the shorter one and
    read whole rows.
    """
    ledger = ["beneficiary", "own_month_only", "benefit", "office", "monthly_amount", "status", "period"]
    frappe.db.add_index("Payout Line", ledger, "ledger")
    frappe.db.add_index("Payout Line", ["period", "beneficiary"], "of_period")
    frappe.db.add_index("Payout Line", ["status", "batch"], "status_batch")
    frappe.db.add_index("Payout Line", OF_BATCH, "of_batch")
