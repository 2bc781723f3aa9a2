"""Recovery Case: an over-payment to be paid back; nothing is deducted before it is approved."""


import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import nowdate

from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.exceptions import ChangeNotAllowedError
from ansinh_app.payouts.book.questions import deducted
from ansinh_app.payouts.book.scope import Who
from ansinh_app.utils import actions

_FROM_THE_LEDGER = (
    "beneficiary",
    "benefit",
    "programme",
    "amount",
    "months",
    "period",
    "reason",
    "recovered",
    "waived",
    "waived_by",
    "waived_on",
)


class RecoveryCase(Document):
    def validate(self):
        self.validate_from_run()
        self.validate_one_open()
        self.validate_instalment()
        self.set_repaid()

    def validate_from_run(self):
        """The amount and its months come from the ledger; a person decides about the instalment."""
        before = self.get_doc_before_save()
        if not before and not self.flags.by_run:
            frappe.throw(_("Recovery cases are proposed by preparing a period."), ChangeNotAllowedError)
        for fieldname in _FROM_THE_LEDGER if before else ():
            self.set(fieldname, before.get(fieldname))

    def validate_one_open(self):
        filters = {
            "beneficiary": self.beneficiary,
            "benefit": self.benefit,
            "docstatus": 0,
            "name": ["!=", self.name or ""],
        }
        other = self.docstatus == 0 and frappe.db.get_value("Recovery Case", filters, "name")
        if other:
            frappe.throw(
                _("{0} already stands open for this person and benefit.").format(frappe.bold(other)),
                ChangeNotAllowedError,
            )

    def validate_instalment(self):
        if as_dong(self.instalment or 0) > as_dong(self.amount or 0):
            frappe.throw(_("The instalment is larger than the over-payment."), ChangeNotAllowedError)

    def set_repaid(self):
        """What was paid back over the counter, where no line is left to deduct from: after a death, a stop."""
        self.repaid = sum(as_dong(row.amount or 0) for row in self.repayments)
        # What an approved list already deducts counts before the provider has answered.
        taken = self.on_its_way() if self.docstatus == 1 else 0
        over = self.repaid + taken + as_dong(self.waived or 0) - as_dong(self.amount or 0)
        if over > 0 or any(as_dong(row.amount or 0) <= 0 for row in self.repayments):
            frappe.throw(
                _("Each amount paid back must be above 0, and together not more than what was overpaid."),
                ChangeNotAllowedError,
            )

    def before_submit(self):
        """Approval: from now on each run deducts the instalment (NĐ 20/2021; TT 44/2022/TT-BTC Đ15)."""
        if not self.instalment:
            self.instalment = self.amount
        self.recovered = 0
        self.outstanding = as_dong(self.amount) - as_dong(self.repaid or 0)
        self.status = "Approved" if self.outstanding else "Closed"

    def before_update_after_submit(self):
        before = self.get_doc_before_save()
        if before.status == "Waived" and (before.waive_reason or "") != (self.waive_reason or ""):
            frappe.throw(_("Why it was waived stays as it was decided."), ChangeNotAllowedError)
        if before.status != self.status or as_dong(before.recovered or 0) != as_dong(self.recovered or 0):
            frappe.throw(_("Paid lines alone change what has been recovered."), ChangeNotAllowedError)
        self.set_repaid()
        self.outstanding = as_dong(self.amount) - as_dong(self.recovered or 0) - as_dong(self.repaid)
        self.outstanding -= as_dong(self.waived or 0)
        if self.status in ("Approved", "Closed"):
            self.status = "Approved" if self.outstanding else "Closed"

    def before_cancel(self):
        if as_dong(self.recovered or 0) or as_dong(self.repaid or 0) or as_dong(self.waived or 0):
            frappe.throw(
                _("Money was already recovered or waived under {0}.").format(frappe.bold(self.name)),
                ChangeNotAllowedError,
            )

    def on_cancel(self):
        self.db_set("status", "Cancelled")

    def on_its_way(self) -> int:
        """What lines of approved lists deduct for the case, paid or not yet, in đồng."""
        return sum(deducted(Who(beneficiary=self.beneficiary)).get(self.name, {}).values())

    def _refuse_waiver(self):
        frappe.throw(
            _("Nothing is left to waive under {0}.").format(frappe.bold(self.name)), ChangeNotAllowedError
        )

    def waive(self, reason: str) -> int:
        """Gives up what is neither recovered nor on its way; returns đồng. It stays out of the ledger for good."""
        if self.docstatus == 2 or self.status in ("Closed", "Waived"):
            self._refuse_waiver()
        if not reason.strip():
            frappe.throw(
                _("Enter under {0} why it is waived, with the decision, save, and press the button again.").format(
                    frappe.bold(_("Why It Is Waived"))
                ),
                ChangeNotAllowedError,
            )
        if self.docstatus == 0:
            self.submit()
        on_its_way = self.on_its_way()
        left = as_dong(self.amount) - as_dong(self.repaid or 0) - on_its_way
        if left <= 0:
            self._refuse_waiver()
        values = {
            "status": "Waived",
            "waived": left,
            "waived_by": frappe.session.user,
            "waived_on": nowdate(),
            "waive_reason": reason.strip(),
            "outstanding": on_its_way - as_dong(self.recovered or 0),
        }
        self.db_set(values)
        self.add_comment("Info", _("{0} đồng waived: {1}").format(format_dong(left), reason.strip()))
        return left


@frappe.whitelist(methods=["POST"])
def waive(doc: str | dict) -> dict:
    """Action: a manager waives what is left of the case, with the reason entered on the form."""
    sent = actions.sent(doc)
    frappe.db.get_value("Recovery Case", str(sent.get("name")), "name", for_update=True)
    case = actions.stored(sent, "Recovery Case", "submit")
    left = case.waive(case.waive_reason or sent.get("waive_reason") or "")
    frappe.msgprint(
        _("{0} đồng of {1} are waived and will not be deducted.").format(
            format_dong(left), frappe.bold(case.full_name)
        ),
        title=_("Waived"),
        indicator="green",
    )
    return case.reload().as_dict()
