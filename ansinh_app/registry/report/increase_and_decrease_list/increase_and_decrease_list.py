"""Form F6, the increases, decreases and adjustments of a month: last month's list ± these is this month's.

NĐ 20/2021 Đ34.4. The two lists are compared line by line, so the sums always tie; the reasons are looked up.
"""

from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.core.months import Month
from ansinh_app.permissions import sees_people
from ansinh_app.registry.people import birth, day
from ansinh_app.utils.reports import Communes, counted_for, filter_month

_AT_ONCE = 1000
_GROUPS = ("Increase", "Decrease", "Adjustment")


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `month`, `office`, `programme`; amounts in đồng a month."""
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month)
    if not sees_people():
        return _columns(), [], "", None, []
    before, after = _list(month - 1, filters), _list(month, filters)
    groups: dict[str, list[dict]] = {name: [] for name in _GROUPS}
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        was, now = (old.monthly_amount if old else 0), (new.monthly_amount if new else 0)
        if was != now:
            name = "Increase" if not old else "Decrease" if not new else "Adjustment"
            groups[name].append({"line": new or old, "old_amount": was, "new_amount": now})
    _explain(groups, month)
    communes = Communes(month.last_day)
    rows = []
    for name in _GROUPS:
        rows += _rows(name, groups[name], communes)
    sums = {name: sum(item["new_amount"] - item["old_amount"] for item in groups[name]) for name in _GROUPS}
    last, this = (sum(line.monthly_amount for line in lines.values()) for lines in (before, after))
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
        {"value": last, "label": _("Last Month (đồng)"), "datatype": "Int", "indicator": "Blue"},
        {"value": sums["Increase"], "label": _("Increases (đồng)"), "datatype": "Int", "indicator": "Green"},
        {"value": sums["Decrease"], "label": _("Decreases (đồng)"), "datatype": "Int", "indicator": "Red"},
        {
            "value": sums["Adjustment"],
            "label": _("Adjustments (đồng)"),
            "datatype": "Int",
            "indicator": "Orange",
        },
        {"value": this, "label": _("This Month (đồng)"), "datatype": "Int", "indicator": "Blue"},
    ]
    return _columns(), rows, message, None, summary


def _list(month: Month, filters) -> dict[tuple[str, str], dict]:
    """A month's list by person and benefit: the lines with an amount for the month itself."""
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(line)
        .join(period)
        .on(line.period == period.name)
        .select(
            line.beneficiary,
            line.benefit,
            line.full_name,
            line.category_shown,
            line.office,
            line.administrative_unit,
            line.entitlement,
            line.monthly_amount,
            line.arrears,
            line.recovery,
        )
        .where(period.month == month.first_day)
        .where(line.kind == "Regular")
        .where(line.status != "Cancelled")
        .where(line.monthly_amount > 0)
    )
    if filters.office:
        query = query.where(line.office == filters.office)
    if filters.programme:
        query = query.where(line.programme == filters.programme)
    admits = counted_for()
    found = {}
    for row in query.run(as_dict=True):
        if admits(row.office, row.administrative_unit):
            row.update(
                {field: as_dong(row[field] or 0) for field in ("monthly_amount", "arrears", "recovery")}
            )
            found[row.beneficiary, row.benefit] = row
    return found


def _explain(groups: dict[str, list[dict]], month: Month) -> None:
    """Beside each difference the decision behind it: the last change known, else the entitlement's own."""
    items = [item for rows in groups.values() for item in rows]
    names = sorted({item["line"].beneficiary for item in items})
    people, changes, terms = {}, {}, {}
    for start in range(0, len(names), _AT_ONCE):
        some = ["in", names[start : start + _AT_ONCE]]
        for row in frappe.get_all(
            "Beneficiary", filters={"name": some}, fields=["name", "date_of_birth", "dob_precision"]
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
            fields=["name", "decision_no", "decision_date", "effective_from"],
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
            item.update(_decision(name, change if recent else None, term, month))


def _decision(name: str, change, term, month: Month) -> dict:
    if change:
        counts = change.effective_month or change.decision_date
        return {
            "reason": _(change.change_type),
            "from_month": Month.of(getdate(counts)).label,
            "decision": _numbered(change.decision_no, change.decision_date),
        }
    reason = {
        "Increase": _("New on the list"),
        "Decrease": _("No longer on the list"),
        "Adjustment": _("Rate or age"),
    }[name]
    decision = _numbered(term.decision_no, term.decision_date) if name == "Increase" else ""
    return {"reason": reason, "from_month": month.label, "decision": decision}


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
        ("old_amount", _("Old Amount"), "Currency", 110),
        ("new_amount", _("New Amount"), "Currency", 110),
        ("difference", _("Difference"), "Currency", 110),
        ("from_month", _("From Month"), "Data", 100),
        ("decision", _("Decision"), "Data", 170),
        ("reason", _("Reason"), "Data", 150),
        ("arrears", _("Arrears"), "Currency", 100),
        ("recovery", _("Recovery"), "Currency", 100),
    )
    return [
        {"fieldname": name, "label": label, "fieldtype": kind, "width": width}
        | ({"options": "VND", "precision": 0} if kind == "Currency" else {})
        for name, label, kind, width in columns
    ]
