"""What a reform of communes would do, worked out before anything is written: preview and run ask the same plan."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import getdate

from ansinh_app.core.names import search_key
from ansinh_app.registry.people import day
from ansinh_app.registry.reforms.offices import plan_offices
from ansinh_app.registry.reforms.touched import count_others, find_reused_codes
from ansinh_app.registry.reforms.types import NewUnit, Plan, label, portions, some
from ansinh_app.registry.units import Unit, UnitTree, unit_tree


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
    plan_offices(plan, reform)
    count_others(plan)
    find_reused_codes(plan, tree)
    return plan


def _take_old(plan: Plan, row, tree: UnitTree) -> None:
    unit = tree.units.get(row.old_unit)
    if unit is None:
        plan.blocks.append(_("Row {0}: the old unit is not in the registry of units").format(row.idx))
        return
    if unit.valid_from > plan.last_day or (unit.valid_to and unit.valid_to < plan.last_day):
        plan.blocks.append(
            _("Row {0}: {1} did not stand on {2}, the day before").format(
                row.idx, label(unit), day(plan.last_day)
            )
        )
        return
    plan.old[unit.name] = unit
    ways, key = plan.targets.setdefault(unit.name, {}), search_key(row.village or "")
    if key in ways and ways[key] != row.new_code:
        plan.blocks.append(
            _("Row {0}: {1} {2} stands twice, with different new units").format(
                row.idx, label(unit), row.village or ""
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
    parent, parent_code = (standing.parent, None) if standing else _parent(plan, reform, old, tree)
    plan.new[row.new_code] = NewUnit(
        code=row.new_code,
        unit_name=standing.unit_name if standing else row.new_name,
        name=standing.name if standing else None,
        parent=parent,
        level=old.level,
        difficult_area=old.difficult_area,
        parent_code=parent_code,
    )
    if not standing and old.level != "Province" and not (parent or parent_code):
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


def _parent(plan: Plan, reform, old: Unit, tree: UnitTree) -> tuple[str | None, str | None]:
    """The province of the old unit, or what that one becomes: its name, or its code where it is yet to be made."""
    if reform.new_parent or old.level == "Province":
        return reform.new_parent if old.level != "Province" else None, None
    province = next((name for name in tree.above(old.name) if tree.units[name].level == "Province"), None)
    seen = set()
    while province and province not in seen:
        seen.add(province)
        unit = tree.units[province]
        if province in plan.targets and not unit.succeeded_by:
            return None, plan.targets[province].get("")
        if not unit.valid_to or unit.valid_to >= plan.effective_on:
            return province, None
        province = unit.succeeded_by
    return None, None


def _check_rest(plan: Plan, tree: UnitTree) -> None:
    for name, ways in plan.targets.items():
        old = plan.old[name]
        codes = set(ways.values())
        succeeded = tree.units.get(old.succeeded_by) if old.succeeded_by else None
        if "" in ways and succeeded and succeeded.code != ways[""]:
            plan.blocks.append(
                _("{0}: the registry says it became {1}, the table says {2}").format(
                    label(old),
                    succeeded.unit_name,
                    plan.new[ways[""]].unit_name if ways[""] in plan.new else ways[""],
                )
            )
        if old.level in ("Province", "District"):
            _check_communes(plan, old, tree)
        if len(codes) > 1:
            shown = ", ".join(sorted(plan.new[code].unit_name for code in codes if code in plan.new))
            plan.findings.append(_("{0} is divided: {1}").format(label(old), shown))


def _check_communes(plan: Plan, old: Unit, tree: UnitTree) -> None:
    """A province or district ends with all its communes, or some would lie in what is no more."""
    waiting, left = list(tree.children.get(old.name, ())), []
    while waiting:
        unit = tree.units[waiting.pop()]
        waiting += tree.children.get(unit.name, ())
        stays = not unit.valid_to or unit.valid_to > plan.last_day
        if (
            unit.level == "Commune"
            and stays
            and unit.valid_from < plan.effective_on
            and unit.name not in plan.old
        ):
            left.append(label(unit))
    if left:
        plan.blocks.append(_("{0} ends, and the table leaves out {1}").format(label(old), some(sorted(left))))


def _count_people(plan: Plan) -> None:
    """People by (old unit, code of the new one); villages the table does not place stand in the way."""
    sources, tree = plan.sources(), unit_tree()
    lost: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    person = frappe.qb.DocType("Beneficiary")
    for part in portions(sorted(sources)):
        rows = (
            frappe.qb.from_(person)
            .select(person.administrative_unit, person.village, Count(person.name))
            .where(person.administrative_unit.isin(part))
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
                    label(plan.old[old]), village, number
                )
            )
    plan.counts["people"] = sum(plan.people.values())


def village_of(tree: UnitTree, unit: str, old: str, village: str | None) -> str | None:
    """The village somebody counts for: the unit itself where it is one below the commune."""
    return tree.units[unit].unit_name if unit != old and unit in tree.units else village
