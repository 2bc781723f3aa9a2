"""Carrying out a reform of communes: units end and begin, people and what lives there follow."""

import json
from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import getdate, now

from ansinh_app.exceptions import ReformError
from ansinh_app.permissions import allowed_offices
from ansinh_app.registry.people import day
from ansinh_app.registry.reforms.plan import make_plan, village_of
from ansinh_app.registry.reforms.types import FOLLOWERS, PAPERS, Paper, Plan
from ansinh_app.registry.units import unit_tree

# What a reform changed of units and offices, as JSON, before it has changed anything.
NOTHING_KEPT = '{"made": [], "before": []}'
_AT_ONCE = 1000
_COLUMNS = (
    "name creation modified owner modified_by docstatus idx reform beneficiary document_type document "
    "effective_on decided_on old_unit new_unit old_office new_office"
).split()


def run(reform) -> dict[str, int]:
    """Move everybody, all in one transaction; returns how many documents followed.

    Run again it moves only who was registered in an old unit since. Raises ReformError with what stands in
    the way, and AreaError-like refusal where people of other offices are concerned.
    """
    plan = make_plan(reform)
    if plan.blocks:
        frappe.throw(
            "<br>".join(map(frappe.utils.escape_html, plan.blocks)), ReformError, title=_("In the Way")
        )
    _check_offices(plan)
    kept = json.loads(reform.undo or NOTHING_KEPT)
    _end_units(plan, kept)
    _make_units(plan, reform, kept)
    _name_successors(plan, kept)
    _set_offices(plan, reform, kept)
    moved = _Mover(plan, reform).move()
    reform.db_set(
        {
            "undo": json.dumps(kept, ensure_ascii=False, default=str),
            "status": "Completed",
            "run_by": reform.run_by or frappe.session.user,
            "run_on": reform.run_on or now(),
            "error_message": None,
        }
    )
    for row in reform.rows:
        row.db_set("new_unit", plan.new[row.new_code].name, update_modified=False)
    for row in reform.offices:
        if row.what == "Begins" and not row.office:
            row.db_set("office", row.office_code, update_modified=False)
    return moved


def in_background(reform: str) -> None:
    """The queued run: whatever happens, the document says how it ended."""
    doc = frappe.get_doc("Unit Reform", reform)
    try:
        moved = run(doc)
        doc.add_comment("Info", _("{0} people have moved.").format(moved.get("Beneficiary", 0)))
        frappe.db.commit()
    except Exception as error:
        frappe.db.rollback()
        expected = isinstance(error, (frappe.ValidationError, frappe.PermissionError))
        if not expected:
            frappe.log_error(title=f"Unit Reform {reform}")
        said = str(error) if expected else _("It stopped by an error of the system; it has been recorded.")
        doc.db_set({"status": "Failed", "error_message": frappe.utils.strip_html(said.replace("<br>", "\n"))})
        frappe.db.commit()


def _check_offices(plan: Plan) -> None:
    """Who works for some offices only moves nobody of another one."""
    mine = allowed_offices()
    if mine is None:
        return
    sources = sorted(plan.sources())
    theirs = frappe.get_all(
        "Beneficiary",
        filters={"administrative_unit": ["in", sources or [""]]},
        fields=["office"],
        group_by="office",
        pluck="office",
    )
    others = sorted({office for office in (*theirs, *plan.ending) if office not in mine})
    if others:
        frappe.throw(
            _("People of other offices live there ({0}): who works for all offices runs this").format(
                ", ".join(others)
            ),
            frappe.PermissionError,
        )


def _keep(kept: dict, doc, *fields: str) -> None:
    """Remember what a document said before it is changed."""
    kept["before"].append(
        [doc.doctype, doc.name, {field: str(doc.get(field)) if doc.get(field) else None for field in fields}]
    )


def save(doc) -> None:
    doc.flags.ignore_permissions = True
    doc.save()


def _end_units(plan: Plan, kept: dict) -> None:
    """The old units end with the day before; a district ends with the last of its communes."""
    tree = unit_tree()
    parents = {unit.parent for unit in plan.old.values() if unit.parent}
    districts = [
        name
        for name in sorted(parents)
        if tree.units[name].level == "District"
        and not tree.units[name].valid_to
        and all(
            child in plan.old or (tree.units[child].valid_to and tree.units[child].valid_to <= plan.last_day)
            for child in tree.children.get(name, ())
        )
    ]
    villages = [
        child
        for name, unit in plan.old.items()
        if unit.level == "Commune"
        for child in tree.children.get(name, ())
        if not tree.units[child].valid_to
    ]
    for name in (*plan.old, *(v for v in villages if v not in plan.old), *districts):
        doc = frappe.get_doc("Administrative Unit", name)
        if not doc.valid_to:
            _keep(kept, doc, "valid_to")
            doc.valid_to = plan.last_day
            save(doc)


def _make_units(plan: Plan, reform, kept: dict) -> None:
    order = ("Province", "District", "Commune", "Village")
    for new in sorted(plan.new.values(), key=lambda one: order.index(one.level)):
        if new.name:
            continue
        doc = frappe.get_doc(
            {
                "doctype": "Administrative Unit",
                "code": new.code,
                "unit_name": new.unit_name,
                "level": new.level,
                "parent_administrative_unit": new.parent
                or (plan.new[new.parent_code].name if new.parent_code else None),
                "valid_from": plan.effective_on,
                "is_group": 1 if new.level in ("Province", "District") else 0,
                "difficult_area": 1 if new.difficult_area else 0,
            }
        )
        doc.flags.ignore_permissions = True
        new.name = doc.insert().name
        kept["made"].append(["Administrative Unit", new.name])


def _name_successors(plan: Plan, kept: dict) -> None:
    """What each old unit became: of a divided one the unit that got the rest, else most of the people."""
    for name, ways in plan.targets.items():
        doc = frappe.get_doc("Administrative Unit", name)
        if doc.succeeded_by:
            continue
        code = ways.get("") or max(ways.values(), key=lambda one: (plan.people.get((name, one), 0), one))
        _keep(kept, doc, "succeeded_by")
        doc.succeeded_by = plan.new[code].name
        save(doc)


def _set_offices(plan: Plan, reform, kept: dict) -> None:
    like = frappe.get_doc("Paying Office", plan.ending[0]) if plan.ending else None
    for row in reform.offices:
        if row.what == "Begins" and not frappe.db.exists("Paying Office", row.office or row.office_code):
            unit = plan.new[row.unit_code]
            above = frappe.db.get_value("Administrative Unit", unit.name, "parent_administrative_unit")
            province = frappe.db.get_value("Administrative Unit", above, "unit_name") if above else ""
            doc = frappe.get_doc(
                {
                    "doctype": "Paying Office",
                    "office_code": row.office_code,
                    "office_name": row.office_name or unit.unit_name,
                    "parent_body": f"UBND {province[:1].lower()}{province[1:]}" if province else None,
                    "place_name": unit.unit_name.split(" ", 1)[-1],
                    "administrative_unit": unit.name,
                    "starts_on": plan.effective_on,
                    "programmes": [{"programme": one.programme} for one in (like.programmes if like else ())],
                }
            )
            doc.flags.ignore_permissions = True
            kept["made"].append(["Paying Office", doc.insert().name])
    for office in plan.ending:
        doc = frappe.get_doc("Paying Office", office)
        if not doc.ends_on or getdate(doc.ends_on) > plan.last_day:
            _keep(kept, doc, "ends_on")
            doc.ends_on = plan.last_day
            save(doc)


class _Mover:
    """Moves people and what follows them, set by set, and keeps for each where it was."""

    def __init__(self, plan: Plan, reform) -> None:
        self.plan, self.reform = plan, reform
        self.stamp, self.number = now(), frappe.db.count("Unit Move", {"reform": reform.name})
        self.moved: dict[str, int] = defaultdict(int)
        self.rows: list[tuple] = []

    def move(self) -> dict[str, int]:
        sources, tree = self.plan.sources(), unit_tree()
        for done, (unit, old) in enumerate(sorted(sources.items())):
            self._people(unit, old, tree)
            for doctype in FOLLOWERS:
                self._followers(doctype, unit, old, tree)
            self._changes_to(unit, old)
            self._tell(done + 1, len(sources))
        self._flush()
        return dict(self.moved)

    def _people(self, unit: str, old: str, tree) -> None:
        people = frappe.get_all(
            "Beneficiary",
            filters={"administrative_unit": unit},
            fields=["name", "village", "office"],
            order_by="name",
            limit_page_length=0,
        )
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        papers: dict[tuple[str, str, str], list[str]] = defaultdict(list)
        for person in people:
            code = self.plan.target(old, village_of(tree, unit, old, person.village))
            new, office = self.plan.new[code].name, self.plan.offices.get(code) or person.office
            groups[new, office].append(person.name)
            papers[person.office, new, office].append(person.name)
            self._note("Beneficiary", person.name, unit, new, person.office, office)
        for (new, office), names in groups.items():
            set_many("Beneficiary", names, {"administrative_unit": new, "office": office}, self.stamp)
        for (old_office, new, office), names in papers.items():
            for paper in PAPERS:
                move_papers(paper, names, (unit, old_office), (new, office), self.stamp, paper.closed)

    def _followers(self, doctype: str, unit: str, old: str, tree) -> None:
        """What lies in the unit; of a divided one only what names its village: the rest stays and is found."""
        column = FOLLOWERS[doctype]
        wanted = ["name", *(name for name in ("village",) if frappe.get_meta(doctype).has_field(name))]
        groups: dict[str, list[str]] = defaultdict(list)
        for row in frappe.get_all(doctype, filters={column: unit}, fields=wanted, limit_page_length=0):
            code = self.plan.target(old, village_of(tree, unit, old, row.get("village")))
            if code:
                groups[self.plan.new[code].name].append(row.name)
                self._note(doctype, row.name, unit, self.plan.new[code].name, None, None)
        for new, names in groups.items():
            set_many(doctype, names, {column: new}, self.stamp)

    def _changes_to(self, unit: str, old: str) -> None:
        """Transfers still open go to what the commune became."""
        ways = set(self.plan.targets[old].values())
        if len(ways) != 1:
            return
        code = ways.pop()
        new, office = self.plan.new[code].name, self.plan.offices.get(code)
        open_ones = frappe.get_all(
            "Registry Change",
            filters={"new_unit": unit, "docstatus": 0},
            fields=["name", "new_office"],
            limit_page_length=0,
        )
        for row in open_ones:
            self._note("Registry Change", row.name, unit, new, row.new_office, office or row.new_office)
            values = {"new_unit": new, "new_office": office or row.new_office}
            frappe.db.set_value("Registry Change", row.name, values)

    def _note(self, doctype, name, old_unit, new_unit, old_office, new_office) -> None:
        self.number += 1
        self.moved[doctype] += 1
        user = frappe.session.user
        known = {
            "name": f"{self.reform.name}-{self.number:07d}",
            "creation": self.stamp,
            "modified": self.stamp,
            "owner": user,
            "modified_by": user,
            "docstatus": 0,
            "idx": 0,
            "reform": self.reform.name,
            "beneficiary": name if doctype == "Beneficiary" else None,
            "document_type": doctype,
            "document": name,
            "effective_on": self.plan.effective_on,
            "decided_on": self.reform.signed_on or self.plan.effective_on,
            "old_unit": old_unit,
            "new_unit": new_unit,
            "old_office": old_office,
            "new_office": new_office,
        }
        self.rows.append(tuple(known[column] for column in _COLUMNS))
        if len(self.rows) >= 10 * _AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self.rows:
            frappe.db.bulk_insert("Unit Move", _COLUMNS, self.rows)
            self.rows = []

    def _tell(self, done: int, total: int) -> None:
        frappe.publish_progress(
            100 * done // max(total, 1),
            title=_("Unit Reform"),
            doctype=self.reform.doctype,
            docname=self.reform.name,
            description=self.reform.title,
        )


def set_many(doctype: str, names: list[str], values: dict, stamp: str, only_drafts: bool = False) -> None:
    """Set the same values in many documents, with who did it and when."""
    table = frappe.qb.DocType(doctype)
    for start in range(0, len(names), _AT_ONCE):
        query = frappe.qb.update(table).where(table.name.isin(names[start : start + _AT_ONCE]))
        if only_drafts:
            query = query.where(table.docstatus == 0)
        for column, value in {**values, "modified": stamp, "modified_by": frappe.session.user}.items():
            query = query.set(table[column], value)
        query.run()


def move_papers(paper: Paper, people: list[str], old: tuple, new: tuple, stamp: str, closed=()) -> None:
    """Let people's papers that name the old unit or office name the new ones; (unit, office) each."""
    table = frappe.qb.DocType(paper.doctype)
    for column, before, after in ((paper.unit, old[0], new[0]), (paper.office, old[1], new[1])):
        if not column or before == after:
            continue
        for start in range(0, len(people), _AT_ONCE):
            query = (
                frappe.qb.update(table)
                .set(table[column], after)
                .set(table.modified, stamp)
                .set(table.modified_by, frappe.session.user)
                .where(table[paper.person].isin(people[start : start + _AT_ONCE]))
                .where(table[column] == before)
            )
            if closed:
                query = query.where(table.status.notin(list(closed)))
            query.run()


def shown(plan: Plan) -> str:
    """The plan in a few lines, for the answer on the desk."""
    units = {code for _old, code in plan.people}
    return _("{0} people of {1} old units go to {2} new ones from {3}.").format(
        plan.counts["people"], len(plan.old), len(units or plan.new), day(plan.effective_on)
    )
