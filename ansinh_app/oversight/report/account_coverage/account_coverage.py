"""Account coverage by commune: how many draw benefits, how many have an account (the Bình Sơn letter).

With the months before, the difference to last month, and what is missing to the target.
"""

from dataclasses import dataclass, field
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, flt

from ansinh_app.core.coverage import coverage, totals
from ansinh_app.core.months import Month
from ansinh_app.permissions import allowed_units
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import (
    Communes,
    communes_for,
    duty_day,
    office_unit,
    people_on,
)

MONTHS_SHOWN, MOST_MONTHS = 6, 24
TARGET = 60.0  # percent, where the settings say none


@dataclass
class _Count:
    people: set = field(default_factory=set)
    with_account: set = field(default_factory=set)
    cash_with_reason: set = field(default_factory=set)


def execute(filters=None):
    """Columns, rows, message, chart, summary. Counts of people by commune; no name leaves it.

    Filters: `as_of` (day, default today or an ended office's last), `office`, `programme`, `target` (percent,
    default: the settings'), `months` of trend (default 6, this one among them), `chart_of` (Communes, Months),
    `units` (as on the day, or Today: the successors of merged communes). The last row is the total.
    """
    filters = frappe._dict(filters or {})
    as_of = duty_day(filters.as_of, filters.office)
    target = flt(filters.target) or flt(frappe.db.get_single_value("An Sinh Settings", "account_target")) or TARGET
    communes = communes_for(filters, as_of)
    days = _days(as_of, min(MOST_MONTHS, cint(filters.months) or MONTHS_SHOWN))
    over_time = _counts(filters, days, communes)
    counts = over_time[as_of]
    table = coverage((unit, len(count.people), len(count.with_account)) for unit, count in counts.items())
    rows = [
        {"no": number, **_row(line, communes.title(line.commune), counts[line.commune], target)}
        | _trend(line.commune, over_time)
        for number, line in enumerate(table, start=1)
    ]
    message = _("People with a benefit in force on {0}").format(as_of.strftime("%d/%m/%Y"))
    total = {"no": None, **_row(totals(table), _("Total"), None, target), "bold": 1}
    total |= _trend(None, over_time)
    chart = _chart(rows, total, days, target, filters.chart_of == "Months")
    return frame.answer(_columns(days), [*rows, total] if rows else [], message, chart, _summary(total, rows))


def _days(as_of: date, months: int) -> list[date]:
    """The day itself and the last days of the months before it, the earliest first."""
    month = Month.of(as_of)
    return [*((month - back).last_day for back in range(months - 1, 0, -1)), as_of]


def _counts(filters, days: list[date], communes: Communes) -> dict[date, dict[str, _Count]]:
    """People by commune of the reader's area on each day; a commune without anybody stands there with nothing."""
    seen = allowed_units()
    area = communes.below(office_unit(filters.office)) if filters.office or seen is not None else []
    found = {}
    for day, people in zip(days, people_on(days, filters.office, filters.programme), strict=True):
        counts = found[day] = {unit: _Count() for unit in area if seen is None or unit in seen}
        for place, names in people.items():
            count = counts.setdefault(communes.of(place.unit) or "", _Count())
            count.people |= names
            if place.has_account:
                count.with_account |= names
            elif place.cash_reason:
                count.cash_with_reason |= names
    return found


def _trend(unit: str | None, over_time: dict[date, dict[str, _Count]]) -> dict:
    """The rate of each month, and the points won since the month before; of all communes where `unit` is None."""
    rates: list = []
    for counts in over_time.values():
        some = list(counts.values()) if unit is None else [counts[unit]] if unit in counts else []
        people = sum(len(count.people) for count in some)
        rates.append(frame.percent(sum(len(count.with_account) for count in some), people) if people else None)
    shown = {_key(day): rate for day, rate in zip(over_time, rates, strict=True)}
    now, before = rates[-1], rates[-2] if len(rates) > 1 else None
    known = now is not None and before is not None
    return shown | {"change": round(now - before, 2) if known else None}


def _key(day: date) -> str:
    return f"rate_{day:%Y_%m}"


def _row(line, title: str, count: _Count | None, target: float) -> dict:
    cash = len(count.cash_with_reason - count.with_account) if count else 0
    note = ""
    if count and not line.total:
        note = _("Nobody draws benefits")
    elif cash:
        note = _("{0} people paid in cash for a reason").format(cash)
    wanted = -(-line.total * round(target * 100) // 10000)  # rounded up: a target is reached by whole people
    return {
        "commune": title,
        "total": line.total,
        "with_account": line.with_account,
        "percent": float(line.percent),
        "left": line.total - line.with_account,
        "target": target,
        "missing": max(0, wanted - line.with_account),
        "note": note,
    }


def _columns(days: list[date]) -> list[dict]:
    return [
        frame.whole("no", _("No."), 60),
        frame.text("commune", _("Commune"), 200),
        frame.whole("total", _("Total People"), 130),
        frame.whole("with_account", _("With an Account"), 150),
        frame.rate("percent", _("Rate (%)")),
        frame.rate("change", _("Change on Last Month (points)"), 130),
        frame.rate("target", _("Target (%)"), 100),
        frame.whole("missing", _("Missing to the Target"), 120),
        frame.whole("left", _("Without an Account")),
        *(frame.rate(_key(day), f"{day:%m/%Y} (%)", 100) for day in days[:-1]),
        frame.text("note", _("Note"), 260),
    ]


def _chart(rows: list[dict], total: dict, days: list[date], target: float, over_time: bool) -> dict | None:
    if over_time:
        rates = [total[_key(day)] or 0 for day in days]
        series = {_("Rate (%)"): rates, _("Target (%)"): [target] * len(days)}
        return frame.bars([f"{day:%m/%Y}" for day in days], series, "Float", type="line")
    return frame.bars(
        [row["commune"] for row in rows],
        {_("Rate (%)"): [row["percent"] for row in rows], _("Target (%)"): [target] * len(rows)},
        "Float",
        colors=["#2490ef", "#B4CFE8"],
    )


def _summary(total: dict, rows: list[dict]) -> list[dict]:
    under = sum(1 for row in rows if row["percent"] < 5 and row["total"])
    reached = sum(1 for row in rows if row["total"] and not row["missing"])
    figures = [
        frame.figure(_("Total People"), total["total"]),
        frame.figure(_("With an Account"), total["with_account"], "Green"),
        frame.figure(_("Rate"), total["percent"], "Green", "Percent"),
    ]
    if total["change"] is not None:
        color = "Red" if total["change"] < 0 else "Green"
        figures.append(frame.figure(_("Change on Last Month (points)"), total["change"], color, "Float"))
    return [
        *figures,
        frame.figure(_("Communes at the Target"), reached, "Green"),
        frame.figure(_("Communes under 5 %"), under, "Red"),
    ]
