"""What a reform of communes would do, worked out before anything is written: preview and run ask the same plan."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate

from ansinh_app.core.names import search_key
from ansinh_app.registry.moves import first_month
from ansinh_app.registry.offices import pays_on
from ansinh_app.registry.people import day
from ansinh_app.registry.units import Unit, UnitTree, unit_tree

_AT_ONCE = 500
_SHOWN = 20
# What lies in a commune beside its people, and follows it: DocType -> column of the unit.
FOLLOWERS = {"Representative": "administrative_unit", "Pay Point": "administrative_unit"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A person's paper that names unit or office; `closed`: in these states it stays where it was."""

    doctype: str
    person: str = "beneficiary"
    unit: str | None = None
    office: str | None = "office"
    closed: tuple[str, ...] = ()


PAPERS = (
    Paper("Entitlement"),
    Paper("Registry Change", closed=("Approved", "Rejected", "Cancelled")),
    Paper("One-off Grant", closed=("Paid", "Cancelled")),
    Paper("Recovery Case", closed=("Closed", "Waived", "Cancelled")),
    Paper("Account Request", unit="administrative_unit", closed=("Handed Over", "Rejected", "Withdrawn")),
    Paper("Identity Verification", unit="administrative_unit", closed=("Verified", "Settled", "Withdrawn")),
    Paper("ID Card Request", unit="administrative_unit", closed=("Issued", "Refused", "Withdrawn")),
    Paper("Duplicate Finding", unit="administrative_unit"),
    Paper("Duplicate Finding", person="other_beneficiary", unit="other_unit", office="other_office"),
    Paper("Data Subject Request", closed=("Done", "Refused")),
)


@dataclass(slots=True)
class NewUnit:
    """A unit of after the reform: one that stands already, or one to be made."""

    code: str
    unit_name: str
    name: str | None
    parent: str | None
    level: str
    difficult_area: bool = False


@dataclass(slots=True)
class Plan:
    """Who goes where. `targets`: old unit -> {village key or "": code of the new unit}; counts of what is touched."""

    effective_on: date
    old: dict[str, Unit] = field(default_factory=dict)
    new: dict[str, NewUnit] = field(default_factory=dict)
    targets: dict[str, dict[str, str]] = field(default_factory=dict)
    offices: dict[str, str | None] = field(default_factory=dict)
    ending: list[str] = field(default_factory=list)
    people: dict[tuple[str, str], int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    blocks: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        """The last day of the old units."""
        return self.effective_on - timedelta(days=1)

    def sources(self) -> dict[str, str]:
        """Every unit people may live in that ends: itself or its commune -> the old unit of the table."""
        tree = unit_tree()
        found = {name: name for name in self.old}
        for name in self.old:
            found.update({child: name for child in tree.children.get(name, ()) if child not in self.old})
        return {
            name: commune
            for name, commune in found.items()
            if self.old[commune].level in ("Commune", "Village") or name == commune
        }

    def target(self, old: str, village: str | None) -> str | None:
        """The code of the new unit for somebody of a village of the old unit."""
        ways = self.targets.get(old, {})
        return ways.get(search_key(village or ""), ways.get("")) if ways else None


def make_plan(reform) -> Plan:
    """Read the table against the registry of units; what stands in the way is in `blocks`, never guessed."""
    tree = unit_tree()
    plan = Plan(getdate(reform.effective_on))
    for row in reform.rows:
        _take_old(plan, row, tree)
    for row in reform.rows:
        _take_new(plan, reform, row, tree)
    _check_rest(plan, tree)
    _count_people(plan)
    _plan_offices(plan, reform)
    _count_others(plan)
    _find_reused_codes(plan, tree)
    return plan


def _take_old(plan: Plan, row, tree: UnitTree) -> None:
    unit = tree.units.get(row.old_unit)
    if unit is None:
        plan.blocks.append(_("Row {0}: the old unit is not in the registry of units").format(row.idx))
        return
    if unit.valid_from > plan.last_day or (unit.valid_to and unit.valid_to < plan.last_day):
        plan.blocks.append(
            _("Row {0}: {1} did not stand on {2}, the day before").format(
                row.idx, _label(unit), day(plan.last_day)
            )
        )
        return
    plan.old[unit.name] = unit
    ways, key = plan.targets.setdefault(unit.name, {}), search_key(row.village or "")
    if key in ways and ways[key] != row.new_code:
        plan.blocks.append(
            _("Row {0}: {1} {2} stands twice, with different new units").format(
                row.idx, _label(unit), row.village or ""
            )
        )
    ways[key] = row.new_code


def _take_new(plan: Plan, reform, row, tree: UnitTree) -> None:
    old = plan.old.get(row.old_unit)
    if old is None:
        return
    known = plan.new.get(row.new_code)
    if known:
        if search_key(known.unit_name) != search_key(row.new_name):
            plan.blocks.append(
                _("Row {0}: code {1} is named {2} above").format(row.idx, row.new_code, known.unit_name)
            )
        known.difficult_area = known.difficult_area or old.difficult_area
        return
    standing = _standing(plan, row.new_code, old.level, tree)
    if standing and search_key(standing.unit_name) != search_key(row.new_name):
        plan.blocks.append(
            _("Row {0}: code {1} belongs to {2} from {3}, not to {4}").format(
                row.idx, row.new_code, standing.unit_name, day(standing.valid_from), row.new_name
            )
        )
        return
    plan.new[row.new_code] = NewUnit(
        code=row.new_code,
        unit_name=standing.unit_name if standing else row.new_name,
        name=standing.name if standing else None,
        parent=standing.parent if standing else _parent(plan, reform, old, tree),
        level=old.level,
        difficult_area=old.difficult_area,
    )
    if not standing and old.level != "Province" and not plan.new[row.new_code].parent:
        plan.blocks.append(
            _("Row {0}: say which province {1} belongs to").format(row.idx, frappe.bold(row.new_name))
        )


def _standing(plan: Plan, code: str, level: str, tree: UnitTree) -> Unit | None:
    """The unit that bears the code from the day on; one that ends with the reform is not it."""
    for unit in tree.units.values():
        if unit.code != code or unit.level != level or unit.valid_from > plan.effective_on:
            continue
        if unit.name in plan.old and unit.valid_from < plan.effective_on:
            continue
        if not unit.valid_to or unit.valid_to >= plan.effective_on:
            return unit
    return None


def _parent(plan: Plan, reform, old: Unit, tree: UnitTree) -> str | None:
    """The province of the old unit, or what that one became."""
    if reform.new_parent:
        return reform.new_parent
    province = next((name for name in tree.above(old.name) if tree.units[name].level == "Province"), None)
    seen = set()
    while province and province not in seen:
        seen.add(province)
        unit = tree.units[province]
        if not unit.valid_to or unit.valid_to >= plan.effective_on:
            return province
        province = unit.succeeded_by
    return None


def _check_rest(plan: Plan, tree: UnitTree) -> None:
    for name, ways in plan.targets.items():
        old = plan.old[name]
        codes = set(ways.values())
        succeeded = tree.units.get(old.succeeded_by) if old.succeeded_by else None
        if "" in ways and succeeded and succeeded.code != ways[""]:
            plan.blocks.append(
                _("{0}: the registry says it became {1}, the table says {2}").format(
                    _label(old), succeeded.unit_name, plan.new[ways[""]].unit_name if ways[""] in plan.new else ways[""]
                )
            )
        if len(codes) > 1:
            shown = ", ".join(sorted(plan.new[code].unit_name for code in codes if code in plan.new))
            plan.findings.append(_("{0} is divided: {1}").format(_label(old), shown))


def _count_people(plan: Plan) -> None:
    """People by (old unit, code of the new one); villages the table does not place stand in the way."""
    sources, tree = plan.sources(), unit_tree()
    lost: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    person = frappe.qb.DocType("Beneficiary")
    for some in _portions(sorted(sources)):
        rows = (
            frappe.qb.from_(person)
            .select(person.administrative_unit, person.village, Count(person.name))
            .where(person.administrative_unit.isin(some))
            .groupby(person.administrative_unit, person.village)
            .run()
        )
        for unit, village, number in rows:
            old = sources[unit]
            code = plan.target(old, village_of(tree, unit, old, village))
            if code is None:
                lost[old][village or _("(no village)")] += number
            else:
                plan.people[old, code] = plan.people.get((old, code), 0) + number
    for old, villages in lost.items():
        for village, number in sorted(villages.items()):
            plan.blocks.append(
                _("{0}, {1}: {2} people, and the table does not say where they go").format(
                    _label(plan.old[old]), village, number
                )
            )
    plan.counts["people"] = sum(plan.people.values())


def village_of(tree: UnitTree, unit: str, old: str, village: str | None) -> str | None:
    """The village somebody counts for: the unit itself where it is one below the commune."""
    return tree.units[unit].unit_name if unit != old and unit in tree.units else village


def _plan_offices(plan: Plan, reform) -> None:
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
        above = unit_tree().above(unit.name) if unit.name else (unit.parent,)
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
                    office, number, _title(unit)
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
                _("{0}: {1} batches are approved already; what they pay is not paid again").format(name, number)
            )
        else:
            plan.blocks.append(
                _("{0}: {1} batches wait for approval, for a month the new office pays: cancel them").format(
                    name, number
                )
            )


def _count_others(plan: Plan) -> None:
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
        shown = sorted({f"{row.user} ({_title(row.for_value)})" for row in rows})
        plan.findings.append(
            _("Users whose area follows to the new units: {0}").format(_some(shown))
        )
    left = frappe.get_all(
        "User Permission",
        filters={"allow": "Paying Office", "for_value": ["in", plan.ending or [""]]},
        pluck="user",
    )
    if left:
        plan.findings.append(
            _("Users of ending offices, to be named for a new one: {0}").format(_some(sorted(set(left))))
        )


def _find_reused_codes(plan: Plan, tree: UnitTree) -> None:
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


def _some(texts: list[str]) -> str:
    more = _("and {0} more").format(len(texts) - _SHOWN) if len(texts) > _SHOWN else ""
    return ", ".join([*texts[:_SHOWN], *filter(None, [more])])


def _label(unit: Unit) -> str:
    return f"{unit.unit_name} ({unit.code})"


def _title(unit: str | None) -> str:
    found = unit_tree().units.get(unit or "")
    return _label(found) if found else unit or "-"


def _portions(names: list):
    return (names[start : start + _AT_ONCE] for start in range(0, len(names), _AT_ONCE))
