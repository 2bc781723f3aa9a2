"""One-off Grant: funeral support and the like, decided once; its amount comes from the law of the event's month."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate

from ansinh_app.core.errors import EstimatedRate, NoAllowance, NoRateInForce, RuleError
from ansinh_app.core.explain import render_all
from ansinh_app.core.money import format_dong
from ansinh_app.core.months import Month
from ansinh_app.core.one_off import one_off
from ansinh_app.exceptions import GrantError
from ansinh_app.payouts.book.reader import read_book
from ansinh_app.payouts.one_off import GRANTED
from ansinh_app.payouts.plan import steps_to_json
from ansinh_app.policy.law import load_law
from ansinh_app.registry.people import day

_LIVE_LINES = ("Planned", "Sent", "Paid")


class OneoffGrant(Document):
    def validate(self):
        self.set_event()
        self.validate_event()
        self.validate_once()
        self.validate_payee()
        self.set_amount()
        if self.docstatus == 0:
            self.status = "Draft"

    def on_submit(self):
        # Two offices may decide at the same moment: the second waits here and sees the first.
        frappe.db.get_value("Beneficiary", self.beneficiary, "name", for_update=True)
        self.validate_once()
        self.db_set("status", GRANTED)

    def before_update_after_submit(self):
        self.validate_payee()

    def before_cancel(self):
        self.validate_unpaid()

    def on_cancel(self):
        self.db_set("status", "Cancelled")

    @property
    def kind(self):
        """What the grant is, as the law loaded has it."""
        kind = load_law().one_off.get(self.grant_type)
        if kind is None:
            frappe.throw(
                _("{0} is not granted once: choose a category of kind One-off").format(
                    frappe.bold(self.grant_type)
                ),
                GrantError,
            )
        return kind

    def set_event(self):
        """A grant on death counts from the day of death in the registry."""
        self.quantity = cint(self.quantity) or 1
        self.programme = self.kind.programme
        self.office = frappe.db.get_value("Beneficiary", self.beneficiary, "office")
        if self.on_death:
            died = frappe.db.get_value("Beneficiary", self.beneficiary, "deceased_on")
            if not died:
                frappe.throw(
                    _("{0} is granted on death: record the death of {1} by a change first").format(
                        frappe.bold(self.kind.title), frappe.bold(self.full_name or self.beneficiary)
                    ),
                    GrantError,
                )
            self.occurred_on = died
        self.occurred_on = self.occurred_on or self.decision_date

    @property
    def on_death(self) -> bool:
        return bool(frappe.db.get_value("Benefit Category", self.grant_type, "needs_death"))

    def validate_event(self):
        if getdate(self.occurred_on) > getdate(self.decision_date):
            frappe.throw(
                _("The decision of {0} cannot lie before the event of {1}").format(
                    day(self.decision_date), day(self.occurred_on)
                ),
                GrantError,
            )

    def validate_once(self):
        """One grant for one event; of a group such as funeral support one to a person (NĐ 20/2021 Đ11)."""
        filters = {"beneficiary": self.beneficiary, "docstatus": 1, "name": ["!=", self.name or ""]}
        law = load_law()
        for other in frappe.get_all(
            "One-off Grant", filters=filters, fields=["name", "grant_type", "occurred_on"]
        ):
            group = law.one_off[other.grant_type].band_group if other.grant_type in law.one_off else None
            same_event = other.grant_type == self.grant_type and getdate(other.occurred_on) == getdate(
                self.occurred_on
            )
            if same_event or (group and group == self.kind.band_group):
                frappe.throw(
                    _("{0} was granted to {1} already by {2}: only one is paid").format(
                        frappe.bold(law.one_off[other.grant_type].title),
                        frappe.bold(self.full_name or self.beneficiary),
                        frappe.bold(other.name),
                    ),
                    GrantError,
                    title=_("Granted Already"),
                )

    def validate_payee(self):
        """Who died receives nothing: somebody else is named, with an account of their own or cash."""
        problem = None
        if self.payee_type == "Self":
            self.representative = None
            if self.on_death:
                problem = _("choose who organised the funeral as the payee")
        elif not self.representative:
            problem = _("choose the representative who is paid")
        if self.payment_method == "Cash":
            self.payment_account = None
            if not self.cash_reason:
                problem = problem or _("say why it is paid in cash")
        elif self.payment_account:
            account = frappe.db.get_value(
                "Payment Account", self.payment_account, ["beneficiary", "representative"], as_dict=True
            )
            own = self.payee_type == "Self" and account.beneficiary == self.beneficiary
            theirs = self.payee_type != "Self" and account.representative == self.representative
            if not (own or theirs):
                problem = problem or _("account {0} is not the payee's").format(
                    frappe.bold(self.payment_account)
                )
        elif self.payee_type != "Self":
            problem = problem or _("enter the payee's account, or pay in cash")
        if problem:
            frappe.throw(
                _("One-off grant of {0}: {1}").format(
                    frappe.bold(self.full_name or self.beneficiary), problem
                ),
                GrantError,
            )

    def set_amount(self):
        """The amount is never typed: the law says it, with the article it rests on."""
        if self.docstatus == 1 and not self.is_new() and self.get_doc_before_save().docstatus == 1:
            return
        law = load_law()
        book = read_book(law, beneficiary=self.beneficiary).people[self.beneficiary]
        month = Month.of(getdate(self.occurred_on))
        try:
            self.amount, steps = one_off(
                law,
                self.grant_type,
                month,
                getdate(self.decision_date),
                book.person,
                book.entitlements,
                self.quantity,
            )
        except RuleError as error:
            frappe.throw(_problem(error, self, month), GrantError)
        self.rate_version = steps[-1].params["version"]
        self.law_article = steps[-1].params["article"]
        self.explanation = render_all(steps)
        self.steps = steps_to_json(steps)

    def validate_unpaid(self):
        line = frappe.db.get_value(
            "Payout Line", {"one_off_grant": self.name, "status": ["in", list(_LIVE_LINES)]}, "batch"
        )
        if line:
            frappe.throw(
                _("{0} đồng are in batch {1}: what is paid or on its way cannot be cancelled").format(
                    format_dong(int(self.amount)), frappe.bold(line)
                ),
                GrantError,
            )


def _problem(error: RuleError, grant: OneoffGrant, month: Month) -> str:
    what = frappe.bold(grant.kind.title)
    if isinstance(error, NoRateInForce):
        return _("No rate of {0} is in force for {1}, as known on {2}: submit its rate version first").format(
            what, month.label, day(grant.decision_date)
        )
    if isinstance(error, EstimatedRate):
        return _("The only rate of {0} for {1} is an estimate, which never pays").format(what, month.label)
    if isinstance(error, NoAllowance):
        return _("{0} counts on the monthly allowance, and none of {1} was drawn in {2}").format(
            what, grant.programme, month.label
        )
    return _("{0} has no amount in {1}: {2}").format(what, month.label, str(error))
