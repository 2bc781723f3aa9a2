"""Monthly payout by commune, group and channel: how many lines, how much, through whom (form F7, plan IV.6)."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum

from ansinh_app.core.money import as_dong
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import communes_for, counted_for, filter_month, periods_of

MONEY = ("monthly_amount", "arrears", "carried_over", "advance", "recovery", "total")
_BY = {"Commune": (1, 0), "Group": (0, 1), "Commune and Group": (1, 1)}


def execute(filters=None):
    """Columns, rows, message, chart, summary for a month. Filters: `month`, `office`, `programme`,
    `by` (one row for each Commune, Group, or Commune and Group; the group's wording is the neutral one),
    `units` (as in the month, or Today: the successors of merged communes).

    One column pair (lines, đồng) for each provider and channel; the last row is the total.
    """
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month, filters.office)
    communes = communes_for(filters, month.last_day)
    with_commune, with_group = _BY.get(filters.by, _BY["Commune"])
    sums = _sums(filters, month)
    ways = sorted({(row.provider or "", row.channel or "") for row in sums})
    names = _names(ways)
    cells: dict[tuple, dict] = defaultdict(lambda: defaultdict(int))
    for row in sums:
        place = communes.of(row.administrative_unit) if with_commune else ""
        way = ways.index((row.provider or "", row.channel or ""))
        cell = cells[place, (row.category_shown or "") if with_group else ""]
        cell[f"people_{way}"] += int(row.lines)
        cell[f"amount_{way}"] += as_dong(row.total or 0)
        cell["people"] += int(row.lines)
        for field in MONEY:
            cell[field] += as_dong(row[field] or 0)
    rows = [
        {"commune": communes.title(key[0]) if with_commune else "", "group": key[1], **cells[key]}
        for key in sorted(cells, key=lambda key: (communes.code(key[0]), str(key[0]), key[1]))
    ]
    message = _("Payout lines of month {0}, without cancelled ones").format(month.label)
    columns = _columns(names, with_commune, with_group)
    if not rows:
        return frame.answer(columns, [], message)
    for row in rows:
        row.update({key: 0 for key in _counted(ways) if key not in row})
    total = frame.total_row(rows, {"commune" if with_commune else "group": _("Total")}, _counted(ways))
    chart = _chart(rows, names, "commune" if with_commune else "group")
    return frame.answer(columns, [*rows, total], message, chart, _summary(total))


def _chart(rows: list[dict], names: list[str], key: str) -> dict | None:
    """Đồng by commune (or group), one colour for each way of payment."""
    places = list(dict.fromkeys(row[key] for row in rows))
    series = {
        name: [sum(row[f"amount_{index}"] for row in rows if row[key] == place) for place in places]
        for index, name in enumerate(names)
    }
    return frame.bars(places, series, "Currency", stacked=True)


def _counted(ways: list) -> list[str]:
    pairs = [f"{kind}_{index}" for index in range(len(ways)) for kind in ("people", "amount")]
    return [*pairs, "people", *MONEY]


def _sums(filters, month) -> list[dict]:
    line = frappe.qb.DocType("Payout Line")
    parts = (line.office, line.administrative_unit, line.provider, line.channel, line.category_shown)
    query = (
        frappe.qb.from_(line)
        .select(*parts, Count(line.name).as_("lines"))
        .select(*(Sum(line[field]).as_(field) for field in MONEY))
        .where(line.period.isin(periods_of(month, office=filters.office)))
        .where(line.status != "Cancelled")
        .groupby(*parts)
    )
    if filters.office:
        query = query.where(line.office == filters.office)
    if filters.programme:
        query = query.where(line.programme == filters.programme)
    admits = counted_for()
    return [row for row in query.run(as_dict=True) if admits(row.office, row.administrative_unit)]


def _names(ways: list[tuple[str, str]]) -> list[str]:
    known = frame.provider_names()
    found = []
    for provider, channel in ways:
        name = known.get(provider) or provider
        found.append(f"{name or _('No provider')} - {_(channel)}" if channel else name or _("No provider"))
    return found


def _columns(names: list[str], with_commune: int, with_group: int) -> list[dict]:
    columns = [frame.text("commune", _("Commune"), 180)] if with_commune else []
    if with_group:
        columns.append(frame.text("group", _("Group"), 240))
    for index, name in enumerate(names):
        columns.append(frame.whole(f"people_{index}", _("{0}: lines").format(name)))
        columns.append(frame.money(f"amount_{index}", _("{0}: đồng").format(name), 140))
    columns.append(frame.whole("people", _("Lines"), 90))
    labels = (_("This Month"), _("Arrears"), _("Carried Over"), _("Paid Early"), _("Recovery"), _("Total"))
    return columns + [frame.money(field, label, 140) for field, label in zip(MONEY, labels, strict=True)]


def _summary(total: dict) -> list[dict]:
    return [
        frame.figure(_("Lines"), total["people"]),
        frame.figure(_("Total (đồng)"), total["total"], "Green"),
        frame.figure(_("Arrears (đồng)"), total["arrears"], "Orange"),
        frame.figure(_("Recovery (đồng)"), total["recovery"], "Red"),
    ]
