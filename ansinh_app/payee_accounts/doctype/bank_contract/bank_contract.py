"""Bank Contract: the agreement under which a provider pays an office's people (NĐ 20/2021 Đ34.3)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_days, getdate, nowdate

from ansinh_app.core.money import format_dong
from ansinh_app.exceptions import ContractError, InvalidDateError
from ansinh_app.payee_accounts import contracts
from ansinh_app.utils import actions

_NO_END = "9999-12-31"


class BankContract(Document):
    def validate(self):
        self.validate_dates()
        self.validate_scope()
        self.validate_via()
        self.keep_counts()

    def validate_dates(self):
        if self.valid_to and getdate(self.valid_to) < getdate(self.valid_from):
            frappe.throw(_("The contract ends before it begins."), InvalidDateError)
        if not 0 <= (self.fee_percent or 0) <= 5:
            frappe.throw(
                _("A fee of {0} % of the money paid cannot be right.").format(self.fee_percent), ContractError
            )

    def validate_scope(self):
        if not (self.pays_accounts or self.pays_cash):
            frappe.throw(_("The contract must pay into accounts, in cash, or both."), ContractError)
        programmes = [row.programme for row in self.programmes]
        if len(programmes) != len(set(programmes)):
            frappe.throw(_("A programme stands in the contract twice."), ContractError)

    def validate_via(self):
        if self.via_provider == self.provider:
            self.via_provider = None

    def keep_counts(self):
        """What was reported of a promise is counted from the cases, never typed."""
        before = self.get_doc_before_save()
        counted = {row.name: row for row in before.commitments} if before else {}
        for row in self.commitments:
            known = counted.get(row.name) or {}
            row.open_cases = known.get("open_cases") or 0
            row.confirmed_breaches = known.get("confirmed_breaches") or 0

    def before_submit(self):
        self.validate_no_overlap()
        if self.status == "Signed" and not self.signed_on:
            frappe.throw(_("Enter the day {0} was signed.").format(frappe.bold(self.contract_no)), ContractError)

    def before_update_after_submit(self):
        self.keep_counts()
        before = self.get_doc_before_save()
        early = getdate(self.valid_from) > getdate(nowdate())
        if before and before.status != self.status and self.status == "Active" and early:
            frappe.throw(
                _("{0} counts from {1}: it becomes active on that day by itself.").format(
                    frappe.bold(self.contract_no), getdate(self.valid_from).strftime("%d/%m/%Y")
                ),
                ContractError,
            )

    def validate_no_overlap(self):
        """Two contracts for the same money would leave open which fee and which receiver count."""
        others = frappe.get_all(
            "Bank Contract",
            filters={
                "office": self.office,
                "provider": self.provider,
                "docstatus": 1,
                "status": ["!=", "Ended"],
                "name": ["!=", self.name],
            },
            fields=["name", "contract_no", "valid_from", "valid_to", "pays_accounts", "pays_cash"],
            limit_page_length=0,
        )
        for other in others:
            if self._meets_in_time(other) and self._meets_in_scope(other):
                frappe.throw(
                    _("Contract {0} with {1} already covers this time and scope.").format(
                        frappe.bold(other.contract_no), self.provider
                    ),
                    ContractError,
                )

    def _meets_in_time(self, other: dict) -> bool:
        end, other_end = self.valid_to or _NO_END, other.valid_to or _NO_END
        return getdate(self.valid_from) <= getdate(other_end) and getdate(other.valid_from) <= getdate(end)

    def _meets_in_scope(self, other: dict) -> bool:
        same_channel = (self.pays_accounts and other.pays_accounts) or (self.pays_cash and other.pays_cash)
        mine = {row.programme for row in self.programmes}
        theirs = set(
            frappe.get_all(
                "Contract Programme",
                filters={"parent": other.name, "parenttype": "Bank Contract"},
                pluck="programme",
            )
        )
        return bool(same_channel) and (not mine or not theirs or bool(mine & theirs))

    def on_submit(self):
        """Signed; in force at once where its first day has come, else from that day by the daily job."""
        begun = getdate(self.valid_from) <= getdate(nowdate())
        self.db_set("status", "Active" if begun else "Signed")

    def before_cancel(self):
        batch = frappe.db.get_value("Payout Batch", {"contract": self.name, "docstatus": 1}, "name")
        if batch:
            frappe.throw(
                _("{0} was paid under this contract. End it instead.").format(frappe.bold(batch)),
                ContractError,
            )

    def on_cancel(self):
        self.db_set("status", "Cancelled")


@frappe.whitelist(methods=["POST"])
def renew(doc: str | dict) -> str:
    """Action: a draft with the same terms that begins the day after this contract ends."""
    source = actions.stored(doc, "Bank Contract", "read")
    if not source.valid_to:
        frappe.throw(
            _("{0} has no last day: there is nothing to renew.").format(frappe.bold(source.contract_no)),
            ContractError,
        )
    known = frappe.db.get_value("Bank Contract", {"renews": source.name, "docstatus": ["<", 2]}, "name")
    if known:
        frappe.throw(
            _("{0} is renewed by {1} already.").format(frappe.bold(source.contract_no), frappe.bold(known)),
            ContractError,
        )
    length = (getdate(source.valid_to) - getdate(source.valid_from)).days
    draft = frappe.copy_doc(source)
    draft.update(
        {
            "docstatus": 0,
            "status": "Draft",
            "renews": source.name,
            "signed_on": None,
            "valid_from": add_days(source.valid_to, 1),
            "valid_to": add_days(source.valid_to, 1 + length),
        }
    )
    draft.insert()
    frappe.msgprint(
        _("Draft {0} renews the contract from {1} on. Enter its number and the day it is signed.").format(
            frappe.bold(draft.name), getdate(draft.valid_from).strftime("%d/%m/%Y")
        ),
        title=_("Renew"),
    )
    return draft.name


@frappe.whitelist(methods=["POST"])
def show_fees(doc: str | dict) -> None:
    """Action: the provider's fee under this contract, month by month, from what was really paid out."""
    contract = actions.stored(doc, "Bank Contract", "read")
    rows = contracts.fees_by_month(contract.name)
    if not rows:
        frappe.msgprint(_("Nothing has been paid under this contract yet."), title=_("Fee by Month"))
        return
    cells = "".join(
        f"<tr><td>{row['month'].strftime('%m/%Y')}</td><td>{format_dong(row['paid'])}</td>"
        f"<td>{format_dong(row['fee'])}</td></tr>"
        for row in rows
    )
    heads = "".join(f"<th>{title}</th>" for title in (_("Month"), _("Paid Out (đồng)"), _("Fee (đồng)")))
    total = (
        f"<tr><th>{_('Total')}</th><th>{format_dong(sum(row['paid'] for row in rows))}</th>"
        f"<th>{format_dong(sum(row['fee'] for row in rows))}</th></tr>"
    )
    percent = f"{contract.fee_percent or 0:.4f}".rstrip("0").rstrip(".").replace(".", ",")
    frappe.msgprint(
        f"<p>{_('{0} % of the money paid out (TT 76/2021/TT-BTC)').format(percent)}</p>"
        f'<table class="table table-bordered"><thead><tr>{heads}</tr></thead><tbody>{cells}{total}</tbody></table>',
        title=_("Fee by Month"),
    )
