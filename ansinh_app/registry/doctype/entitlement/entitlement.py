"""Entitlement: a decision that grants one person one benefit from a month on, and who is paid for it."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint, getdate, nowdate

from ansinh_app.core.errors import EstimatedRate, NoRateInForce
from ansinh_app.core.months import Month
from ansinh_app.exceptions import (
    ChangeNotAllowedError,
    InvalidDateError,
    OverlappingEntitlementError,
    PayeeError,
    UnknownCategoryError,
)
from ansinh_app.policy.law import load_law
from ansinh_app.registry import marriages
from ansinh_app.registry.people import birth, day, first_of_month, refresh_status

# The representative's capacity each way of being paid needs.
CAPACITY = {"Guardian": "Guardian", "Authorised": "Authorised", "Carer": "Carer"}
PAID_OR_ON_ITS_WAY = ("Planned", "Sent", "Paid")
_OFFICE = {"Social Affairs Officer", "Social Affairs Manager", "System Manager"}


class Entitlement(Document):
    def validate(self):
        self.set_months()
        self.set_payment_defaults()
        self.validate_dates()
        self.validate_category()
        self.validate_payee()
        self.validate_account()
        self.validate_overlap()
        self.validate_both_schemes()

    def on_submit(self):
        if not self.flags.checked_by_import:
            refresh_status(self.beneficiary)

    def before_update_after_submit(self):
        self.set_months()
        self.validate_cash()
        self.validate_payee()
        self.validate_account()
        self.validate_both_schemes()

    def before_cancel(self):
        self.tell_when_paid()

    def on_cancel(self):
        refresh_status(self.beneficiary)

    @property
    def person(self):
        """The beneficiary, read once."""
        if not self.flags.person:
            self.flags.person = frappe.get_doc("Beneficiary", self.beneficiary)
        return self.flags.person

    def set_months(self):
        for field in ("effective_from", "effective_to", "settled_through"):
            if self.get(field):
                self.set(field, first_of_month(self.get(field)))

    def set_payment_defaults(self):
        """What the decision does not say about payment is as the person is paid by default."""
        self.quantity = cint(self.quantity) or 1
        if self.payment_method == "Cash":
            self.payment_account = None
            return
        if not self.payment_account and self.payee_type == "Self":
            self.payment_method = self.person.payment_method
            self.payment_account = self.person.payment_account
            self.cash_reason = self.person.cash_reason
        if self.payment_method != "Cash":
            self.cash_reason = None

    def validate_cash(self):
        """Who is paid into an account goes back to cash only for a reason, and the account is left out."""
        if self.payment_method != "Cash":
            self.cash_reason = None
            return
        before = self.get_doc_before_save()
        if before and before.payment_method != "Cash" and not self.cash_reason:
            frappe.throw(
                _("Say why {0} is paid in cash: choose one of the reasons.").format(
                    frappe.bold(self.person.full_name)
                ),
                PayeeError,
            )
        self.payment_account = None

    def validate_dates(self):
        born = getdate(self.person.date_of_birth)
        start = getdate(self.effective_from)
        if Month.of(start) < Month.of(born) or getdate(self.decision_date) < born:
            frappe.throw(
                _("{0} was born on {1}: neither decision nor first month can lie before").format(
                    frappe.bold(self.person.full_name), self._born()
                ),
                InvalidDateError,
            )
        died = self.person.deceased_on
        if died and Month.of(start) > Month.of(getdate(died)):
            frappe.throw(
                _("{0} died on {1}: no month after that can be granted").format(
                    frappe.bold(self.person.full_name), day(died)
                ),
                InvalidDateError,
            )

    def validate_category(self):
        """The age must fit a band of the category in the first month, the quantity its way of counting."""
        law = self.flags.law or load_law()
        category = law.categories.get(self.category)
        if category is None:
            frappe.throw(
                _("Category {0} is not known").format(frappe.bold(self.category)), UnknownCategoryError
            )
        self.programme = category.programme
        born = getdate(self.person.date_of_birth)
        month = Month.of(getdate(self.effective_from))
        if law.band(self.category, born, month) is None:
            frappe.throw(
                _("{0}, born {1}, is not of the age of {2} in {3}").format(
                    frappe.bold(self.person.full_name),
                    self._born(),
                    frappe.bold(f"{category.code} {category.title}"),
                    month.label,
                ),
                UnknownCategoryError,
            )
        ended = law.ended_on(self.category, month)
        if ended:
            frappe.throw(
                _("{0} has been granted by law until {1} only: choose what took its place from {2}").format(
                    frappe.bold(f"{category.code} {category.title}"), day(ended), month.label
                ),
                UnknownCategoryError,
            )
        counted = (
            category.per_child or category.code == "NCC-01A-PC" or category.stack_rule == "ncc_survivor_max2"
        )
        if self.quantity < 1 or (self.quantity > 1 and not counted):
            frappe.throw(
                _("{0} is not paid by number: the quantity must be 1, not {1}").format(
                    frappe.bold(self.category), self.quantity
                ),
                UnknownCategoryError,
            )
        if not self.flags.checked_by_import and self.docstatus == 0:
            marriages.tell_what_it_means(self, category)
            self._tell_rate(law, category, month)

    def _tell_rate(self, law, category, month: Month):
        """A decision may come before its level is loaded; the list then holds the person back, and says so now."""
        try:
            law.rate(self.category, month, getdate(nowdate()))
        except (NoRateInForce, EstimatedRate):
            frappe.msgprint(
                _(
                    "No level of {0} can be paid for {1}: it is held back until a rate version with its amount "
                    "is submitted"
                ).format(frappe.bold(f"{category.code} {category.title}"), month.label),
                title=_("No Rate in Force"),
                indicator="orange",
            )

    def _born(self) -> str:
        return birth(self.person.date_of_birth, self.person.get("dob_precision"))

    def validate_both_schemes(self):
        """Somebody of the office looks before two schemes are paid, says why, and signs with his name."""
        if not self.both_schemes_on:
            self.both_schemes_by = self.both_schemes_reason = None
            return
        before = self.get_doc_before_save()
        changed = not before or any(
            str(before.get(field) or "") != str(self.get(field) or "")
            for field in ("both_schemes_on", "both_schemes_reason")
        )
        if not changed:
            self.both_schemes_by = before.both_schemes_by
            return
        if self.programme != "BTXH":
            self._refuse_both(_("only social assistance waits for this check"))
        if not (self.both_schemes_reason or "").strip():
            self._refuse_both(_("say under which article both are due"))
        if getdate(self.both_schemes_on) > getdate(nowdate()):
            self._refuse_both(_("the day of the check lies in the future"))
        if frappe.session.user != "Administrator" and not _OFFICE & set(frappe.get_roles()):
            frappe.throw(
                _("Only the social affairs office finds that two schemes are due together."),
                frappe.PermissionError,
            )
        self.both_schemes_by = frappe.session.user

    def _refuse_both(self, problem: str):
        frappe.throw(
            _("Both schemes for {0}: {1}").format(frappe.bold(self.person.full_name), problem),
            ChangeNotAllowedError,
        )

    def validate_payee(self):
        """Money for somebody else goes only to a person on the beneficiary's own list."""
        if self.payee_type == "Self":
            self.representative = None
            return
        if not self.representative:
            frappe.throw(
                _("Choose the representative: {0} is not paid in person").format(
                    frappe.bold(self.person.full_name)
                ),
                PayeeError,
            )
        if self.flags.checked_by_import:
            return
        listed = [row for row in self.person.representatives if row.representative == self.representative]
        if not listed:
            frappe.throw(
                _(
                    "{0} is not among the representatives of {1}. "
                    "Add the guardianship or mandate there first."
                ).format(frappe.bold(self.representative), frappe.bold(self.person.full_name)),
                PayeeError,
            )
        if CAPACITY[self.payee_type] not in {row.capacity for row in listed}:
            frappe.throw(
                _("{0} represents {1} as {2}, not as {3}").format(
                    frappe.bold(listed[0].representative_name or self.representative),
                    frappe.bold(self.person.full_name),
                    _(listed[0].capacity),
                    _(self.payee_type),
                ),
                PayeeError,
            )

    def validate_account(self):
        """The account is the payee's: the representative's, or the person's own."""
        if self.payment_method != "Bank Account" or not self.payment_account or self.flags.checked_by_import:
            return
        account = frappe.db.get_value(
            "Payment Account", self.payment_account, ["beneficiary", "representative"], as_dict=True
        )
        if not account:
            return
        if account.beneficiary == self.beneficiary:
            return
        if self.payee_type != "Self" and account.representative == self.representative:
            return
        frappe.throw(
            _("Account {0} does not belong to the payee of {1}. Register the payee's own account.").format(
                frappe.bold(self.payment_account), frappe.bold(self.person.full_name)
            ),
            PayeeError,
        )

    def validate_overlap(self):
        """The same benefit once per person and month; different ones are weighed by the law each month."""
        if self.flags.checked_by_import:
            return
        if self._action == "submit":
            # Two offices may decide at the same moment: the second waits here and sees the first.
            frappe.db.get_value("Beneficiary", self.beneficiary, "name", for_update=True)
        law = load_law()
        family = benefit_family(law, self.category)
        others = frappe.get_all(
            "Entitlement",
            filters={"beneficiary": self.beneficiary, "docstatus": 1, "name": ["!=", self.name or ""]},
            fields=["name", "category", "effective_from", "effective_to", "decision_no"],
        )
        for other in others:
            if benefit_family(law, other.category) != family or not self._overlaps(other):
                continue
            frappe.throw(
                _(
                    "{0} already holds {1} from {2} (decision {3}, {4}). "
                    "Change that one instead of granting it twice."
                ).format(
                    frappe.bold(self.person.full_name),
                    frappe.bold(other.category),
                    Month.of(getdate(other.effective_from)).label,
                    other.decision_no,
                    frappe.bold(other.name),
                ),
                OverlappingEntitlementError,
                title=_("Granted Already"),
            )

    def _overlaps(self, other) -> bool:
        mine, theirs = getdate(self.effective_from), getdate(other.effective_from)
        if other.effective_to and getdate(other.effective_to) < mine:
            return False
        return not (self.effective_to and getdate(self.effective_to) < theirs)

    def tell_when_paid(self):
        """The ledger goes by benefit: an amended decision takes over what was paid, none leaves it undue."""
        line = frappe.db.exists(
            "Payout Line", {"entitlement": self.name, "status": ["in", list(PAID_OR_ON_ITS_WAY)]}
        )
        if line:
            frappe.msgprint(
                _(
                    "{0} has been paid by this entitlement. Unless an amended one takes its place, "
                    "the next run proposes to recover all of it."
                ).format(frappe.bold(self.full_name)),
                title=_("Paid Already"),
                indicator="orange",
            )

    def add_change(
        self, effective_month, decided_on, active: bool, reason: str | None, change: str | None
    ) -> None:
        """Record a later decision: from the month on it is paid or not, known since `decided_on`."""
        self.append(
            "changes",
            {
                "effective_month": first_of_month(effective_month),
                "decided_on": decided_on,
                "active": 1 if active else 0,
                "reason": (reason or "")[:140],
                "registry_change": change,
            },
        )


def benefit_family(law, category: str) -> str:
    """What may be held only once: the band group, or the category where it has none."""
    found = law.categories.get(category)
    return found.band_group or category if found else category
