"""Identities by commune: how many are verified, and how long the others have waited, also with the police."""

from collections import Counter, defaultdict
from datetime import timedelta

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count
from frappe.utils import getdate, today

from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import Communes, counted_for

# Status -> the ages in days after which it waits in the next band; Verified has no age.
BANDS = {"Unverified": (30, 90), "Requested": (10, 30), "Mismatch": (30,)}
_KEYS = {"Unverified": "unverified", "Requested": "requested", "Mismatch": "mismatch"}


def execute(filters=None):
    """Columns, rows, message, chart, summary. Counts of people who draw benefits; no name leaves it.

    Filters: `office`, `administrative_unit`, `persons` (Beneficiaries or Representatives). Ages are counted to
    today, from the day the status began; who stood so before it was noted stands in the oldest band.
    """
    filters = frappe._dict(filters or {})
    communes = Communes(getdate(today()))
    counts = _counts(filters, communes)
    rows = [
        _row(communes.title(unit), counts[unit])
        for unit in sorted(counts, key=lambda unit: (communes.code(unit), unit or ""))
    ]
    message = _("Counted on {0}; ages in days since the status began").format(f"{getdate(today()):%d/%m/%Y}")
    if not rows:
        return frame.answer(_columns(), [], message)
    total = _row(_("Total"), sum(counts.values(), Counter())) | {"bold": 1}
    return _columns(), [*rows, total], message, _chart(rows), _summary(total)


def _counts(filters, communes: Communes) -> dict[str, Counter]:
    admits = counted_for()
    area = None
    if filters.administrative_unit:
        area = communes.tree.area([filters.administrative_unit])
    counts: dict[str, Counter] = defaultdict(Counter)
    for row in [*_people(filters), *_overdue(filters)]:
        if not admits(row.office, row.unit) or (area is not None and row.unit not in area):
            continue
        count = counts[communes.of(row.unit) or ""]
        if row.status == "overdue":
            count["overdue"] += row.people
            continue
        count["people"] += row.people
        if row.status in _KEYS:
            count[f"{_KEYS[row.status]}_{row.band}"] += row.people
        else:
            count["verified"] += row.people
    return counts


def _people(filters) -> list:
    """People by office, unit, status and band, grouped in the database: a province has millions."""
    person = frappe.qb.DocType("Beneficiary")
    if filters.persons == "Representatives":
        who, link = frappe.qb.DocType("Representative"), frappe.qb.DocType("Beneficiary Representative")
        query = (
            frappe.qb.from_(who)
            .join(link)
            .on((link.representative == who.name) & (link.parenttype == "Beneficiary"))
            .join(person)
            .on(person.name == link.parent)
        )
        counted = Count(who.name).distinct()
    else:
        who, query, counted = person, frappe.qb.from_(person), Count(person.name)
    status = (
        Case().when(who.verification_status.isin([*_KEYS, "Verified"]), who.verification_status).else_("Unverified")
    )
    band = Case()
    for name, ages in BANDS.items():
        for place, age in enumerate(ages):
            since = getdate(today()) - timedelta(days=age)
            band = band.when((status == name) & (who.verification_since >= since), place)
        band = band.when(status == name, len(ages))
    band = band.else_(0)
    query = (
        query.select(
            person.office, person.administrative_unit.as_("unit"), status.as_("status"), band.as_("band"),
            counted.as_("people"),
        )
        .where(person.status.isin(["Active", "Suspended"]))
        .groupby(person.office, person.administrative_unit, status, band)
    )  # fmt: skip
    return (query.where(person.office == filters.office) if filters.office else query).run(as_dict=True)


def _overdue(filters) -> list:
    """Requests the police have not answered in time."""
    request = frappe.qb.DocType("Identity Verification")
    link = request.representative if filters.persons == "Representatives" else request.beneficiary
    query = (
        frappe.qb.from_(request)
        .select(request.office, request.administrative_unit.as_("unit"), Count(request.name).as_("people"))
        .where(request.status == "Requested")
        .where(request.due_on < today())
        .where(link.isnotnull() & (link != ""))
        .groupby(request.office, request.administrative_unit)
    )
    if filters.office:
        query = query.where(request.office == filters.office)
    return [frappe._dict(row, status="overdue") for row in query.run(as_dict=True)]


def _row(title: str, count: Counter) -> dict:
    people = count["people"]
    row = {
        "commune": title,
        "people": people,
        "verified": count["verified"],
        "percent": round(count["verified"] * 100 / people, 2) if people else 0,
        "overdue": count["overdue"],
    }
    for name, ages in BANDS.items():
        for place in range(len(ages) + 1):
            row[f"{_KEYS[name]}_{place}"] = count[f"{_KEYS[name]}_{place}"]
    return row


def _sum(row: dict, key: str) -> int:
    return sum(value for name, value in row.items() if name.startswith(f"{key}_"))


def _columns() -> list[dict]:
    columns = [
        {"fieldname": "commune", "label": _("Commune"), "fieldtype": "Data", "width": 200},
        {"fieldname": "people", "label": _("People"), "fieldtype": "Int", "width": 90},
        {"fieldname": "verified", "label": _("Verified"), "fieldtype": "Int", "width": 100},
        {"fieldname": "percent", "label": _("Rate (%)"), "fieldtype": "Float", "precision": 2, "width": 90},
    ]
    for name, ages in BANDS.items():
        bounds = [0, *ages]
        for place, bound in enumerate(bounds):
            last = place == len(ages)
            days = _("over {0} days").format(bound) if last else _("{0}-{1} days").format(
                bound + (place > 0), ages[place]
            )  # fmt: skip
            label = f"{_(name)}: {days}"
            columns.append(
                {"fieldname": f"{_KEYS[name]}_{place}", "label": label, "fieldtype": "Int", "width": 120}
            )
        if name == "Requested":
            columns.append(
                {"fieldname": "overdue", "label": _("Overdue at the Police"), "fieldtype": "Int", "width": 110}
            )
    return columns


def _chart(rows: list[dict]) -> dict:
    names = ("Verified", *BANDS)
    return {
        "data": {
            "labels": [row["commune"] for row in rows],
            "datasets": [
                {
                    "name": _(name),
                    "values": [row["verified"] if name == "Verified" else _sum(row, _KEYS[name]) for row in rows],
                }
                for name in names
            ],
        },
        "type": "bar",
        "barOptions": {"stacked": 1},
        "colors": ["#48BB74", "#7F878A", "#449CF0", "#CB2929"],
    }


def _summary(total: dict) -> list[dict]:
    return [
        {"label": _("Rate (%)"), "value": total["percent"], "datatype": "Float", "indicator": "Green"},
        {"label": _("Unverified"), "value": _sum(total, "unverified"), "datatype": "Int", "indicator": "Grey"},
        {"label": _("Requested"), "value": _sum(total, "requested"), "datatype": "Int", "indicator": "Blue"},
        {"label": _("Overdue at the Police"), "value": total["overdue"], "datatype": "Int", "indicator": "Orange"},
        {"label": _("Mismatch"), "value": _sum(total, "mismatch"), "datatype": "Int", "indicator": "Red"},
    ]
