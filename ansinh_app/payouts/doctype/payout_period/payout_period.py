"""Payout Period: one month of one paying office, from open to closed."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, now_datetime

from ansinh_app.core.money import format_dong
from ansinh_app.core.months import Month
from ansinh_app.exceptions import PeriodStateError
from ansinh_app.payouts import drawdowns, early_months, findings_page, settlements
from ansinh_app.payouts.preflight import preflight
from ansinh_app.payouts.run import lock_period, prepare
from ansinh_app.utils import actions

# Above this many people a run leaves the request and goes to the workers.
_IN_BACKGROUND_FROM = 5000
_REOPENS = "Social Affairs Manager"
_NOT_BY_HAND = (
    "prepared_on",
    "prepared_by",
    "line_count",
    "total_amount",
    "problem_count",
    "problems",
    "closed_on",
    "closed_by",
    "reopened_on",
    "reopened_by",
)


class PayoutPeriod(Document):
    def autoname(self):
        self.month = Month.parse(getdate(self.month)).first_day
        self.name = f"{self.office}-{Month.of(self.month)}"

    def validate(self):
        self.set_month()
        self.validate_unique()
        self.validate_office_pays()
        self.validate_open()
        self.keep_what_runs_set()
        self.set_due_dates()
        early_months.check(self)

    def set_month(self):
        self.month = Month.parse(getdate(self.month)).first_day

    def validate_unique(self):
        filters = {"office": self.office, "month": self.month, "name": ["!=", self.name]}
        other = frappe.db.get_value("Payout Period", filters, "name")
        if other:
            frappe.throw(
                _("{0} already pays {1} of this office.").format(
                    frappe.bold(other), Month.of(self.month).label
                ),
                PeriodStateError,
            )

    def validate_office_pays(self):
        """Offices begin and end: the district's paid to June 2025, the communes' from July 2025 on."""
        if not self.is_new():
            return
        starts, ends = frappe.db.get_value("Paying Office", self.office, ["starts_on", "ends_on"])
        month = Month.of(self.month)
        if starts and month < Month.of(getdate(starts)):
            problem = _("{0} pays from {1} on: another office paid {2}.")
            limit = Month.of(getdate(starts)).label
        elif ends and month > Month.of(getdate(ends)):
            problem = _("{0} paid until {1}: another office pays {2}.")
            limit = Month.of(getdate(ends)).label
        else:
            return
        frappe.throw(problem.format(frappe.bold(self.office), limit, month.label), PeriodStateError)

    def validate_open(self):
        before = self.get_doc_before_save()
        if before and before.status == "Closed" and self.only_asks_to_reopen(before):
            return
        if before and before.status == "Closed":
            frappe.throw(
                _("{0} is closed and cannot change.").format(frappe.bold(self.name)), PeriodStateError
            )

    def only_asks_to_reopen(self, before) -> bool:
        """The reason for reopening is the one thing that may be written on a closed period."""
        set_by_hand = ("office", "month", "as_of", "list_due", "results_due", "report_due")
        return all(str(self.get(name) or "") == str(before.get(name) or "") for name in set_by_hand)

    def keep_what_runs_set(self):
        """A form or a REST client may send these; only runs and closing may set them."""
        before = self.get_doc_before_save()
        for fieldname in _NOT_BY_HAND:
            self.set(fieldname, before.get(fieldname) if before else None)
        self.status = before.status if before else "Open"

    def set_due_dates(self):
        """List by day 25 of the month before, results by day 20 of the month (NĐ 20/2021 Đ34)."""
        office = frappe.db.get_value(
            "Paying Office", self.office, ["list_due_day", "results_due_day", "report_due_day"], as_dict=True
        )
        month = Month.of(self.month)
        self.list_due = self.list_due or _day_of(month - 1, office.list_due_day or 25)
        self.results_due = self.results_due or _day_of(month, office.results_due_day or 20)
        self.report_due = self.report_due or _day_of(month + 1, office.report_due_day or 15)

    def on_trash(self):
        if frappe.db.exists("Payout Line", {"period": self.name}):
            frappe.throw(
                _("{0} has payout lines and cannot be deleted.").format(frappe.bold(self.name)),
                PeriodStateError,
            )


def _day_of(month: Month, day: int):
    return month.first_day.replace(day=min(day, month.last_day.day))


@frappe.whitelist(methods=["POST"])
def run_preflight(doc: str | dict) -> dict:
    """Action: shows the blocks and warnings before a run."""
    period = actions.stored(doc, "Payout Period")
    found = preflight(period.name)
    frappe.msgprint(findings_page.as_html(found), title=_("Preflight"), wide=True)
    return found


@frappe.whitelist(methods=["POST"])
def run_prepare(doc: str | dict) -> dict:
    """Action: makes or refreshes every batch and line of the period."""
    period = actions.stored(doc, "Payout Period")
    if frappe.db.count("Beneficiary", {"office": period.office}) > _IN_BACKGROUND_FROM:
        frappe.enqueue(
            "ansinh_app.payouts.run.prepare", queue="long", timeout=3600, period=period.name, as_of=None
        )
        frappe.msgprint(_("The run has started; the form shows how far it is."), title=_("Prepare Lines"))
        return _as_stored(period)
    result = prepare(period.name)
    frappe.msgprint(
        _("{0} lines, {1} đồng in {2} batches. Held back: {3} people.").format(
            format_dong(result["lines"]),
            format_dong(result["total"]),
            len(result["batches"]),
            format_dong(result["held_back"]),
        ),
        title=_("Prepare Lines"),
    )
    return _as_stored(period)


@frappe.whitelist(methods=["POST"])
def make_drawdowns(doc: str | dict) -> list[str]:
    """Action: drafts the treasury drawdowns, one per programme and receiver."""
    period = actions.stored(doc, "Payout Period")
    names = drawdowns.make(period.name)
    _tell(names, _("Make Drawdowns"), _("Every approved batch already has its drawdown."))
    return names


@frappe.whitelist(methods=["POST"])
def make_settlements(doc: str | dict) -> list[str]:
    """Action: drafts the settlements, one per receiver."""
    period = actions.stored(doc, "Payout Period")
    names = settlements.make(period.name)
    _tell(names, _("Make Settlements"), _("Every receiver already has its settlement."))
    return names


@frappe.whitelist(methods=["POST"])
def close_period(doc: str | dict) -> dict:
    """Action: closes the period when everything is paid or returned, and settled."""
    period = actions.stored(doc, "Payout Period")
    if lock_period(period.name) == "Closed":
        # Who closed it, and when, stays what it is.
        frappe.throw(_("{0} is closed.").format(frappe.bold(period.name)), PeriodStateError)
    open_items = settlements.open_items(period.name)
    if open_items:
        frappe.throw("<br>".join(open_items), PeriodStateError, title=_("Cannot be closed yet"))
    values = {"status": "Closed", "closed_on": now_datetime(), "closed_by": frappe.session.user}
    # An earlier reopening is told in the comments; the next one needs a reason of its own.
    values["reopen_reason"] = None
    frappe.db.set_value("Payout Period", period.name, values)
    frappe.msgprint(_("{0} is closed.").format(period.name), title=_("Close Period"), indicator="green")
    return _as_stored(period)


@frappe.whitelist(methods=["POST"])
def reopen_period(doc: str | dict) -> dict:
    """Action: opens a closed period again, by a manager with a reason, while no later one is closed."""
    period = actions.stored(doc, "Payout Period")
    _check_may_reopen(period, lock_period(period.name))
    values = {"status": "Paying", "reopened_on": now_datetime(), "reopened_by": frappe.session.user}
    frappe.db.set_value("Payout Period", period.name, values | {"closed_on": None, "closed_by": None})
    text = _("Reopened by {0}: {1}").format(frappe.session.user, period.reopen_reason)
    period.add_comment("Info", frappe.utils.escape_html(text))
    frappe.msgprint(_("{0} is open again.").format(period.name), title=_("Reopen Period"), indicator="orange")
    return _as_stored(period)


def _check_may_reopen(period: Document, status: str) -> None:
    if _REOPENS not in frappe.get_roles():
        frappe.throw(_("Only a {0} reopens a period.").format(_(_REOPENS)), frappe.PermissionError)
    if status != "Closed":
        frappe.throw(_("{0} is not closed.").format(frappe.bold(period.name)), PeriodStateError)
    if not (period.reopen_reason or "").strip():
        frappe.throw(
            _("Write under Reason for Reopening why {0} is opened again, save, and press again.").format(
                frappe.bold(period.name)
            ),
            PeriodStateError,
        )
    later = frappe.get_all(
        "Payout Period",
        filters={"office": period.office, "month": [">", period.month], "status": "Closed"},
        pluck="name",
        order_by="month",
        limit_page_length=0,
    )
    if later:
        frappe.throw(
            _("Later months are closed already: {0}. Reopen the last one first.").format(", ".join(later)),
            PeriodStateError,
        )


def _as_stored(period: Document) -> dict:
    """The document as it is now: a desk that gets it back from an action shows it instead of the old one."""
    return period.reload().as_dict()


def _tell(names: list[str], title: str, nothing: str) -> None:
    frappe.msgprint(", ".join(names) if names else nothing, title=title)
