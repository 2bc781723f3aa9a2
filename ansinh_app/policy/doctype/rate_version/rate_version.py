"""Rate Version: what one decree grants a programme from a month on; decided once, never changed."""

from decimal import Decimal

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from ansinh_app.core import money
from ansinh_app.core.errors import NotWholeDong
from ansinh_app.core.months import Month
from ansinh_app.exceptions import RateVersionError
from ansinh_app.policy.law import coefficient_of
from ansinh_app.registry.people import day
from ansinh_app.utils import actions


class RateVersion(Document):
    def validate(self):
        self.set_title()
        self.validate_base()
        self.validate_dates()
        self.validate_province()
        self.validate_unique()
        self.validate_lines()

    def before_submit(self):
        self.validate_no_gap()

    def before_cancel(self):
        self.validate_unused()

    def set_title(self):
        self.title = f"{self.programme} {day(self.effective_from)}"
        if self.administrative_unit:
            self.title += " " + (
                frappe.db.get_value("Administrative Unit", self.administrative_unit, "unit_name") or ""
            )

    def validate_base(self):
        try:
            base = money.as_dong(self.base_amount)
        except NotWholeDong:
            base = 0
        if base <= 0:
            frappe.throw(_("The base amount must be a whole number of đồng above 0"), RateVersionError)

    def validate_dates(self):
        if getdate(self.effective_from).day != 1:
            frappe.throw(
                _("{0} must be the first day of a month: a level is owed for whole months").format(
                    frappe.bold(_("Counts From"))
                ),
                RateVersionError,
            )
        if self.signed_on and getdate(self.signed_on) > getdate(self.in_force_on):
            frappe.throw(_("A level cannot be in force before it is signed"), RateVersionError)

    def validate_province(self):
        if not self.administrative_unit:
            return
        if frappe.db.get_value("Administrative Unit", self.administrative_unit, "level") != "Province":
            frappe.throw(_("Only a province may set a level of its own"), RateVersionError)

    def validate_unique(self):
        """One level a programme and first month, for the state and for each province.

        Only what people were paid by already cannot be amended: a decree in force later corrects it.
        """
        others = frappe.get_all(
            "Rate Version",
            filters={
                "programme": self.programme,
                "effective_from": self.effective_from,
                "docstatus": ["<", 2],
                "name": ["!=", self.name or ""],
            },
            fields=["name", "title", "administrative_unit", "docstatus"]
            + ["effective_from", "in_force_on", "legal_instrument"],
        )
        for other in others:
            corrects = (
                other.docstatus == 1
                and getdate(self.in_force_on) > getdate(other.in_force_on)
                and self.legal_instrument != other.legal_instrument
                and runs_by(other)
            )
            if (other.administrative_unit or "") == (self.administrative_unit or "") and not corrects:
                frappe.throw(
                    _("{0} already says what {1} is worth from {2}: cancel and amend it instead").format(
                        frappe.bold(other.name), self.programme, day(self.effective_from)
                    ),
                    RateVersionError,
                    title=_("Same Level Twice"),
                )

    def validate_lines(self):
        """Each category of this programme once, by coefficient or by amount, in whole đồng."""
        programmes = {
            row.name: row.rate_programme or row.programme
            for row in frappe.get_all(
                "Benefit Category",
                filters={"name": ["in", [line.category for line in self.lines]]},
                fields=["name", "programme", "rate_programme"],
                limit_page_length=0,
            )
        }
        seen, faults = set(), []
        for line in self.lines:
            fault = self._fault_of(line, programmes, seen)
            seen.add(line.category)
            if fault:
                faults.append(_("Row {0}, {1}: {2}").format(line.idx, frappe.bold(line.category), fault))
        if faults:
            frappe.throw("<br>".join(faults), RateVersionError, title=_("Levels"))

    def _fault_of(self, line, programmes: dict[str, str], seen: set[str]) -> str | None:
        if line.category in seen:
            return _("stands here twice")
        if programmes.get(line.category) != self.programme:
            return _("belongs to programme {0}").format(programmes.get(line.category) or "?")
        coefficient, amount = coefficient_of(line.coefficient), line.amount or 0
        if bool(coefficient) == bool(amount):
            return _("needs either a coefficient or a fixed amount")
        if (coefficient or 0) < 0 or amount < 0:
            return _("cannot be negative")
        try:
            money.as_dong(amount)
            if coefficient:
                money.times(money.as_dong(self.base_amount), Decimal(coefficient))
        except NotWholeDong:
            return _("does not come to whole đồng")
        return None

    def validate_no_gap(self):
        """Whoever is paid under the version before must stand in this one, or be said to end."""
        if self.administrative_unit:
            return  # what a province leaves out is paid at the state's level
        missing = {}
        for category in sorted(self._paid_before() - {line.category for line in self.lines}):
            held = frappe.db.count("Entitlement", {"category": category, "docstatus": 1})
            if held:
                missing[category] = held
        if missing:
            frappe.throw(
                _(
                    "From {0} nobody could be paid for: {1}. Add a line for each, with the new level, or with "
                    "the old one and the last day before {0} in {2} where the law ends it."
                ).format(
                    day(self.effective_from),
                    ", ".join(
                        _("{0} ({1} entitlements)").format(frappe.bold(category), held)
                        for category, held in missing.items()
                    ),
                    frappe.bold(_("Ends On")),
                ),
                RateVersionError,
                title=_("Gap in the Levels"),
            )

    def _paid_before(self) -> set[str]:
        """Categories the state's version before this one still grants on the eve of this one."""
        before = frappe.get_all(
            "Rate Version",
            filters={
                "programme": self.programme,
                "docstatus": 1,
                "effective_from": ["<", self.effective_from],
                "administrative_unit": ["is", "not set"],
            },
            pluck="name",
            order_by="effective_from desc, in_force_on desc",
            limit=1,
        )
        if not before:
            return set()
        lines = frappe.get_all(
            "Rate Version Line",
            filters={"parent": before[0], "parenttype": "Rate Version"},
            fields=["category", "ends_on"],
            limit_page_length=0,
        )
        return {
            line.category
            for line in lines
            if not line.ends_on or getdate(line.ends_on) >= getdate(self.effective_from)
        }

    def validate_unused(self):
        """A level by which people have been paid stays: a later decision is a new version."""
        used = runs_by(self)
        if used:
            frappe.throw(
                _(
                    "{0} was used by period {1} and cannot be cancelled. "
                    "Enter the new level as a new version."
                ).format(frappe.bold(self.name), ", ".join(used[:5])),
                RateVersionError,
            )


def runs_by(version) -> list[str]:
    """Periods with lines that knew the version when they were prepared."""
    runs = frappe.get_all(
        "Payout Period",
        filters={"month": [">=", version.effective_from], "line_count": [">", 0]},
        fields=["name", "as_of"],
        limit_page_length=0,
    )
    return [run.name for run in runs if not run.as_of or getdate(run.as_of) >= getdate(version.in_force_on)]


@frappe.whitelist(methods=["POST"])
def copy_as_draft(doc: str | dict) -> str:
    """Action: a draft with the same levels, counted from the month after the programme's latest version."""
    source = actions.stored(doc, "Rate Version", "read")
    latest = frappe.get_all(
        "Rate Version",
        filters={"programme": source.programme, "docstatus": ["<", 2]},
        pluck="effective_from",
        order_by="effective_from desc",
        limit=1,
    )
    draft = frappe.copy_doc(source)
    draft.docstatus = 0
    draft.effective_from = (Month.of(getdate(latest[0])) + 1).first_day
    draft.in_force_on = max(getdate(source.in_force_on), draft.effective_from)
    draft.signed_on = None
    draft.insert()
    frappe.msgprint(
        _("Draft {0} holds the same levels. Enter the decree, its days and what it changes.").format(
            frappe.bold(draft.name)
        ),
        title=_("Copy as Draft"),
    )
    return draft.name
