"""Account Request: one person's way to an account that works; the law says who may hold it (DOMAIN §2.4)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime, nowdate

from ansinh_app.core import holders
from ansinh_app.core.names import ascii_upper
from ansinh_app.exceptions import (
    AccountRequestError,
    ContractError,
    SelfApprovalError,
)
from ansinh_app.payee_accounts import contracts, holding, list_counts, opening, working_days
from ansinh_app.payee_accounts.numbers import clean_account_no
from ansinh_app.permissions import scope
from ansinh_app.utils.sealed_numbers import SealedNumbers

UNDER_WAY = ("Draft", "Confirmed", "Sent", "Opened")
# What the people of a bank or the Post may write on a request of their own; all else is the office's.
OF_THE_PROVIDER = frozenset(
    {"account_no", "account_name", "rejected_reason", "card_handed", "safe_use_told", "pay_point", "status"}
)
# What they may fill in besides, of a family that the office invited to a campaign, until its papers are confirmed.
OF_THE_COUNTER = frozenset(
    {"holder_type", "representative", "basis", "consent", "consent_on", "has_id_card", "has_birth_certificate",
     "has_mandate"}
)  # fmt: skip
# The box that is ticked for each paper of core/holders.py.
PAPER_FIELDS = {
    holders.ID_CARD: "has_id_card",
    holders.BIRTH_CERTIFICATE: "has_birth_certificate",
    holders.MANDATE: "has_mandate",
    holders.GUARDIANSHIP: "has_mandate",
}


class AccountRequest(SealedNumbers, Document):
    def validate(self):
        self.validate_only_own_part()
        self.set_person()
        self.set_contract()
        self.set_holder()
        self.validate_account()
        self.validate_single()
        self.take_step()

    def on_update(self):
        """The list tells how far it is also where accounts are opened one by one."""
        before = self.get_doc_before_save()
        moved = before and before.status != self.status and before.status != "Confirmed"
        if moved and self.request_list and not self.flags.by_list:
            list_counts.refresh(self.request_list)

    @property
    def person(self):
        """The beneficiary, read once."""
        if not self.flags.person:
            self.flags.person = frappe.get_doc("Beneficiary", self.beneficiary)
        return self.flags.person

    def refuse(self, problem: str, error=AccountRequestError):
        """Say what is wrong with this request, by the person's name."""
        frappe.throw(
            _("Account for {0}: {1}").format(frappe.bold(self.full_name or self.beneficiary), problem), error
        )

    def validate_only_own_part(self):
        """A bank's people answer a request; they do not change who asked for what."""
        if self.is_new() or scope().kinds != {"provider"}:
            return
        before = self.get_doc_before_save()
        own = OF_THE_PROVIDER
        if before.status == "Draft" and before.campaign:
            own = own | OF_THE_COUNTER
        for field in self.meta.get_valid_columns():
            if field in own or field in ("modified", "modified_by"):
                continue
            if str(before.get(field) or "") != str(self.get(field) or ""):
                self.refuse(
                    _("{0} is filled in by the office").format(frappe.bold(_(self.meta.get_label(field)))),
                    frappe.PermissionError,
                )

    def set_person(self):
        person = self.person
        self.full_name = person.full_name
        if self.status in ("Draft", "Rejected") or not self.office:
            self.office, self.village = person.office, person.village
            self.administrative_unit = person.administrative_unit
        if person.deceased_on and self.status in UNDER_WAY:
            self.refuse(_("the person has died"))

    def set_contract(self):
        """The contract in force with the provider today; without one a request can only be a draft."""
        if not self.contract and self.provider:
            self.contract = contracts.in_force(self.office, self.provider)
        if not self.contract:
            return
        found = frappe.db.get_value("Bank Contract", self.contract, ["office", "provider"], as_dict=True)
        if found and (found.office, found.provider) != (self.office, self.provider):
            self.refuse(_("{0} is a contract of another office or provider").format(self.contract))

    def set_holder(self):
        person = self.person
        choices = {one["holder_type"]: one for one in holding.choices_for(person)}
        choice = choices.get(str(self.holder_type))
        if not choice:
            self.refuse(_("say who is to hold the account: {0}").format(", ".join(map(_, choices))))
        if choice["refused"]:
            self.refuse(choice["refused"])
        if self.holder_type == holders.SELF:
            self.representative = self.basis = None
            self.update(holding.shown_of(person))
            return
        fitting = holding.in_capacity(person, self.holder_type)
        if not self.representative and len(fitting) == 1:
            self.representative = fitting[0].representative
        row = next((one for one in fitting if one.representative == self.representative), None)
        if not row:
            self.refuse(
                _("choose a {0} who is on the person's record and whose papers are valid today").format(
                    _(self.holder_type)
                )
            )
        self.basis = self.basis or row.basis
        self.update(holding.shown_of(frappe.get_doc("Representative", self.representative)))

    def validate_account(self):
        if self.account_no:
            self.account_no = clean_account_no(self.account_no)
        self.account_name = ascii_upper(self.account_name or "") or None

    def validate_single(self):
        """One request under way for a person at a provider."""
        if self.status not in UNDER_WAY:
            return
        other = frappe.db.get_value(
            "Account Request",
            {
                "beneficiary": self.beneficiary,
                "provider": self.provider,
                "status": ["in", UNDER_WAY],
                "name": ["!=", self.name or ""],
            },
            ["name", "status"],
            as_dict=True,
        )
        if other:
            self.refuse(
                _("{0} with this provider is under way already ({1})").format(
                    frappe.bold(other.name), _(other.status)
                )
            )

    # steps

    def take_step(self):
        """What a change of status needs and brings; the workflow says who may take which."""
        before = self.get_doc_before_save()
        was = before.status if before else "Draft"
        if self.status == was:
            return
        step = {
            "Confirmed": self.confirm,
            "Sent": self.send,
            "Opened": self.open,
            "Rejected": self.reject,
            "Handed Over": self.hand_over,
        }.get(self.status)
        if step:
            step()

    def confirm(self):
        """The commune has seen the papers; a change of account is confirmed by another person."""
        if self.request_kind == "Change of Account" and frappe.session.user == self.owner:
            frappe.throw(
                _("Who asks for a change of account cannot confirm it. Ask a colleague."), SelfApprovalError
            )
        missing = [label for field, label in self._papers() if not self.get(field)]
        if missing:
            self.refuse(_("tick the papers that were seen: {0}").format(", ".join(missing)))
        if not self.consent:
            self.refuse(_("the person has not consented to the processing of the data"))
        if self.request_kind == "Existing Account" and not (self.account_no and self.account_name):
            self.refuse(_("enter the number and holder of the existing account"))
        self.consent_on = self.consent_on or nowdate()
        self.confirmed_by, self.confirmed_on = frappe.session.user, now_datetime()

    def _papers(self) -> list[tuple[str, str]]:
        choice = next(
            one for one in holding.choices_for(self.person) if one["holder_type"] == self.holder_type
        )
        fields = dict.fromkeys(PAPER_FIELDS[paper] for paper in choice["papers"])
        return [(field, _(self.meta.get_label(field))) for field in fields]

    def send(self):
        """The provider has it from today; the contract says until when it answers."""
        if not self.contract:
            self.refuse(
                _("no contract with {0} is in force").format(frappe.bold(self.provider)), ContractError
            )
        if not contracts.is_in_force(self.contract):
            self.refuse(_("contract {0} is not in force").format(frappe.bold(self.contract)), ContractError)
        days = frappe.db.get_value("Bank Contract", self.contract, "account_working_days") or 0
        self.sent_on = nowdate()
        self.due_on = working_days.after(getdate(self.sent_on), days) if days else None
        self.tries = (self.tries or 0) + 1
        self.rejected_reason = self.rejected_on = None

    def open(self):
        """The account is there; it becomes a Payment Account of its holder."""
        if not (self.account_no and self.account_name):
            self.refuse(_("enter the number and the holder's name of the opened account"))
        found = opening.payment_account(self)
        self.payment_account, self.name_match = found.name, found.name_match
        self.opened_on = nowdate()
        if self.name_match == "Different":
            frappe.msgprint(
                _(
                    "The name at the provider, {0}, is not that of the holder, {1}. It is not paid into yet."
                ).format(frappe.bold(self.account_name), frappe.bold(self.holder_name)),
                title=_("Name Differs"),
                indicator="orange",
            )

    def reject(self):
        if not (self.rejected_reason or "").strip():
            self.refuse(_("say why it is rejected"))
        self.rejected_on = nowdate()

    def hand_over(self):
        """Card and instruction given: from the next list on the money goes there."""
        if self.holder_type == holders.SELF and self.name_match == "Different":
            self.refuse(
                _("the account stands in another name ({0}): ask the provider to correct it").format(
                    frappe.bold(self.account_name)
                )
            )
        if not self.safe_use_told:
            self.refuse(_("tick that the safe use of account and card was explained"))
        opening.pay_into(self)
        self.handed_over_on = nowdate()


def on_doctype_update():
    """Lists of a provider or a campaign by status."""
    frappe.db.add_index("Account Request", ["provider", "status"], "provider_status")
