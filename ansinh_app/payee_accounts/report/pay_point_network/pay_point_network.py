"""Pay points by commune, and the communes with none (NĐ 20/2021 Đ34.2 asks for one in each)."""

from collections import Counter, defaultdict

import frappe
from frappe import _

from ansinh_app.permissions import allowed_units
from ansinh_app.utils.reports import Communes, duty_day, office_unit

KINDS = ("Post Counter", "Bank Branch", "ATM", "Agent", "Mobile Team")


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `as_of` (day), `office`, `provider`, `kind`."""
    filters = frappe._dict(filters or {})
    communes = Communes(duty_day(filters.as_of, filters.office))
    seen = allowed_units()
    wanted = {"status": "Open", **{key: filters[key] for key in ("provider", "kind") if filters.get(key)}}
    counts: dict[str, Counter] = defaultdict(Counter)
    providers: dict[str, set] = defaultdict(set)
    for row in frappe.get_list(
        "Pay Point", filters=wanted, fields=["administrative_unit", "kind", "provider"], limit_page_length=0
    ):
        place = communes.of(row.administrative_unit)
        counts[place][row.kind] += 1
        providers[place].add(row.provider)
    area = communes.below(office_unit(filters.office)) if filters.office or seen else []
    places = [unit for unit in area if seen is None or unit in seen]
    places += [place for place in counts if place not in set(places)]
    rows = [_row(communes.title(place), counts[place], providers[place]) for place in places]
    if not rows:
        return _columns(), [], _("Choose an office to see its communes."), None, []
    without = sum(1 for row in rows if not row["total"])
    total = {"place": _("Total"), "bold": 1, "providers": "", "note": ""}
    total.update({field: sum(row[field] for row in rows) for field in (*map(frappe.scrub, KINDS), "total")})
    summary = [
        {"value": len(rows), "label": _("Communes"), "datatype": "Int", "indicator": "Blue"},
        {"value": total["total"], "label": _("Pay Points"), "datatype": "Int", "indicator": "Green"},
        {"value": without, "label": _("Communes Without One"), "datatype": "Int", "indicator": "Red"},
    ]
    chart = {
        "data": {
            "labels": [_(kind) for kind in KINDS],
            "datasets": [{"name": _("Pay Points"), "values": [total[frappe.scrub(kind)] for kind in KINDS]}],
        },
        "type": "bar",
        "colors": ["#2490ef"],
        "fieldtype": "Int",
    }
    return _columns(), [*rows, total], None, chart, summary


def _row(title: str, counts: Counter, providers: set) -> dict:
    total = sum(counts.values())
    return {
        "place": title,
        **{frappe.scrub(kind): counts[kind] for kind in KINDS},
        "total": total,
        "providers": ", ".join(sorted(providers)),
        "note": "" if total else _("No pay point: mobile team or home delivery"),
    }


def _columns() -> list[dict]:
    return [
        {"fieldname": "place", "label": _("Commune"), "fieldtype": "Data", "width": 200},
        *(
            {"fieldname": frappe.scrub(kind), "label": _(kind), "fieldtype": "Int", "width": 110}
            for kind in KINDS
        ),
        {"fieldname": "total", "label": _("Total"), "fieldtype": "Int", "width": 90},
        {"fieldname": "providers", "label": _("Providers"), "fieldtype": "Data", "width": 180},
        {"fieldname": "note", "label": _("Note"), "fieldtype": "Data", "width": 260},
    ]
