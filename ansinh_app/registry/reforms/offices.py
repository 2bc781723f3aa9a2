"""Which office pays each commune from a reform on, and which offices end with it."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate

from ansinh_app.registry.moves import first_month
from ansinh_app.registry.offices import pays_on
from ansinh_app.registry.people import day
from ansinh_app.registry.reforms.types import Plan, title
from ansinh_app.registry.units import unit_tree


def plan_offices(plan: Plan, reform) -> None:
    """Which office pays each new unit from the day on; None keeps a person's own."""
    rows = frappe.get_all(
        "Paying Office", fields=["name", "administrative_unit", "starts_on", "ends_on"], order_by="name"
    )
    known = {row.name: row for row in rows}
    plan.ending = [row.office for row in reform.offices if row.what == "Ends" and row.office]
    begins = {row.unit_code: row.office or row.office_code for row in reform.offices if row.what == "Begins"}
    for row in reform.offices:
        if row.what == "Begins" and (not row.unit_code or not (row.office or row.office_code)):
            plan.blocks.append(
                _("Paying offices, row {0}: say which commune it pays, and its code").format(row.idx)
            )
        elif row.what == "Begins" and row.unit_code not in plan.new:
            plan.blocks.append(
                _("Paying offices, row {0}: {1} is no new unit of the table").format(row.idx, row.unit_code)
            )
    paying = [row for row in rows if row.name not in plan.ending and pays_on(row, plan.effective_on)]
    for code, unit in plan.new.items():
        above = unit_tree().above(unit.name) if unit.name else (unit.parent,) if unit.parent else ()
        near = [row.name for place in above for row in paying if row.administrative_unit == place]
        plan.offices[code] = begins.get(code) or (near[0] if near else None)
    for office in plan.ending:
        row = known.get(office)
        if row and row.ends_on and getdate(row.ends_on) < plan.last_day:
            plan.findings.append(_("Office {0} ended on {1} already").format(office, day(row.ends_on)))
    _check_payers(plan)
    _check_periods(plan)


def _check_payers(plan: Plan) -> None:
    if not plan.ending:
        return
    person = frappe.qb.DocType("Beneficiary")
    left = (
        frappe.qb.from_(person)
        .select(person.office, person.administrative_unit, Count(person.name))
        .where(person.office.isin(plan.ending))
        .groupby(person.office, person.administrative_unit)
        .run()
    )
    sources = plan.sources()
    for office, unit, number in left:
        codes = set(plan.targets.get(sources.get(unit, ""), {}).values())
        if not codes or any(not plan.offices.get(code) for code in codes):
            plan.blocks.append(
                _("Office {0} ends, and nobody pays its {1} people of {2} from then on").format(
                    office, number, title(unit)
                )
            )


def _check_periods(plan: Plan) -> None:
    """Months from the reform on that an ending office has prepared: the new one pays them."""
    month = first_month(plan.effective_on).first_day
    batch, period = frappe.qb.DocType("Payout Batch"), frappe.qb.DocType("Payout Period")
    rows = (
        frappe.qb.from_(batch)
        .join(period)
        .on(batch.period == period.name)
        .select(period.name, batch.docstatus, Count(batch.name))
        .where(period.office.isin(plan.ending or [""]))
        .where(period.month >= month)
        .where(batch.docstatus < 2)
        .groupby(period.name, batch.docstatus)
        .run()
    )
    for name, docstatus, number in rows:
        if docstatus:
            plan.findings.append(
                _("{0}: {1} batches are approved already; what they pay is not paid again").format(
                    name, number
                )
            )
        else:
            plan.blocks.append(
                _("{0}: {1} batches wait for approval, for a month the new office pays: cancel them").format(
                    name, number
                )
            )


def propose_offices(plan: Plan) -> list[dict]:
    """An office for each new commune that has none, and the end of those whose communes all end."""
    tree = unit_tree()
    rows = frappe.get_all(
        "Paying Office",
        fields=["name", "administrative_unit", "ends_on"],
        order_by="name",
        limit_page_length=0,
    )
    at = {row.administrative_unit: row.name for row in rows}
    proposed = []
    for code, unit in sorted(plan.new.items()):
        if unit.level != "Commune" or (unit.name and unit.name in at):
            continue
        proposed.append(
            {
                "what": "Begins",
                "unit_code": code,
                "office_code": f"UB-{code}",
                "office_name": _("People's Committee of {0}", lang="vi").format(unit.unit_name),
            }
        )
    for row in rows:
        standing = not row.ends_on or getdate(row.ends_on) >= plan.effective_on - timedelta(days=1)
        communes = [
            name
            for name in tree.area([row.administrative_unit])
            if tree.units[name].level == "Commune"
            and tree.units[name].valid_from < plan.effective_on
            and (not tree.units[name].valid_to or tree.units[name].valid_to >= plan.last_day)
        ]
        if standing and communes and all(name in plan.old for name in communes):
            proposed.append({"what": "Ends", "office": row.name})
    return proposed
