"""Where people lived and who paid them before they moved: single transfers, and whole communes by a reform."""

from collections import defaultdict
from datetime import date

import frappe
from frappe.utils import get_datetime, getdate

from ansinh_app.core.months import Month

_AT_ONCE = 1000


def moves_of(
    office: str | None = None, beneficiary: str | None = None, people: tuple[str, ...] = ()
) -> dict[str, list[dict]]:
    """Moves by beneficiary in the order they were carried out, each with the month the new place pays from.

    Transfers of everybody; of the reforms those of an office's people (now or then), of one person or of some.
    A row has decided_on, pays_from, old_unit, new_unit, old_office, new_office, and `reform` where it is one.
    """
    found = _transfers()
    for row in _reform_moves(office, beneficiary, people):
        _put_in_order(found[row.beneficiary], row)
    return found


def _transfers() -> dict[str, list[dict]]:
    """Approved transfers in the order decided (NĐ 20/2021 Đ8.4: paid elsewhere from the month after)."""
    rows = frappe.get_all(
        "Registry Change",
        filters={"docstatus": 1, "change_type": "Transfer", "old_unit": ["is", "set"]},
        fields=["name", "beneficiary", "effective_month", "decision_date", "approved_on"]
        + ["old_unit", "new_unit", "old_office", "new_office"],
        order_by="decision_date, name",
        limit_page_length=0,
    )
    found: dict[str, list[dict]] = defaultdict(list)
    for row in rows:
        row.reform = None
        row.decided_on = getdate(row.decision_date)
        after = Month.of(row.decided_on) + 1
        row.pays_from = Month.parse(getdate(row.effective_month)) if row.effective_month else after
        row.carried_out = get_datetime(row.approved_on) if row.approved_on else None
        found[row.beneficiary].append(row)
    return found


def _reform_moves(office: str | None, beneficiary: str | None, people: tuple[str, ...]) -> list[dict]:
    if not frappe.db.exists("Unit Reform", {"status": "Completed"}):
        return []
    move, person = frappe.qb.DocType("Unit Move"), frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(move)
        .join(person)
        .on(move.beneficiary == person.name)
        .select(
            move.reform,
            move.beneficiary,
            move.effective_on,
            move.decided_on,
            move.old_unit,
            move.new_unit,
            move.old_office,
            move.new_office,
            move.creation,
        )
        .orderby(move.effective_on)
        .orderby(move.creation)
    )
    if office:
        concerned = (person.office == office) | (move.old_office == office) | (move.new_office == office)
        query = query.where(concerned)
    if beneficiary:
        query = query.where(move.beneficiary == beneficiary)
    rows = []
    chunks = [people[start : start + _AT_ONCE] for start in range(0, len(people), _AT_ONCE)] or [None]
    for chunk in chunks:
        rows += (query.where(move.beneficiary.isin(chunk)) if chunk else query).run(as_dict=True)
    for row in rows:
        row.decided_on = getdate(row.decided_on or row.effective_on)
        row.pays_from = first_month(getdate(row.effective_on))
        row.carried_out = get_datetime(row.creation)
    return rows


def first_month(effective_on: date) -> Month:
    """The first month the new place pays: that of a reform on a first day, else the month after."""
    month = Month.of(effective_on)
    return month if effective_on.day == 1 else month + 1


def _put_in_order(moves: list[dict], reform: dict) -> None:
    """Behind the moves carried out before it, so that each starts where the one before it ended."""
    place = len(moves)
    while place and moves[place - 1].carried_out and moves[place - 1].carried_out > reform.carried_out:
        place -= 1
    moves.insert(place, reform)


def lived_then(day: date) -> dict[str, tuple[str, str]]:
    """Beneficiary -> (unit, office) on an earlier day, of everybody a reform has moved since."""
    if not frappe.db.exists("Unit Reform", {"status": "Completed", "effective_on": [">", day]}):
        return {}
    move = frappe.qb.DocType("Unit Move")
    rows = (
        frappe.qb.from_(move)
        .select(move.beneficiary, move.old_unit, move.old_office)
        .where(move.document_type == "Beneficiary")
        .where(move.effective_on > day)
        .orderby(move.effective_on)
        .orderby(move.creation)
        .run()
    )
    found: dict[str, tuple[str, str]] = {}
    for beneficiary, unit, office in rows:
        found.setdefault(beneficiary, (unit, office))
    return found
