"""Obstacles of a month: what people were stuck with, by commune or kind, and what is still open."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.months import Month
from ansinh_app.outreach import obstacles
from ansinh_app.utils.report_frame import answer, bars, figure, percent, rate, text, total_row, whole


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `month` (default: this one), `office`, `by` (default: commune)."""
    filters = frappe._dict(filters or {})
    month = Month.of(getdate(filters.month or nowdate()))
    by = "kind" if filters.by == "Kind" else "commune"
    found = obstacles.figures(month, filters.office)
    rows = [
        {"label": label, **counts, "share": percent(counts["opened"], found["total"]["opened"])}
        for label, counts in obstacles.shown(month, found, by)
    ]
    columns = [
        text("label", _("Kind of Obstacle") if by == "kind" else _("Commune"), 300),
        whole("opened", _("Newly Opened"), 110),
        rate("share", _("Share (%)"), 110),
        whole("answered", _("Answered"), 110),
        whole("still_open", _("Still Open"), 110),
        whole("overdue", _("Overdue"), 110),
    ]
    message = _("Obstacles of month {0}").format(month.label)
    if not rows:
        return answer(columns, [], message)
    total = total_row(rows, {"label": _("Total")}, obstacles.FIGURES)
    total["share"] = percent(total["opened"], total["opened"])
    summary = [
        figure(_("Newly Opened"), total["opened"]),
        figure(_("Answered"), total["answered"], "Green"),
        figure(_("Still Open"), total["still_open"], "Orange"),
        figure(_("Overdue"), total["overdue"], "Red" if total["overdue"] else "Green"),
    ]
    chart = bars(
        [row["label"] for row in rows],
        {
            _("Answered"): [row["answered"] for row in rows],
            _("Still Open"): [row["still_open"] for row in rows],
        },
        stacked=True,
    )
    return answer(columns, [*rows, total], message, chart, summary)
