"""Duplicate findings by commune and kind: how many wait and how long, how many were decided and how."""

from collections import Counter, defaultdict

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.registry.duplicates_keeping import DECIDED
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import Communes

# Days an open finding has waited, from which column on.
AGES = ((0, "week"), (8, "month"), (31, "quarter"), (91, "older"))
KINDS = ("Name and Birth", "Old and New ID", "Same ID", "Same Account", "Two Schemes", "Reported")


def execute(filters=None):
    """Columns, rows, message, chart, summary. A finding between two communes counts in both, in the total once.

    Filters: `office`, `kind`. Counts of what the reader may list; no name leaves it.
    """
    filters = frappe._dict(filters or {})
    today = getdate(nowdate())
    communes, counts, total = Communes(today), defaultdict(Counter), Counter()
    wanted = {"kind": filters.kind} if filters.kind else {}
    rows = frappe.get_list(
        "Duplicate Finding",
        filters=wanted,
        fields=["administrative_unit", "other_unit", "office", "other_office", "kind", "status", "found_on"],
        limit_page_length=0,
    )
    for row in rows:
        if filters.office and filters.office not in (row.office, row.other_office):
            continue
        facts = _facts(row, today)
        total.update(facts)
        places = {communes.of(row.administrative_unit), communes.of(row.other_unit)}
        for place in places:
            counts[place].update(facts + ["across"] * (len(places) > 1))
        total.update(["across"] * (len(places) > 1))
    shown = [
        {"commune": communes.title(place), **_row(counts[place])}
        for place in sorted(counts, key=communes.title)
    ]
    message = _("A finding between two communes counts in both, in the total once")
    if not shown:
        return frame.answer(_columns(), [], message)
    last = {"commune": _("Total"), **_row(total), "bold": 1}
    return _columns(), [*shown, last], message, _chart(total), _summary(total)


def _facts(row, today) -> list[str]:
    if row.status in DECIDED:
        return [row.status]
    if row.status != "Open":
        return []
    days = (today - getdate(row.found_on or today)).days
    age = max((start, name) for start, name in AGES if days >= start)[1]
    return ["open", row.kind, age]


def _row(counts: Counter) -> dict:
    fields = ("open", "across", *(name for _start, name in AGES))
    named = (*KINDS, *DECIDED)
    return {field: counts[field] for field in fields} | {frappe.scrub(name): counts[name] for name in named}


def labels() -> dict[str, str]:
    """What each number is called."""
    return {
        "open": _("Open"),
        "across": _("Between Communes"),
        "week": _("Up to 7 Days"),
        "month": _("8 to 30 Days"),
        "quarter": _("31 to 90 Days"),
        "older": _("More Than 90 Days"),
        **{frappe.scrub(name): _(name) for name in (*KINDS, *DECIDED)},
    }


def _columns() -> list[dict]:
    return [
        {"fieldname": "commune", "label": _("Commune"), "fieldtype": "Data", "width": 180},
        *(
            {"fieldname": field, "label": label, "fieldtype": "Int", "width": 105}
            for field, label in labels().items()
        ),
    ]


def _chart(total: Counter) -> dict:
    return {
        "data": {
            "labels": [_(kind) for kind in KINDS],
            "datasets": [{"name": _("Open"), "values": [total[kind] for kind in KINDS]}],
        },
        "type": "bar",
        "colors": ["#CB2929"],
        "fieldtype": "Int",
    }


def _summary(total: Counter) -> list[dict]:
    names = labels()
    shown = (("open", "Red"), ("older", "Red"), ("Same Person", "Orange"), ("Different People", "Green"))
    return [
        {"value": total[key], "label": names.get(key) or _(key), "datatype": "Int", "indicator": color}
        for key, color in shown
    ]
