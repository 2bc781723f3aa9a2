"""What a reform touches beside people: papers, users, contracts, and codes that bear another name from now on."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count

from ansinh_app.registry.reforms.types import FOLLOWERS, PAPERS, Plan, some, title
from ansinh_app.registry.units import UnitTree


def count_others(plan: Plan) -> None:
    units = sorted(plan.sources()) or [""]
    counts = plan.counts
    term, person = frappe.qb.DocType("Entitlement"), frappe.qb.DocType("Beneficiary")
    counts["entitlements"] = (
        frappe.qb.from_(term)
        .join(person)
        .on(term.beneficiary == person.name)
        .select(Count(term.name))
        .where(term.docstatus == 1)
        .where(term.effective_to.isnull() | (term.effective_to >= plan.effective_on))
        .where(person.administrative_unit.isin(units))
        .run()[0][0]
    )
    for doctype, column in FOLLOWERS.items():
        counts[frappe.scrub(doctype) + "s"] = frappe.db.count(doctype, {column: ["in", units]})
    requests = next(paper for paper in PAPERS if paper.doctype == "Account Request")
    counts["account_requests"] = frappe.db.count(
        "Account Request", {requests.unit: ["in", units], "status": ["not in", requests.closed]}
    )
    change = frappe.qb.DocType("Registry Change")
    counts["changes"] = (
        frappe.qb.from_(change)
        .join(person)
        .on(change.beneficiary == person.name)
        .select(Count(change.name))
        .where(change.docstatus == 0)
        .where(change.status != "Rejected")
        .where(person.administrative_unit.isin(units) | change.new_unit.isin(units))
        .run()[0][0]
    )
    ending = plan.ending or [""]
    counts["open_periods"] = frappe.db.count(
        "Payout Period", {"office": ["in", ending], "status": ["!=", "Closed"]}
    )
    if counts["open_periods"]:
        plan.findings.append(
            _("{0} periods of ending offices are not closed: those offices finish the months before").format(
                counts["open_periods"]
            )
        )
    standing = ["not in", ["Ended"]]
    counts["contracts"] = frappe.db.count(
        "Bank Contract", {"office": ["in", ending], "docstatus": 1, "status": standing}
    )
    if counts["contracts"]:
        plan.findings.append(
            _("{0} contracts of ending offices are in force: the new offices sign their own").format(
                counts["contracts"]
            )
        )
    _count_users(plan, units)


def _count_users(plan: Plan, units: list[str]) -> None:
    rows = frappe.get_all(
        "User Permission",
        filters={"allow": "Administrative Unit", "for_value": ["in", units]},
        fields=["user", "for_value"],
        order_by="user",
    )
    plan.counts["users"] = len({row.user for row in rows})
    if rows:
        shown = sorted({f"{row.user} ({title(row.for_value)})" for row in rows})
        plan.findings.append(_("Users whose area follows to the new units: {0}").format(some(shown)))
    left = frappe.get_all(
        "User Permission",
        filters={"allow": "Paying Office", "for_value": ["in", plan.ending or [""]]},
        pluck="user",
    )
    if left:
        plan.findings.append(
            _("Users of ending offices, to be named for a new one: {0}").format(some(sorted(set(left))))
        )


def find_reused_codes(plan: Plan, tree: UnitTree) -> None:
    for code, new in sorted(plan.new.items()):
        before = {
            unit.unit_name
            for unit in tree.units.values()
            if unit.code == code and unit.name != new.name and unit.unit_name != new.unit_name
        }
        if before:
            plan.findings.append(
                _("Code {0} was {1} and is now {2}").format(code, ", ".join(sorted(before)), new.unit_name)
            )
