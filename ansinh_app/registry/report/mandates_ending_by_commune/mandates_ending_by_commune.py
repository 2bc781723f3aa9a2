"""Mandates ending, counted by commune: what a reminder may say outside, as it names nobody."""

from collections import defaultdict

import frappe
from frappe import _

from ansinh_app.registry.report.mandates_ending import mandates_ending
from ansinh_app.utils.report_frame import answer, figure, text, total_row, whole
from ansinh_app.utils.terms import WARNED_BEFORE


def execute(filters=None):
    """Columns, rows, message, chart, summary: counts of mandates of the reader's people. Filters as of Mandates Ending."""
    filters = frappe._dict(filters or {})
    _heads, people, message, chart, _figures = mandates_ending.execute(filters)
    counts: dict[str, dict] = defaultdict(lambda: dict.fromkeys(("ended", "soon", "later"), 0))
    for row in people:
        left = row["days_left"]
        counts[row["commune"]]["ended" if left < 0 else "soon" if left <= WARNED_BEFORE[1] else "later"] += 1
    rows = [{"commune": commune, **count, "all": sum(count.values())} for commune, count in sorted(counts.items())]
    total = total_row(rows, {"commune": _("Total")}, ("ended", "soon", "later", "all"))
    summary = [figure(_("Ended"), total["ended"], "Red"), figure(_("Ending"), total["soon"] + total["later"], "Orange")]
    return answer(_columns(), [*rows, total] if rows else [], message, chart, summary, _("Nothing waits."))


def _columns() -> list[dict]:
    return [
        text("commune", _("Commune"), 220),
        whole("ended", _("Ended")),
        whole("soon", _("End Within {0} Days").format(WARNED_BEFORE[1]), 150),
        whole("later", _("End Later")),
        whole("all", _("Total")),
    ]
