"""Taking a reform of communes back: everybody and everything as it was, while nothing later rests on it."""

import json
from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import getdate, now

from ansinh_app.exceptions import ReformError
from ansinh_app.registry.moves import first_month
from ansinh_app.registry.reforms.carrying_out import NOTHING_KEPT, move_papers, save, set_many
from ansinh_app.registry.reforms.types import FOLLOWERS, PAPERS


def undo(reform) -> dict[str, int]:
    """Put everybody and everything back as it was. Raises ReformError when something later rests on it."""
    obstacles = _resting_on(reform)
    if obstacles:
        frappe.throw(
            _("The reform cannot be undone any more:") + "<br>" + "<br>".join(obstacles),
            ReformError,
            title=_("Something Depends on It"),
        )
    back: dict[str, int] = defaultdict(int)
    stamp = now()
    groups: dict[tuple, list[str]] = defaultdict(list)
    for row in frappe.get_all(
        "Unit Move",
        filters={"reform": reform.name},
        fields=["document_type", "document", "old_unit", "old_office", "new_unit", "new_office"],
        order_by="name",
        limit_page_length=0,
    ):
        old, new = (row.old_unit, row.old_office), (row.new_unit, row.new_office)
        groups[row.document_type, old, new].append(row.document)
        back[row.document_type] += 1
    for (doctype, old, new), names in groups.items():
        if doctype == "Registry Change":
            set_many(doctype, names, {"new_unit": old[0], "new_office": old[1]}, stamp, only_drafts=True)
        elif doctype == "Beneficiary":
            set_many(doctype, names, {"administrative_unit": old[0], "office": old[1]}, stamp)
            for paper in PAPERS:
                move_papers(paper, names, new, old, stamp)
        else:
            set_many(doctype, names, {FOLLOWERS[doctype]: old[0]}, stamp)
    frappe.db.delete("Unit Move", {"reform": reform.name})
    _put_units_back(reform)
    reform.db_set({"status": "Undone", "undo": None, "run_by": None, "run_on": None})
    return dict(back)


def _put_units_back(reform) -> None:
    kept = json.loads(reform.undo or NOTHING_KEPT)
    made = {name for _doctype, name in kept["made"]}
    for row in reform.rows:
        if row.new_unit in made:
            row.db_set("new_unit", None, update_modified=False)
    for row in reform.offices:
        if row.office in made:
            row.db_set({"office": None, "office_code": row.office_code or row.office}, update_modified=False)
    for doctype, name, values in reversed(kept["before"]):
        if "succeeded_by" in values:
            frappe.db.set_value(doctype, name, values)
    for doctype, name in reversed(kept["made"]):
        # What links to a unit or office made by the reform is named by the refusal, and nothing is undone.
        frappe.delete_doc(doctype, name, ignore_permissions=True)
    for doctype, name, values in reversed(kept["before"]):
        if "succeeded_by" not in values:
            doc = frappe.get_doc(doctype, name)
            doc.update(values)
            save(doc)


def _resting_on(reform) -> list[str]:
    """What was done after the reform and stands on it."""
    kept = json.loads(reform.undo or NOTHING_KEPT)
    move, person = frappe.qb.DocType("Unit Move"), frappe.qb.DocType("Beneficiary")
    line, batch = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Batch")
    found = []
    paid = (
        frappe.qb.from_(line)
        .join(move)
        .on((move.beneficiary == line.beneficiary) & (move.new_unit == line.administrative_unit))
        .join(batch)
        .on(line.batch == batch.name)
        .select(batch.name)
        .distinct()
        .where(move.reform == reform.name)
        .where(batch.docstatus == 1)
        .where(line.status != "Cancelled")
        .where(batch.period.isin(_periods_since(reform)))
        .orderby(batch.name)
        .limit(5)
        .run()
    )
    found += [_("{0} is approved and pays people in their new unit").format(name) for (name,) in paid]
    gone = (
        frappe.qb.from_(person)
        .join(move)
        .on(move.beneficiary == person.name)
        .select(person.name)
        .where(move.reform == reform.name)
        .where((person.administrative_unit != move.new_unit) | (person.office != move.new_office))
        .orderby(person.name)
        .limit(5)
        .run()
    )
    found += [_("{0} has moved on since").format(name) for (name,) in gone]
    made = [name for doctype, name in kept["made"] if doctype == "Administrative Unit"] or [""]
    new = (
        frappe.qb.from_(person)
        .left_join(move)
        .on((move.beneficiary == person.name) & (move.reform == reform.name))
        .select(person.name)
        .where(person.administrative_unit.isin(made))
        .where(move.name.isnull())
        .orderby(person.name)
        .limit(5)
        .run()
    )
    found += [_("{0} was registered in a new unit").format(name) for (name,) in new]
    return found


def _periods_since(reform) -> list[str]:
    month = first_month(getdate(reform.effective_on)).first_day
    return frappe.get_all("Payout Period", filters={"month": [">=", month]}, pluck="name") or [""]
