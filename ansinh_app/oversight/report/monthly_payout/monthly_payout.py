"""Monthly payout by commune and channel: how many people, how much, through whom (form F7, plan IV.6)."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum

from ansinh_app.core.money import as_dong
from ansinh_app.utils.reports import communes_for, counted_for, filter_month

MONEY = ("monthly_amount", "arrears", "carried_over", "recovery", "total")


def execute(filters=None):
    """Columns, rows, message, chart, summary for a month. Filters: `month`, `office`, `programme`,
    `units` (as in the month, or Today: the successors of merged communes).

    One column pair (people, đồng) for each provider and channel; the last row is the total.
    """
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month)
    communes = communes_for(filters, month.last_day)
    sums = _sums(filters, month)
    ways = sorted({(row.provider or "", row.channel or "") for row in sums})
    cells: dict[str, dict] = defaultdict(lambda: defaultdict(int))
    for row in sums:
        unit = communes.of(row.administrative_unit)
        way = ways.index((row.provider or "", row.channel or ""))
        cell = cells[unit]
        cell[f"people_{way}"] += int(row.lines)
        cell[f"amount_{way}"] += as_dong(row.total or 0)
        cell["people"] += int(row.lines)
        for field in MONEY:
            cell[field] += as_dong(row[field] or 0)
    rows = [
        {"commune": communes.title(unit), **cells[unit]}
        for unit in sorted(cells, key=lambda unit: (communes.code(unit), str(unit)))
    ]
    message = _("Payout lines of month {0}, without cancelled ones").format(month.label)
    if not rows:
        return _columns(ways), [], message, None, []
    total = {"commune": _("Total"), "bold": 1}
    for key in {key for row in rows for key in row if key != "commune"}:
        total[key] = sum(row.get(key, 0) for row in rows)
    return _columns(ways), [*rows, total], message, _chart(ways, total), _summary(total)


def _sums(filters, month) -> list[dict]:
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(line)
        .join(period)
        .on(line.period == period.name)
        .select(
            line.office, line.administrative_unit, line.provider, line.channel, Count(line.name).as_("lines")
        )
        .select(*(Sum(line[field]).as_(field) for field in MONEY))
        .where(period.month == month.first_day)
        .where(line.status != "Cancelled")
        .groupby(line.office, line.administrative_unit, line.provider, line.channel)
    )
    if filters.office:
        query = query.where(line.office == filters.office)
    if filters.programme:
        query = query.where(line.programme == filters.programme)
    admits = counted_for()
    return [row for row in query.run(as_dict=True) if admits(row.office, row.administrative_unit)]


def _way(provider: str, channel: str) -> str:
    name = frappe.db.get_value("Payment Service Provider", provider, "short_name") if provider else ""
    return f"{name or provider or _('No provider')} - {_(channel)}" if channel else name or provider


def _columns(ways: list[tuple[str, str]]) -> list[dict]:
    def money(fieldname: str, label: str) -> dict:
        return {
            "fieldname": fieldname,
            "label": label,
            "fieldtype": "Currency",
            "options": "VND",
            "precision": 0,
            "width": 140,
        }

    columns = [{"fieldname": "commune", "label": _("Commune"), "fieldtype": "Data", "width": 180}]
    for index, (provider, channel) in enumerate(ways):
        way = _way(provider, channel)
        label = _("{0}: lines").format(way)
        columns.append({"fieldname": f"people_{index}", "label": label, "fieldtype": "Int", "width": 110})
        columns.append(money(f"amount_{index}", _("{0}: đồng").format(way)))
    columns.append({"fieldname": "people", "label": _("Lines"), "fieldtype": "Int", "width": 90})
    labels = (_("This Month"), _("Arrears"), _("Carried Over"), _("Recovery"), _("Total"))
    columns += [money(field, label) for field, label in zip(MONEY, labels, strict=True)]
    return columns


def _chart(ways: list[tuple[str, str]], total: dict) -> dict:
    values = [total.get(f"amount_{index}", 0) for index in range(len(ways))]
    return {
        "data": {
            "labels": [_way(*way) for way in ways],
            "datasets": [{"name": _("Total"), "values": values}],
        },
        "type": "bar",
        "colors": ["#2490ef"],
        "fieldtype": "Currency",
    }


def _summary(total: dict) -> list[dict]:
    # Int, not Currency: desks print a Currency of a summary with two decimals that đồng do not have.
    items = (
        (_("Lines"), "people", "Blue"),
        (_("Total (đồng)"), "total", "Green"),
        (_("Arrears (đồng)"), "arrears", "Orange"),
        (_("Recovery (đồng)"), "recovery", "Red"),
    )
    return [
        {"value": total[field], "label": label, "datatype": "Int", "indicator": indicator}
        for label, field, indicator in items
    ]
