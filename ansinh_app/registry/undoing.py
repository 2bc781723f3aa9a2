"""Taking an approved change back while nothing has been paid on it; otherwise saying what to do instead."""

import json

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.core.months import Month
from ansinh_app.exceptions import ChangeNotAllowedError
from ansinh_app.policy.law import load_law
from ansinh_app.registry.people import refresh_status

_OF_ENTITLEMENT = ("New", "Stop", "Adjust", "Suspend", "Resume")
_WITHHOLDS = ("Stop", "Suspend", "Death")


def check(change) -> None:
    """Refuses, naming what stands in the way and what to enter instead."""
    for obstacle in (_later_change, _grant_on_death, _paid_on_it, _recovered_on_it, _nothing_kept):
        problem = obstacle(change)
        if problem:
            frappe.throw(f"{problem} {_instead(change)}", ChangeNotAllowedError, title=_("Not Cancelled"))


def undo(change) -> None:
    """Puts back what the change replaced, and takes back what it granted."""
    for doctype, name, values in reversed(json.loads(change.undo or "[]")):
        document = frappe.get_doc(doctype, name)
        document.update(values)
        if doctype == "Entitlement":
            document.changes = [row for row in document.changes if row.registry_change != change.name]
        document.flags.ignore_permissions = True
        document.save()
    if change.change_type == "Transfer":
        for name in frappe.get_all(
            "Entitlement", filters={"beneficiary": change.beneficiary, "docstatus": ["<", 2]}, pluck="name"
        ):
            frappe.db.set_value("Entitlement", name, "office", change.old_office)
    if change.result_entitlement:
        granted = frappe.get_doc("Entitlement", change.result_entitlement)
        if granted.docstatus == 1:
            granted.flags.ignore_permissions = True
            granted.cancel()
    refresh_status(change.beneficiary)


def keep(change, document, *fields: str) -> None:
    """Remembers on the change what it is about to replace on a document."""
    kept = json.loads(change.undo or "[]")
    values = {field: str(document.get(field)) if document.get(field) else None for field in fields}
    kept.append([document.doctype, document.name, values])
    change.db_set("undo", json.dumps(kept, ensure_ascii=False), update_modified=False)


def _later_change(change) -> str | None:
    others = frappe.get_all(
        "Registry Change",
        filters={"beneficiary": change.beneficiary, "docstatus": 1, "name": ["!=", change.name]},
        fields=["name", "change_type", "entitlement", "result_entitlement", "approved_on"],
        order_by="approved_on desc, name desc",
    )
    mine = {change.entitlement, change.result_entitlement} - {None, ""}
    for other in others:
        if str(other.approved_on or "") < str(change.approved_on or ""):
            continue
        if change.change_type in _OF_ENTITLEMENT:
            builds_on = bool(mine & {other.entitlement, other.result_entitlement})
        else:
            builds_on = other.change_type == change.change_type
        if builds_on:
            return _("{0} was approved later and builds on it: cancel that one first.").format(
                frappe.bold(other.name)
            )
    return None


def _grant_on_death(change) -> str | None:
    if change.change_type != "Death":
        return None
    deaths = frappe.get_all("Benefit Category", filters={"needs_death": 1}, pluck="name")
    filters = {"beneficiary": change.beneficiary, "docstatus": 1, "grant_type": ["in", deaths or [""]]}
    grant = frappe.db.get_value("One-off Grant", filters, "name")
    return grant and _("{0} was granted on this death: cancel it first.").format(frappe.bold(grant))


def _paid_on_it(change) -> str | None:
    """A line of an approved list that was worked out knowing the change, for months it counts for."""
    if change.change_type in _WITHHOLDS:
        return None
    line, batch = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Batch")
    period = frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(line)
        .join(batch)
        .on(line.batch == batch.name)
        .join(period)
        .on(line.period == period.name)
        .select(period.name)
        .where(line.beneficiary == change.beneficiary)
        .where(line.status != "Cancelled")
        .where(batch.docstatus == 1)
        .where(period.as_of >= getdate(change.decision_date))
        .where(period.month >= _first_month(change))
        .orderby(period.month)
    )
    if change.change_type in _OF_ENTITLEMENT:
        query = query.where(line.entitlement == (change.result_entitlement or change.entitlement))
    elif change.change_type == "Transfer" and change.new_office != change.old_office:
        query = query.where(line.office == change.new_office)
    found = query.limit(1).run()
    return _("{0} was paid by it already.").format(frappe.bold(found[0][0])) if found else None


def _first_month(change):
    if change.effective_month:
        return getdate(change.effective_month)
    decided = Month.of(getdate(change.decision_date))
    return (decided + 1 if change.change_type == "Transfer" else decided).first_day


def _recovered_on_it(change) -> str | None:
    """An over-payment that was found knowing the change, and decided."""
    filters = {"beneficiary": change.beneficiary, "docstatus": 1}
    if change.entitlement:
        category = frappe.db.get_value("Entitlement", change.entitlement, "category")
        law = load_law()
        if category in law.categories:
            filters["benefit"] = law.benefit(category)
    for case in frappe.get_all("Recovery Case", filters=filters, fields=["name", "period"]):
        as_of = case.period and frappe.db.get_value("Payout Period", case.period, "as_of")
        if not as_of or getdate(as_of) >= getdate(change.decision_date):
            return _(
                "Recovery case {0} rests on it: cancel that case first, if nothing was paid back."
            ).format(frappe.bold(case.name))
    return None


def _nothing_kept(change) -> str | None:
    if change.change_type == "New" or change.undo:
        return None
    return _("It was approved before the system kept what a change replaces.")


def _instead(change) -> str:
    """What an officer enters where a change cannot be taken back."""
    return {
        "New": _("Instead, enter a Stop from the month from which it does not count."),
        "Stop": _("Instead, grant the benefit anew from the month from which it counts."),
        "Adjust": _("Instead, enter another adjustment with the right terms."),
        "Suspend": _("Instead, enter a Resume from the month from which it counts."),
        "Resume": _("Instead, enter a Suspend or a Stop."),
        "Death": _("Instead, ask the manager to look at what was paid after the death."),
        "Transfer": _("Instead, enter a Transfer back."),
        "Correct": _("Instead, enter another correction with the right value."),
    }[change.change_type]
