"""Preflight Override: a finding a manager lets pass; it is withdrawn, never deleted."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from ansinh_app.exceptions import ChangeNotAllowedError, PeriodStateError
from ansinh_app.payouts import lost_lists
from ansinh_app.payouts.overrides import BLOCKS_LET_PASS, DATABASE_MOVED, SAID_OF_LISTS

_NOT_BY_HAND = ("overridden_by", "overridden_on", "withdrawn_by", "withdrawn_on", "detail")


class PreflightOverride(Document):
    def validate(self):
        self.keep_what_is_noted()
        self.validate_reason()
        if self.is_new():
            self.validate_period()
            self.note_finding()
            self.overridden_by, self.overridden_on = frappe.session.user, now_datetime()
        elif self.status == "Withdrawn" and not self.withdrawn_by:
            self.withdrawn_by, self.withdrawn_on = frappe.session.user, now_datetime()

    def keep_what_is_noted(self):
        before = self.get_doc_before_save()
        for fieldname in _NOT_BY_HAND:
            self.set(fieldname, before.get(fieldname) if before else None)
        if before and before.status == "Withdrawn" and self.status != "Withdrawn":
            frappe.throw(
                _("{0} was withdrawn. Make a new one.").format(frappe.bold(self.name)), ChangeNotAllowedError
            )
        if before and before.reason != self.reason:
            frappe.throw(_("The reason stays as it was given."), ChangeNotAllowedError)

    def validate_reason(self):
        if not (self.reason or "").strip():
            frappe.throw(_("Say why it is let pass."), ChangeNotAllowedError)

    def validate_period(self):
        if frappe.db.get_value("Payout Period", self.period, "status") == "Closed":
            frappe.throw(_("{0} is closed.").format(frappe.bold(self.period)), PeriodStateError)

    def note_finding(self):
        """A block is let pass for one person, and for what is found about them now; or for the office's lists."""
        if self.code in SAID_OF_LISTS:
            self.beneficiary = self.full_name = None
            self.detail = "\n".join(self.lists_it_is_said_of())
            return
        if self.code not in BLOCKS_LET_PASS:
            return
        if not self.beneficiary:
            frappe.throw(_("Choose the person: a block is let pass one by one."), ChangeNotAllowedError)
        found = names_that_differ(self.beneficiary)
        if not found:
            frappe.throw(
                _("{0} has no account under another name.").format(
                    frappe.bold(self.full_name or self.beneficiary)
                ),
                ChangeNotAllowedError,
            )
        self.detail = "\n".join(found)

    def lists_it_is_said_of(self) -> list[str]:
        """The seals of the month's lists that are missing, or since when the book of all lists is."""
        office = frappe.db.get_value("Payout Period", self.period, "office")
        if self.code == DATABASE_MOVED:
            found = [since] if (since := lost_lists.moved(office)) else []
        else:
            found = [entry.seal for entry in lost_lists.unaccounted(office) if entry.period == self.period]
        if not found:
            frappe.throw(_("No list of {0} is missing.").format(frappe.bold(self.period)), ChangeNotAllowedError)
        return found

    def on_trash(self):
        frappe.throw(
            _("What was let pass stays on record: set its status to Withdrawn."), ChangeNotAllowedError
        )


def names_that_differ(beneficiary: str) -> list[str]:
    """The names on a person's own accounts that are not the person's name."""
    filters = {
        "beneficiary": beneficiary,
        "holder_type": "Self",
        "name_match": "Different",
        "status": "Active",
    }
    names = frappe.get_all(
        "Payment Account", filters=filters, pluck="account_name", order_by="name", limit_page_length=0
    )
    return list(dict.fromkeys(names))
