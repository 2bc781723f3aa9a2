"""Papers of a Payout Period: F6, increases, decreases and adjustments (NĐ 20/2021 Đ34.4), and F7, funds by commune.

Layouts by design (DOMAIN §3.2). Amounts in đồng; groups by their neutral titles.
"""

from collections import defaultdict

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate

from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.oversight import personal_data
from ansinh_app.oversight.sending import vietnamese
from ansinh_app.permissions import sees_people
from ansinh_app.registry.report.increase_and_decrease_list import increase_and_decrease_list as changes
from ansinh_app.utils import paper_tables
from ansinh_app.utils.paper_tables import Column
from ansinh_app.utils.printing import may_print, office_paper, people_said, say, say_value, words
from ansinh_app.utils.reports import Communes, counted_for

_HEAD, _SIGN = 52, 38


def _month_paper(doc) -> tuple[dict, Month]:
    may_print(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    month = Month.of(getdate(doc.month))
    prepared = getdate(doc.prepared_on) if doc.prepared_on else None
    paper = office_paper(office, prepared)
    paper.update(month_text=month.label, mark="" if doc.prepared_on else say("DRAFT PAPER"))
    return paper, month


def changes_list_paper(doc) -> dict:
    """F6: last month's list, what came in, went out and changed, this month's list. Names people."""
    if not sees_people():
        frappe.throw(_("This list names people, and your role does not see people."), frappe.PermissionError)
    paper, month = _month_paper(doc)
    with vietnamese():
        rows = changes.execute({"month": month.first_day, "office": doc.office})[1]
    keys = ("old_amount", "new_amount", "difference", "arrears", "recovery")
    table_rows, ties, totals = [], [], None
    for row in rows:
        line = {**row, **{key: as_dong(row.get(key) or 0) for key in keys}}
        # A heading has its group's sums; the last rows are the two lists and what lies between them.
        if row.get("bold") and row.get("arrears") is None:
            ties.append((row["full_name"], line["new_amount"] or line["difference"]))
        elif row.get("bold"):
            _close(table_rows, totals)
            totals = line
            table_rows.append(("head", row["full_name"]))
        else:
            table_rows.append(("line", line))
    _close(table_rows, totals)
    people = sum(kind == "line" for kind, _row in table_rows)
    personal_data.record("Print", doc.doctype, doc.name, what="Increases and Decreases", people=people)
    columns = [
        Column("no", say("No."), 9, "digits"),
        Column("full_name", say("Full name"), 34),
        Column("born", say("Born"), 17, "digits"),
        Column("commune", say("Commune"), 26),
        Column("category", say("Group"), 27),
        Column("old_amount", say("Old amount"), 18, "num", summed=True, always=True),
        Column("new_amount", say("New amount"), 18, "num", summed=True, always=True),
        Column("difference", say("Difference"), 18, "num", summed=True, always=True),
        Column("from_month", say("From month"), 14, "digits"),
        Column("decision", say("Decision, day"), 27),
        Column("reason", say("Reason"), 24),
        Column("arrears", say("Arrears"), 17, "num", summed=True),
        Column("recovery", say("Recovery"), 17, "num", summed=True),
    ]
    paper.update(
        table=paper_tables.lay_out(
            columns,
            table_rows,
            people_said(),
            first=paper_tables.LANDSCAPE_ROWS - _HEAD,
            last=_SIGN + 34,
        )
        if table_rows
        else None,
        ties=ties,
    )
    return paper


def _close(rows: list, totals: dict | None) -> None:
    if totals:
        rows.append(("sum", {"label": say("Sum"), "totals": totals}))


def funding_paper(doc) -> dict:
    """F7: people and money by commune and group, the channels beside them, all channels below."""
    paper, month = _month_paper(doc)
    communes = Communes(month.last_day)
    ways, cells = _funds(doc.name, communes)
    lines = [cells[key] for key in sorted(cells, key=lambda key: (communes.code(key[0]), key[1]))]
    for line in lines:
        line["place"] = communes.title(line["unit"])
    money = ("people", "monthly", "one_off", "arrears", "carried_over", "advance", "recovery", "total")
    keys = (*money, *(f"way_{place}" for place in range(len(ways))))
    for number, line in enumerate(lines, start=1):
        line["number"] = number
    rows = paper_tables.grouped(lines, lambda line: line["place"], say("Sum {0}"), keys)
    early = [Column("advance", say("Paid early for later months"), 18, "num", summed=True)]
    if not any(line["advance"] for line in lines):
        early = []
    columns = [
        Column("number", say("No."), 8, "digits"),
        Column("group", say("Group"), 36),
        Column("people", say("People"), 13, "num", summed=True, always=True),
        Column("monthly", say("Monthly allowance"), 22, "num", summed=True, always=True),
        Column("one_off", say("Funeral and other one-off grants"), 20, "num", summed=True),
        Column("arrears", say("Arrears"), 18, "num", summed=True),
        Column("carried_over", say("Not received before"), 18, "num", summed=True),
        *early,
        Column("recovery", say("Recovery"), 17, "num", summed=True),
        Column("total", say("Total paid"), 23, "num", summed=True, always=True),
    ]
    columns += [
        Column(f"way_{place}", way["short"], 21, "num", summed=True) for place, way in enumerate(ways)
    ]
    total = sum(line["total"] for line in lines)
    said = {"page": say("This page"), "forward": say("Carried forward"), "whole": say("Grand total")}
    paper.update(
        table=paper_tables.lay_out(
            columns, rows, said, first=paper_tables.LANDSCAPE_ROWS - _HEAD, last=_SIGN + 18 + 5 * len(ways)
        )
        if rows
        else None,
        ways=[
            frappe._dict(
                title=way["title"],
                people=way["people"],
                amount=sum(line.get(f"way_{place}") or 0 for line in lines),
            )
            for place, way in enumerate(ways)
        ],
        people=sum(line["people"] for line in lines),
        total=total,
        words=words(total),
    )
    return paper


def _funds(period: str, communes: Communes) -> tuple[list[dict], dict]:
    """Channels of the period in order, and its cells by (commune, group), from the lines that are not cancelled."""
    line = frappe.qb.DocType("Payout Line")
    keys = (
        line.office,
        line.administrative_unit,
        line.category_shown,
        line.provider,
        line.channel,
        line.kind,
    )
    fields = ("monthly_amount", "arrears", "carried_over", "advance", "recovery", "total")
    rows = (
        frappe.qb.from_(line)
        .select(*keys, Count(line.beneficiary).distinct().as_("people"))
        .select(*(Sum(line[field]).as_(field) for field in fields))
        .where(line.period == period)
        .where(line.status != "Cancelled")
        .groupby(*keys)
        .run(as_dict=True)
    )
    admits = counted_for()
    rows = [row for row in rows if admits(row.office, row.administrative_unit)]
    order = sorted({(row.provider or "", row.channel or "") for row in rows})
    ways = [_way(*key) for key in order]
    cells: dict = defaultdict(lambda: defaultdict(int))
    for row in rows:
        unit = communes.of(row.administrative_unit) or ""
        cell = cells[(unit, row.category_shown or "")]
        cell["unit"], cell["group"] = unit, row.category_shown or ""
        place = order.index((row.provider or "", row.channel or ""))
        once = row.kind == "One-off"
        # A grant stands beside the allowance of a person who is counted there already, or in its own group.
        cell["people"] += 0 if once else int(row.people)
        ways[place]["people"] += int(row.people)
        cell["one_off" if once else "monthly"] += as_dong(row.monthly_amount or 0)
        for field in ("arrears", "carried_over", "advance", "recovery", "total"):
            cell[field] += as_dong(row[field] or 0)
        cell[f"way_{place}"] += as_dong(row.total or 0)
    return ways, cells


def _way(provider: str, channel: str) -> dict:
    names = frappe.db.get_value("Payment Service Provider", provider, ["short_name", "provider_name"]) or (
        "",
        "",
    )
    short = names[0] or provider or "–"
    return {
        "short": f"{short}, {say_value(channel).lower()}" if channel else short,
        "title": f"{names[1] or short} – {say_value(channel).lower()}" if channel else short,
        "people": 0,
    }
