"""Cash and its reasons: who is still paid in cash in a month, by commune and reason (plan I.2, II.3)."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum

from ansinh_app.core.money import as_dong
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import communes_for, counted_for, filter_month, periods_of

REASONS = (
    "Bedridden without a receiver",
    "Refused an account",
    "No identity papers",
    "No service nearby",
    "Account not open yet",
    "Account closed",
)
NONE = "none"


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `month`, `office`, `programme`, `units`.

    Lines of the month's lists, without cancelled ones; the reason is the one the entitlement or grant states.
    No name leaves it. The last row is the total.
    """
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month, filters.office)
    communes = communes_for(filters, month.last_day)
    admits = counted_for()
    cells: dict[str, dict] = defaultdict(lambda: defaultdict(int))
    for row in _sums(filters, month):
        if not admits(row.office, row.administrative_unit):
            continue
        cell = cells[communes.of(row.administrative_unit) or ""]
        cell["all"] += int(row.lines)
        if row.channel != "Cash":
            continue
        key = frappe.scrub(row.cash_reason) if row.cash_reason in REASONS else NONE
        cell[key] += int(row.lines)
        cell["lines"] += int(row.lines)
        cell["amount"] += as_dong(row.amount or 0)
    fields = ("all", "lines", "amount", *map(frappe.scrub, REASONS), NONE)
    rows = [
        {"commune": communes.title(unit), **{field: cells[unit][field] for field in fields}}
        for unit in sorted(cells, key=lambda unit: (communes.code(unit), unit))
    ]
    message = _("Lines of month {0} paid in cash, and why").format(month.label)
    if not rows:
        return frame.answer(_columns(), [], message)
    total = frame.total_row(rows, {"commune": _("Total")}, fields)
    for row in (*rows, total):
        row["percent"] = frame.percent(row["lines"], row["all"])
    series = {_(reason): [row[frappe.scrub(reason)] for row in rows] for reason in REASONS}
    series[_("Without a Reason")] = [row[NONE] for row in rows]
    chart = frame.bars(
        [row["commune"] for row in rows], {name: values for name, values in series.items() if any(values)}, stacked=True
    )
    return frame.answer(_columns(), [*rows, total], message, chart, _summary(total))


def _sums(filters, month) -> list[dict]:
    """Lines and đồng by office, unit, channel and reason, grouped in the database."""
    line = frappe.qb.DocType("Payout Line")
    periods = periods_of(month, office=filters.office)
    found = []
    for doctype, link in (("Entitlement", line.entitlement), ("One-off Grant", line.one_off_grant)):
        source = frappe.qb.DocType(doctype)
        parts = (line.office, line.administrative_unit, line.channel, source.cash_reason)
        query = (
            frappe.qb.from_(line)
            .join(source)
            .on(link == source.name)
            .select(*parts, Count(line.name).as_("lines"), Sum(line.total).as_("amount"))
            .where(line.period.isin(periods))
            .where(line.status != "Cancelled")
            .where(line.kind == ("Regular" if doctype == "Entitlement" else "One-off"))
            .groupby(*parts)
        )
        if filters.office:
            query = query.where(line.office == filters.office)
        if filters.programme:
            query = query.where(line.programme == filters.programme)
        found += query.run(as_dict=True)
    return found


def _columns() -> list[dict]:
    return [
        frame.text("commune", _("Commune"), 180),
        frame.whole("all", _("All Lines"), 100),
        frame.whole("lines", _("In Cash"), 100),
        frame.rate("percent", _("Share in Cash (%)")),
        frame.money("amount", _("Amount in Cash")),
        *(frame.whole(frappe.scrub(reason), _(reason), 130) for reason in REASONS),
        frame.whole(NONE, _("Without a Reason"), 120),
    ]


def _summary(total: dict) -> list[dict]:
    return [
        frame.figure(_("In Cash"), total["lines"]),
        frame.figure(_("Share in Cash (%)"), total["percent"], "Orange", "Float"),
        frame.figure(_("Amount in Cash (đồng)"), total["amount"]),
        frame.figure(_("Without a Reason"), total[NONE], "Red" if total[NONE] else "Green"),
    ]
