"""Changes a run proposes and never carries out: suspend what nobody collects, stop what stays suspended.

TT 02/2021 Đ2.3: suspended after three months uncollected; Đ2.1: stopped three months after a suspension with
which nobody complied. Each is a draft Registry Change; a person proposes it, another approves, or rejects it.
"""

from dataclasses import dataclass
from datetime import date
from itertools import takewhile

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.core.ledger import UNCOLLECTED
from ansinh_app.core.months import Month
from ansinh_app.payouts.book.rows import PersonBook

_DEFAULT = 3


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """A change a run would draft: whose, about which decision, from which month, and since when it has been so."""

    beneficiary: str
    entitlement: str
    change_type: str
    since: Month
    months: int


def find(plan, suspensions: dict[str, Month] | None = None) -> list[ProposedChange]:
    """What the plan's month gives reason to propose, in the order of the people.

    `suspensions`: those of the office (see `suspended_by_a_change`), where they have been read already.
    """
    uncollected = frappe.db.get_single_value("An Sinh Settings", "uncollected_months") or _DEFAULT
    suspended = frappe.db.get_single_value("An Sinh Settings", "suspended_months") or _DEFAULT
    if suspensions is None:
        suspensions = suspended_by_a_change(plan)
    found: list[ProposedChange] = []
    for person in plan.book.people.values():
        last = person.person.last_month(plan.as_of)
        if person.row.deceased_on or (last is not None and last < plan.month):
            continue
        if any(line.status == UNCOLLECTED for line in person.settled):
            found += _to_suspend(plan, person, uncollected)
        if suspensions:
            found += _to_stop(plan, person, suspended, suspensions)
    return found


def unpaid_since(person: PersonBook, month: Month, most: int, status: str) -> dict[str, Month]:
    """Benefits whose last `most` lines or more before the month all ended so, with the first of those months."""
    by_benefit: dict[str, dict[Month, str]] = {}
    for line in person.settled:
        if line.period < month:
            by_benefit.setdefault(line.benefit, {})[line.period] = line.status
    found = {}
    for benefit, statuses in by_benefit.items():
        newest_first = sorted(statuses.items(), reverse=True)
        streak = list(takewhile(lambda row: row[1] == status, newest_first))
        if len(streak) >= most:
            found[benefit] = streak[-1][0]
    return found


def draft(plan, changes: list[ProposedChange]) -> dict[str, int]:
    """Drafts what is new, takes back drafts that have no reason any more, leaves what a person decided."""
    found = {(change.entitlement, change.change_type): change for change in changes}
    wanted, counts = dict(found), {"proposed": 0, "withdrawn": 0}
    for row in _known(plan):
        change = found.get((row.entitlement, row.change_type))
        if change is None:
            if row.found_by and row.status == "Draft":
                frappe.delete_doc("Registry Change", row.name, ignore_permissions=True)
                counts["withdrawn"] += 1
        elif row.status in ("Draft", "Proposed") or _day(row.occurred_on) == change.since.first_day:
            # Somebody is looking at it, or has looked at these very months and rejected it.
            wanted.pop((row.entitlement, row.change_type), None)
    for change in wanted.values():
        _insert(plan, change)
        counts["proposed"] += 1
    return counts


def _to_suspend(plan, person: PersonBook, most: int) -> list[ProposedChange]:
    streaks = unpaid_since(person, plan.month, most, UNCOLLECTED)
    return [
        ProposedChange(person.row.name, item.name, "Suspend", streaks[benefit], plan.month - streaks[benefit])
        for item in person.entitlements
        if item.category in plan.law.categories
        and (benefit := plan.law.benefit(item.category)) in streaks
        and item.state(plan.month, plan.as_of)[0]
        and not _ended(plan, person, item.name)
    ]


def _to_stop(plan, person: PersonBook, most: int, suspensions: dict[str, Month]) -> list[ProposedChange]:
    found = []
    for item in person.entitlements:
        since = suspensions.get(item.name)
        if since is None or plan.month - since < most or item.state(plan.month, plan.as_of)[0]:
            continue
        if _ended(plan, person, item.name):
            continue
        found.append(ProposedChange(person.row.name, item.name, "Stop", since, plan.month - since))
    return found


def _ended(plan, person: PersonBook, entitlement: str) -> bool:
    last = person.terms[entitlement].effective_to
    return bool(last) and getdate(last) < plan.month.first_day


def _day(value) -> date | None:
    return getdate(value) if value else None


def suspended_by_a_change(plan) -> dict[str, Month]:
    """Decisions whose last change, as known on the plan's day, is a suspension, with its first month."""
    row, change = frappe.qb.DocType("Entitlement Change"), frappe.qb.DocType("Registry Change")
    person = frappe.qb.DocType("Beneficiary")
    rows = (
        frappe.qb.from_(row)
        .join(change)
        .on(row.registry_change == change.name)
        .join(person)
        .on(change.beneficiary == person.name)
        .select(row.parent, row.effective_month, row.active, change.change_type)
        .where(row.parenttype == "Entitlement")
        .where(row.decided_on <= plan.as_of)
        .where(person.office == plan.office)
        .orderby(row.parent)
        .orderby(row.decided_on)
        .orderby(row.idx)
        .run(as_dict=True)
    )
    latest = {row.parent: row for row in rows}
    return {
        name: Month.parse(getdate(row.effective_month))
        for name, row in latest.items()
        if row.change_type == "Suspend"
    }


def _known(plan) -> list[dict]:
    """Suspensions and stops of the office's people that somebody, or an earlier run, has written down."""
    change, person = frappe.qb.DocType("Registry Change"), frappe.qb.DocType("Beneficiary")
    return (
        frappe.qb.from_(change)
        .join(person)
        .on(change.beneficiary == person.name)
        .select(change.name, change.entitlement, change.change_type, change.occurred_on)
        .select(change.status, change.found_by)
        .where(person.office == plan.office)
        .where(change.change_type.isin(["Suspend", "Stop"]))
        .where(change.docstatus < 2)
        .orderby(change.name)
        .run(as_dict=True)
    )


def _insert(plan, change: ProposedChange) -> None:
    # Stored on an official document: in Vietnamese, whatever the language of who runs the month.
    reasons = {
        "Suspend": _("Not collected for {0} months, since {1} (TT 02/2021 Đ2.3)", lang="vi"),
        "Stop": _(
            "Suspended for {0} months, since {1}: to be stopped if nobody complied (TT 02/2021 Đ2.1)",
            lang="vi",
        ),
    }
    document = frappe.get_doc(
        {
            "doctype": "Registry Change",
            "beneficiary": change.beneficiary,
            "entitlement": change.entitlement,
            "change_type": change.change_type,
            "occurred_on": change.since.first_day,
            "effective_month": plan.month.first_day,
            "reason": reasons[change.change_type].format(change.months, change.since.label),
            "found_by": plan.period,
        }
    )
    # The right to prepare the period was checked; a draft changes nothing before two people have looked at it.
    document.insert(ignore_permissions=True)
