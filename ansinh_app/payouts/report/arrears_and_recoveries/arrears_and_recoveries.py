"""Arrears and recoveries of a month: what was paid after, what was kept back, and what is still to come back."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Sum

from ansinh_app.core.money import as_dong
from ansinh_app.permissions import sees_people
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import Communes, counted_for, filter_month, periods_of

_AT_ONCE = 500
LINES = ("arrears_lines", "arrears", "carried_lines", "carried_over", "recovery_lines", "recovery")
CASES = ("cases", "claimed", "recovered", "repaid", "waived", "outstanding")


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `month`, `office`, `programme`, `by` (Commune or Person).

    Lines are those of the month, without cancelled ones; recovery cases stand as they do today. By commune the
    tie of the cases is shown: claimed − recovered − repaid − waived = outstanding.
    """
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month, filters.office)
    communes = Communes(month.last_day)
    message = _("Month {0}: arrears, money carried over and recoveries; recovery cases as they stand today").format(
        month.label
    )
    if filters.by == "Person":
        return _by_person(filters, month, communes, message)
    found: dict[str, dict] = defaultdict(lambda: dict.fromkeys((*LINES, *CASES), 0))
    admits = counted_for()
    for row in [*_line_sums(filters, month), *_case_sums(filters)]:
        if admits(row.office, row.unit):
            cell = found[communes.of(row.unit) or ""]
            for field in (*LINES, *CASES):
                cell[field] += as_dong(row.get(field) or 0)
    rows = [
        {"commune": communes.title(unit), **found[unit]}
        for unit in sorted(found, key=lambda unit: (communes.code(unit), unit))
        if any(found[unit].values())
    ]
    if not rows:
        return frame.answer(_columns(), [], message)
    total = frame.total_row(rows, {"commune": _("Total")}, (*LINES, *CASES))
    for row in (*rows, total):
        row["difference"] = row["claimed"] - sum(row[name] for name in CASES[2:])
    chart = frame.bars(
        [row["commune"] for row in rows],
        {
            _("Arrears"): [row["arrears"] for row in rows],
            _("Recovery"): [row["recovery"] for row in rows],
            _("Outstanding"): [row["outstanding"] for row in rows],
        },
        "Currency",
        colors=["#449CF0", "#48BB74", "#CB2929"],
    )
    return frame.answer(_columns(), [*rows, total], message, chart, _summary(total))


def _line_sums(filters, month) -> list[dict]:
    line = frappe.qb.DocType("Payout Line")
    sums = []
    for field, count in (("arrears", "arrears_lines"), ("carried_over", "carried_lines"), ("recovery", "recovery_lines")):
        sums += [
            Sum(line[field]).as_(field),
            Sum(Case().when(line[field] != 0, 1).else_(0)).as_(count),
        ]
    query = (
        frappe.qb.from_(line)
        .select(line.office, line.administrative_unit.as_("unit"), *sums)
        .where(line.period.isin(periods_of(month, office=filters.office)))
        .where(line.status != "Cancelled")
        .groupby(line.office, line.administrative_unit)
    )
    for name in ("office", "programme"):
        if filters.get(name):
            query = query.where(line[name] == filters[name])
    return query.run(as_dict=True)


def _case_sums(filters) -> list[dict]:
    """Approved cases by office and unit; a proposal claims nothing yet."""
    case, person = frappe.qb.DocType("Recovery Case"), frappe.qb.DocType("Beneficiary")
    query = (
        frappe.qb.from_(case)
        .join(person)
        .on(case.beneficiary == person.name)
        .select(case.office, person.administrative_unit.as_("unit"), Count(case.name).as_("cases"))
        .select(Sum(case.amount).as_("claimed"))
        .select(*(Sum(case[field]).as_(field) for field in CASES[2:]))
        .where(case.docstatus == 1)
        .groupby(case.office, person.administrative_unit)
    )
    for name in ("office", "programme"):
        if filters.get(name):
            query = query.where(case[name] == filters[name])
    return query.run(as_dict=True)


def _by_person(filters, month, communes: Communes, message: str) -> tuple:
    """Each line with arrears or recovery, read through the document's own permissions."""
    periods = {"month": month.first_day} | ({"office": filters.office} if filters.office else {})
    names = frappe.get_all("Payout Period", periods, pluck="name", limit_page_length=0)
    columns = _person_columns()
    if not names or not sees_people():
        return frame.answer(columns, [], message)
    wanted = {"period": ["in", names], "status": ["!=", "Cancelled"]}
    if filters.programme:
        wanted["programme"] = filters.programme
    lines = frappe.get_list(
        "Payout Line",
        filters=wanted,
        or_filters={"arrears": ["!=", 0], "recovery": ["!=", 0]},
        fields=["beneficiary", "full_name", "administrative_unit", "category_shown", "arrears", "recovery"]
        + ["monthly_amount", "total", "status"],
        order_by="administrative_unit, full_name, name",
        limit_page_length=0,
    )
    cases = _cases_of([line.beneficiary for line in lines])
    rows = [
        {
            "commune": communes.title(communes.of(line.administrative_unit)),
            "beneficiary": line.beneficiary,
            "full_name": line.full_name,
            "category": line.category_shown,
            "status": _(line.status),
            **{name: as_dong(line[name] or 0) for name in ("monthly_amount", "arrears", "recovery", "total")},
            **cases.get(line.beneficiary, {"decision": "", "outstanding": 0}),
        }
        for line in lines
    ]
    summary = [
        frame.figure(_("Arrears (đồng)"), sum(row["arrears"] for row in rows)),
        frame.figure(_("Recovery (đồng)"), sum(row["recovery"] for row in rows), "Green"),
    ]
    if rows:
        fields = ("monthly_amount", "arrears", "recovery", "total", "outstanding")
        rows = [*rows, frame.total_row(rows, {"commune": _("Total")}, fields)]
    return frame.answer(columns, rows, message, None, summary)


def _cases_of(people: list[str]) -> dict[str, dict]:
    """Person -> the decisions on recovery and what is left of them, of those the reader may list."""
    found: dict[str, dict] = {}
    if not frappe.has_permission("Recovery Case", "read"):
        return found
    people = sorted(set(people))
    for start in range(0, len(people), _AT_ONCE):
        for case in frappe.get_list(
            "Recovery Case",
            {"beneficiary": ["in", people[start : start + _AT_ONCE]], "docstatus": 1},
            ["beneficiary", "decision_no", "outstanding"],
            limit_page_length=0,
        ):
            row = found.setdefault(case.beneficiary, {"decision": "", "outstanding": 0})
            row["decision"] = ", ".join(filter(None, (row["decision"], case.decision_no)))
            row["outstanding"] += as_dong(case.outstanding or 0)
    return found


def _columns() -> list[dict]:
    return [
        frame.text("commune", _("Commune"), 180),
        frame.whole("arrears_lines", _("Lines With Arrears")),
        frame.money("arrears", _("Arrears")),
        frame.whole("carried_lines", _("Lines Carried Over")),
        frame.money("carried_over", _("Carried Over")),
        frame.whole("recovery_lines", _("Lines With Recovery")),
        frame.money("recovery", _("Recovery"), 130),
        frame.whole("cases", _("Recovery Cases")),
        frame.money("claimed", _("To Be Recovered"), 130),
        frame.money("recovered", _("Recovered"), 130),
        frame.money("repaid", _("Repaid in Cash"), 130),
        frame.money("waived", _("Waived"), 120),
        frame.money("outstanding", _("Outstanding"), 130),
        frame.money("difference", _("Difference"), 110),
    ]


def _person_columns() -> list[dict]:
    return [
        frame.text("commune", _("Commune"), 160),
        frame.text("beneficiary", _("Code"), 120),
        frame.text("full_name", _("Full Name"), 180),
        frame.text("category", _("Group"), 190),
        frame.money("monthly_amount", _("This Month"), 130),
        frame.money("arrears", _("Arrears"), 130),
        frame.money("recovery", _("Recovery"), 130),
        frame.money("total", _("Total"), 130),
        frame.text("status", _("Status"), 110),
        frame.text("decision", _("Decision on Recovery"), 170),
        frame.money("outstanding", _("Outstanding"), 130),
    ]


def _summary(total: dict) -> list[dict]:
    return [
        frame.figure(_("Arrears (đồng)"), total["arrears"]),
        frame.figure(_("Carried Over (đồng)"), total["carried_over"]),
        frame.figure(_("Recovery (đồng)"), total["recovery"], "Green"),
        frame.figure(_("Outstanding (đồng)"), total["outstanding"], "Orange"),
        frame.tied(_("Unexplained Difference (đồng)"), total["difference"]),
    ]
