"""Outreach done: plan beside what was done, by commune, channel or who carried it out."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.months import Month
from ansinh_app.utils.report_frame import answer, bars, figure, percent, rate, text, total_row, whole
from ansinh_app.utils.reports import Communes, counted_for

_BY = {"Commune": "administrative_unit", "Channel of Outreach": "channel", "Agency in Charge": "by_agency"}
_SUMS = ("planned", "done", "cancelled", "times", "planned_reach", "reach", "pictures")


def execute(filters=None):
    """Columns, rows, message, chart, summary of the activities planned or done from `month` to `to_month`.

    Filters: `month` (default: this one), `to_month` (default: the same), `office`, `by` (default: commune).
    """
    filters = frappe._dict(filters or {})
    first = Month.of(getdate(filters.month or nowdate()))
    last = Month.of(getdate(filters.to_month)) if filters.to_month else first
    field = _BY.get(filters.by, "administrative_unit")
    communes, admits = Communes(last.last_day), _admits()
    found: dict[str, dict] = defaultdict(lambda: dict.fromkeys(_SUMS, 0))
    wanted = {"planned_from": ["between", [first.first_day, last.last_day]]}
    rows = frappe.get_all(
        "Outreach Activity",
        filters=wanted | ({"office": filters.office} if filters.office else {}),
        fields=["name", "office", "administrative_unit", "channel", "by_agency", "status", "planned_times"]
        + ["times", "planned_reach", "reach"],
        limit_page_length=0,
    )
    pictures = _pictures(first, last)
    for row in rows:
        if not admits(row.office, row.administrative_unit):
            continue
        key = communes.of(row.administrative_unit) if field == "administrative_unit" else row[field]
        sums = found[key or ""]
        sums["planned"] += 1
        sums["done"] += row.status == "Done"
        sums["cancelled"] += row.status == "Cancelled"
        sums["planned_reach"] += row.planned_reach or 0
        if row.status == "Done":
            sums["times"] += row.times or 0
            sums["reach"] += row.reach or 0
            sums["pictures"] += pictures.get(row.name, 0)
    shown = [
        {"label": label, **found[key], "share": percent(found[key]["done"], found[key]["planned"])}
        for key, label in _labels(found, field, communes)
    ]
    if not shown:
        return answer(_columns(field), [])
    total = total_row(shown, {"label": _("Total")}, _SUMS)
    total["share"] = percent(total["done"], total["planned"])
    summary = [
        figure(_("Planned"), total["planned"]),
        figure(_("Done"), total["done"], "Green"),
        figure(_("People Reached"), total["reach"], "Green"),
        figure(_("Not Done Yet"), total["planned"] - total["done"] - total["cancelled"], "Orange"),
    ]
    chart = bars(
        [row["label"] for row in shown],
        {_("Planned"): [row["planned"] for row in shown], _("Done"): [row["done"] for row in shown]},
    )
    return answer(_columns(field), [*shown, total], "", chart, summary)


def _admits():
    """What the reader may have in a sum; a city-wide activity counts for everybody who has the office in one."""
    inside = counted_for()

    def admits(office: str, unit: str | None) -> bool:
        if unit:
            return inside(office, unit)
        return inside(
            office, frappe.get_cached_value("Paying Office", office, "administrative_unit") if office else ""
        )

    return admits


def _pictures(first: Month, last: Month) -> dict[str, int]:
    picture, activity = frappe.qb.DocType("Outreach Picture"), frappe.qb.DocType("Outreach Activity")
    rows = (
        frappe.qb.from_(picture)
        .join(activity)
        .on(picture.parent == activity.name)
        .select(picture.parent)
        .where(activity.planned_from >= first.first_day)
        .where(activity.planned_from <= last.last_day)
        .run()
    )
    found: dict[str, int] = defaultdict(int)
    for (name,) in rows:
        found[name] += 1
    return found


def _labels(found: dict, field: str, communes: Communes) -> list[tuple[str, str]]:
    if field == "administrative_unit":
        keys = sorted(found, key=lambda unit: (unit == "", communes.code(unit)))
        return [(key, communes.title(key) if key else _("Whole area")) for key in keys]
    return sorted(((key, _(key) if key else _("Not said")) for key in found), key=lambda item: item[1])


def _columns(field: str) -> list[dict]:
    heads = {
        "administrative_unit": _("Commune"),
        "channel": _("Channel of Outreach"),
        "by_agency": _("Agency in Charge"),
    }
    return [
        text("label", heads[field], 220),
        whole("planned", _("Planned"), 100),
        whole("done", _("Done"), 100),
        rate("share", _("Done of Planned (%)"), 130),
        whole("cancelled", _("Cancelled"), 100),
        whole("times", _("Times"), 90),
        whole("planned_reach", _("People To Be Reached"), 140),
        whole("reach", _("People Reached"), 130),
        whole("pictures", _("Pictures"), 90),
    ]
