"""Form F6, the increases, decreases and adjustments of a month: last month's list ± these is this month's.

NĐ 20/2021 Đ34.4. The two lists are compared line by line, so the sums always tie; the reasons are looked up.
"""

import json
from datetime import date
from typing import NamedTuple

import frappe
from frappe import _
from frappe.query_builder.functions import Sum
from frappe.utils import getdate

from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.core.months import Month
from ansinh_app.permissions import sees_people
from ansinh_app.registry.people import birth, day
from ansinh_app.utils import many
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import Communes, counted_for, filter_month, periods_of

_AT_ONCE = 1000
_GROUPS = ("Increase", "Decrease", "Adjustment")


class _Line(NamedTuple):
    """What of a line tells two lists apart; `amount`: đồng for the list's own month, `early`: paid with the one before."""

    name: str
    beneficiary: str
    benefit: str
    administrative_unit: str
    amount: int
    advance: float
    status: str
    early: bool = False


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `month`, `office`, `programme`; amounts in đồng a month.

    The last rows are the tie: last month's list, what was added and taken, this month's list as the database
    sums it, and the difference, which is 0. A change nobody decided is marked in the column of the tie.
    """
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month, filters.office)
    if not sees_people():
        return frame.answer(_columns(), [])
    read = {one: _read(one, filters) for one in (month - 1, month)}
    early = {month - 1: _paid_early(month - 1, _read(month - 2, filters, early=True))}
    early[month] = _paid_early(month, read[month - 1])
    before, after = (_on_the_list(read[one]) | early[one] for one in (month - 1, month))
    groups: dict[str, list[dict]] = {name: [] for name in _GROUPS}
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        was, now = (old.amount if old else 0), (new.amount if new else 0)
        if was != now:
            name = "Increase" if not old else "Decrease" if not new else "Adjustment"
            groups[name].append({"line": new or old, "old_amount": was, "new_amount": now})
    _complete(groups)
    _explain(groups, month)
    communes = Communes(month.last_day)
    rows = []
    for name in _GROUPS:
        rows += _rows(name, groups[name], communes)
    sums = {name: sum(item["new_amount"] - item["old_amount"] for item in groups[name]) for name in _GROUPS}
    last, this = (_summed(one, filters, early[one]) for one in (month - 1, month))
    difference = this - last - sum(sums.values())
    untied = sum(not item["tied"] for items in groups.values() for item in items)
    if before or after:
        rows += _tie_rows(month, last, this, sums, difference)
    message = _("List of {0}: {1} lines, {2} đ. Increases {3}: {4} đ. Decreases {5}: {6} đ.").format(
        (month - 1).label,
        len(before),
        format_dong(last),
        len(groups["Increase"]),
        format_dong(sums["Increase"]),
        len(groups["Decrease"]),
        format_dong(sums["Decrease"]),
    )
    message += " " + _("Adjustments {0}: {1} đ. List of {2}: {3} lines, {4} đ.").format(
        len(groups["Adjustment"]),
        format_dong(sums["Adjustment"]),
        month.label,
        len(after),
        format_dong(this),
    )
    summary = [
        frame.figure(_("Last Month (đồng)"), last),
        frame.figure(_("Increases (đồng)"), sums["Increase"], "Green"),
        frame.figure(_("Decreases (đồng)"), sums["Decrease"], "Red"),
        frame.figure(_("Adjustments (đồng)"), sums["Adjustment"], "Orange"),
        frame.figure(_("This Month (đồng)"), this),
        frame.tied(_("Unexplained Difference (đồng)"), difference),
        frame.tied(_("Changes Without a Decision"), untied),
    ]
    return frame.answer(_columns(), rows, message, _chart(groups, communes), summary)


def _tie_rows(month: Month, last: int, this: int, sums: dict[str, int], difference: int) -> list[dict]:
    steps = (
        (_("List of {0}").format((month - 1).label), "new_amount", last),
        (_("Increase"), "difference", sums["Increase"]),
        (_("Decrease"), "difference", sums["Decrease"]),
        (_("Adjustment"), "difference", sums["Adjustment"]),
        (_("List of {0}").format(month.label), "new_amount", this),
        (_("Unexplained Difference"), "difference", difference),
    )
    return [{"no": None, "full_name": label, field: amount, "bold": 1} for label, field, amount in steps]


def _chart(groups: dict[str, list[dict]], communes: Communes) -> dict | None:
    """How many changes of each kind, by commune."""
    counts: dict[str, dict] = {}
    for name, items in groups.items():
        for item in items:
            place = communes.title(communes.of(item["line"].administrative_unit))
            counts.setdefault(place, dict.fromkeys(_GROUPS, 0))[name] += 1
    places = sorted(counts)
    titles = {"Increase": _("Increase"), "Decrease": _("Decrease"), "Adjustment": _("Adjustment")}
    return frame.bars(
        places,
        {titles[name]: [counts[place][name] for place in places] for name in _GROUPS},
        stacked=True,
        colors=["#48BB74", "#CB2929", "#ECAD4B"],
    )


def _summed(month: Month, filters, early: dict[tuple[str, str], _Line]) -> int:
    """The month's list as the database sums it: by units, so that it proves the sum of the lines read singly.

    `early`: its lines paid with the month before.
    """
    line = frappe.qb.DocType("Payout Line")
    query = _of_month(
        frappe.qb.from_(line)
        .select(line.office, line.administrative_unit, Sum(line.monthly_amount).as_("amount"))
        .where(line.monthly_amount > 0)
        .groupby(line.office, line.administrative_unit),
        month,
        filters,
    )
    admits = counted_for()
    rows = query.run(as_dict=True)
    return sum(line.amount for line in early.values()) + sum(
        as_dong(row.amount or 0) for row in rows if admits(row.office, row.administrative_unit)
    )


def _paid_early(month: Month, before: list[_Line]) -> dict[tuple[str, str], _Line]:
    """Lines of the month before that paid this month with it (TT 44/2022 Đ8.3): nobody on them has left the list."""
    lines = {line.name: line for line in before if line.advance > 0 and line.status not in ("Failed", "Uncollected")}
    found = {}
    for name, months in many.rows_among("Payout Line", ("name", "months"), "name", list(lines)):
        amount = json.loads(months or "{}").get(str(month), 0)
        if amount > 0:
            line = lines[name]
            found[line.beneficiary, line.benefit] = line._replace(amount=amount, early=True)
    return found


def _of_month(query, month: Month, filters):
    line = frappe.qb.DocType("Payout Line")
    query = (
        query.where(line.period.isin(periods_of(month, office=filters.office)))
        .where(line.kind == "Regular")
        .where(line.status != "Cancelled")
    )
    if filters.office:
        query = query.where(line.office == filters.office)
    return query.where(line.programme == filters.programme) if filters.programme else query


def _read(month: Month, filters, early: bool = False) -> list[_Line]:
    """The month's lines with an amount for itself or, paid early, for months after it; `early`: the latter alone."""
    line = frappe.qb.DocType("Payout Line")
    query = (
        frappe.qb.from_(line)
        .select(line.name, line.beneficiary, line.benefit, line.office, line.administrative_unit)
        .select(line.monthly_amount, line.advance, line.status)
        .where(line.advance > 0 if early else (line.monthly_amount > 0) | (line.advance > 0))
    )
    admits = counted_for()
    return [
        _Line(name, beneficiary, benefit, unit, as_dong(amount or 0), advance, status)
        for name, beneficiary, benefit, office, unit, amount, advance, status in _of_month(query, month, filters).run()
        if admits(office, unit)
    ]


def _on_the_list(lines: list[_Line]) -> dict[tuple[str, str], _Line]:
    """A month's list by person and benefit: the lines with an amount for the month itself."""
    return {(line.beneficiary, line.benefit): line for line in lines if line.amount > 0}


def _complete(groups: dict[str, list[dict]]) -> None:
    """The rest of what is shown, read of the lines that differ alone: two lists are two hundred thousand."""
    items = [item for rows in groups.values() for item in rows]
    columns = ("name", "full_name", "category_shown", "entitlement", "arrears", "recovery")
    names = [item["line"].name for item in items]
    rest = {row[0]: row[1:] for row in many.rows_among("Payout Line", columns, "name", names)}
    for item in items:
        line = item["line"]
        full_name, category_shown, entitlement, arrears, recovery = rest[line.name]
        item["line"] = frappe._dict(
            beneficiary=line.beneficiary,
            administrative_unit=line.administrative_unit,
            full_name=full_name,
            category_shown=category_shown,
            entitlement=entitlement,
            # They were paid with the month before, in its list.
            arrears=0 if line.early else as_dong(arrears or 0),
            recovery=0 if line.early else as_dong(recovery or 0),
        )


def _explain(groups: dict[str, list[dict]], month: Month) -> None:
    """Beside each difference the decision behind it: the last change known, else the entitlement's own."""
    items = [item for rows in groups.values() for item in rows]
    names = sorted({item["line"].beneficiary for item in items})
    people, changes, terms = {}, {}, {}
    for start in range(0, len(names), _AT_ONCE):
        some = ["in", names[start : start + _AT_ONCE]]
        for row in frappe.get_all(
            "Beneficiary",
            filters={"name": some},
            fields=["name", "date_of_birth", "dob_precision", "deceased_on"],
        ):
            people[row.name] = row
        for row in frappe.get_all(
            "Registry Change",
            filters={"beneficiary": some, "docstatus": 1, "decision_date": ["<=", month.last_day]},
            fields=["beneficiary", "change_type", "entitlement", "result_entitlement", "effective_month"]
            + ["decision_no", "decision_date"],
            order_by="decision_date, name",
        ):
            if row.effective_month and getdate(row.effective_month) > month.first_day:
                continue
            for about in {row.entitlement, row.result_entitlement, row.beneficiary} - {None, ""}:
                changes[about] = row
        for row in frappe.get_all(
            "Entitlement",
            filters={"beneficiary": some, "docstatus": 1},
            fields=["name", "decision_no", "decision_date", "effective_from", "effective_to", "stop_decision_date"],
        ):
            terms[row.name] = row
    first = (month - 1).first_day
    for name, rows in groups.items():
        for item in rows:
            line = item["line"]
            person = people.get(line.beneficiary) or frappe._dict()
            item["born"] = birth(person.date_of_birth, person.dob_precision)
            change = changes.get(line.entitlement) or changes.get(line.beneficiary)
            term = terms.get(line.entitlement) or frappe._dict()
            recent = change and getdate(change.decision_date) >= first
            item.update(_decision(name, change if recent else None, term, person, month))


def _decision(name: str, change, term, person, month: Month) -> dict:
    """Why the amount changed and by which decision; `tied` where there is one, or the law itself is the cause."""
    if change:
        counts = change.effective_month or change.decision_date
        return {
            "reason": _(change.change_type),
            "from_month": Month.of(getdate(counts)).label,
            "decision": _numbered(change.decision_no, change.decision_date),
            "tied": True,
        }
    answer = {"from_month": month.label, "decision": "", "tied": True}
    if name == "Increase":
        answer["decision"] = _numbered(term.decision_no, term.decision_date)
        return answer | {"reason": _("New on the list"), "tied": bool(term.decision_date)}
    if name == "Adjustment":
        return answer | {"reason": _("Rate or age")}
    if person.deceased_on and Month.of(getdate(person.deceased_on)) < month:
        return answer | {"reason": _("Death")}
    if term.effective_to and Month.of(getdate(term.effective_to)) < month:
        return answer | {"reason": _("Stop"), "decision": _numbered("", term.stop_decision_date)}
    return answer | {"reason": _("No longer on the list"), "tied": False}


def _numbered(number: str | None, on: date | None) -> str:
    return ", ".join(filter(None, (number, day(on) if on else "")))


def _rows(name: str, items: list[dict], communes: Communes) -> list[dict]:
    """The group's heading with its sums, then its lines by commune and name."""
    if not items:
        return []

    def place(item):
        unit = communes.of(item["line"].administrative_unit)
        return communes.code(unit), item["line"].full_name, item["line"].beneficiary

    rows = []
    for number, item in enumerate(sorted(items, key=place), start=1):
        line = item["line"]
        rows.append(
            {
                "no": number,
                "beneficiary": line.beneficiary,  # no column: by it the log of personal data counts people
                "full_name": line.full_name,
                "born": item["born"],
                "commune": communes.title(communes.of(line.administrative_unit)),
                "category": line.category_shown,
                "old_amount": item["old_amount"],
                "new_amount": item["new_amount"],
                "difference": item["new_amount"] - item["old_amount"],
                "from_month": item["from_month"],
                "decision": item["decision"],
                "reason": item["reason"],
                "tie": "" if item["tied"] else _("No decision found"),
                "arrears": line.arrears if item["new_amount"] else 0,
                "recovery": line.recovery if item["new_amount"] else 0,
            }
        )
    title = {"Increase": _("Increase"), "Decrease": _("Decrease"), "Adjustment": _("Adjustment")}[name]
    heading = {"no": None, "full_name": f"{title}: {len(items)}", "bold": 1}
    for field in ("old_amount", "new_amount", "difference", "arrears", "recovery"):
        heading[field] = sum(row[field] for row in rows)
    return [heading, *rows]


def _columns() -> list[dict]:
    columns = (
        ("no", _("No."), "Int", 60),
        ("full_name", _("Full Name"), "Data", 190),
        ("born", _("Born"), "Data", 100),
        ("commune", _("Commune"), "Data", 150),
        ("category", _("Group"), "Data", 190),
        ("old_amount", _("Old Amount"), "Currency", 150),
        ("new_amount", _("New Amount"), "Currency", 150),
        ("difference", _("Difference"), "Currency", 140),
        ("from_month", _("From Month"), "Data", 100),
        ("decision", _("Decision"), "Data", 170),
        ("reason", _("Reason"), "Data", 150),
        ("tie", _("Tie"), "Data", 140),
        ("arrears", _("Arrears"), "Currency", 100),
        ("recovery", _("Recovery"), "Currency", 100),
    )
    return [
        {"fieldname": name, "label": label, "fieldtype": kind, "width": width}
        | ({"options": "VND", "precision": 0} if kind == "Currency" else {})
        for name, label, kind, width in columns
    ]
