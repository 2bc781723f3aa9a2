"""From entitled to paid for the first time: how many are at each step of the way to an account."""

from collections import Counter, defaultdict

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.permissions import scope, sees_people
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import Communes, counted_for, duty_day, people_on

# Each step counts those who came at least so far; a person counts once, by the request that came farthest.
STEPS = ("asked", "confirmed", "sent", "opened", "matched", "handed_over", "credited")
ENDS = ("rejected", "withdrawn", "late")
_REACHED = {
    "Draft": 1,
    "Confirmed": 2,
    "Rejected": 3,
    "Sent": 3,
    "Opened": 4,
    "Handed Over": 6,
    "Withdrawn": 1,
}
_REASONS_SHOWN = 6
_SURE = ("Exact", "Order", "Missing Middle Name", "One Letter")


def execute(filters=None):
    """Columns, rows, message, chart, summary. Counts only; no name leaves it.

    Filters: `as_of` (day), `office`, `provider`, `campaign`, `by` (Commune or Provider). The last row is the total.
    """
    filters = frappe._dict(filters or {})
    as_of = duty_day(filters.as_of, filters.office)
    by_provider = filters.by == "Provider"
    communes = Communes(as_of)
    counts, refused = _requests(filters, communes, by_provider, as_of)
    if not by_provider and scope().kinds != {"provider"}:
        for place, people in _entitled(filters, as_of, communes).items():
            counts[place]["entitled"] = people
    names = dict(frappe.get_all("Payment Service Provider", fields=["name", "short_name"], as_list=True))
    titles = {key: names.get(key, key) if by_provider else communes.title(key) for key in counts}
    rows = [
        {"place": titles[key], **_row(counts[key])} for key in sorted(counts, key=lambda key: titles[key])
    ]
    message = _("Requests as they stand; people with a benefit in force on {0}").format(
        as_of.strftime("%d/%m/%Y")
    )
    if not rows:
        return frame.answer(_columns(by_provider), [], message)
    if refused and sees_people():  # a provider's own words may name somebody
        said = "; ".join(f"{reason} ({count})" for reason, count in refused.most_common(_REASONS_SHOWN))
        message += ". " + frappe.utils.escape_html(_("Why requests were refused: {0}").format(said))
    whole = sum(counts.values(), Counter())
    total = {"place": _("Total"), **_row(whole), "bold": 1}
    return _columns(by_provider), [*rows, total], message, _chart(total), _summary(total)


def _requests(
    filters, communes: Communes, by_provider: bool, as_of
) -> tuple[dict[str, Counter], Counter]:
    """The counts by place, and how often which reason was given for a refusal that still stands."""
    wanted = {field: filters[field] for field in ("office", "provider", "campaign") if filters.get(field)}
    rows = frappe.get_all(
        "Account Request",
        filters=wanted,
        fields=[
            "beneficiary", "office", "administrative_unit", "provider", "status", "name_match", "payment_account",
            "first_credit_on", "due_on", "rejected_reason",
        ],
        limit_page_length=0,
    )  # fmt: skip
    who, admits = scope(), counted_for()
    best: dict[tuple, tuple[int, dict]] = {}
    for row in rows:
        mine = who.kinds == {"provider"} and row.provider in (who.providers or ())
        if not mine and not admits(row.office, row.administrative_unit):
            continue
        place = row.provider if by_provider else communes.of(row.administrative_unit)
        reached = _steps_of(row)
        known = best.get((place, row.beneficiary))
        if known is None or reached > known[0]:
            best[place, row.beneficiary] = (reached, row)
    counts: dict[str, Counter] = defaultdict(Counter)
    for (place, _person), (reached, row) in best.items():
        counts[place].update(STEPS[:reached])
        counts[place]["rejected"] += row.status == "Rejected"
        counts[place]["withdrawn"] += row.status == "Withdrawn"
        late = row.status == "Sent" and row.due_on and getdate(row.due_on) < as_of
        counts[place]["late"] += bool(late)
    reasons = Counter(
        (row.rejected_reason or "").strip()
        for _reached, row in best.values()
        if row.status == "Rejected" and (row.rejected_reason or "").strip()
    )
    return counts, reasons


def _steps_of(row) -> int:
    """How many of STEPS a request has behind it."""
    reached = _REACHED[row.status]
    if reached >= 4 and row.name_match in _SURE:
        reached = max(reached, 5)
    return len(STEPS) if reached == 6 and row.first_credit_on else reached


def _entitled(filters, as_of, communes: Communes) -> dict[str, int]:
    people: dict[str, set] = defaultdict(set)
    for place, names in next(people_on([as_of], filters.office)).items():
        people[communes.of(place.unit) or ""] |= names
    return {place: len(found) for place, found in people.items()}


def _row(counts: Counter) -> dict:
    asked = counts["asked"]
    return {
        **{step: counts[step] for step in ("entitled", *STEPS, *ENDS)},
        "rate": round(counts["handed_over"] * 100 / asked, 1) if asked else 0.0,
    }


def labels() -> dict[str, str]:
    """What each number is called."""
    return {
        "entitled": _("Entitled"),
        "asked": _("Request Made"),
        "confirmed": _("Confirmed"),
        "sent": _("Sent"),
        "opened": _("Opened"),
        "matched": _("Name Matches"),
        "handed_over": _("Handed Over"),
        "credited": _("Paid First Time"),
        "rejected": _("Refused by the Provider"),
        "withdrawn": _("Withdrawn"),
        "late": _("Past the Deadline"),
    }


def _columns(by_provider: bool) -> list[dict]:
    names = labels()
    steps = [step for step in ("entitled", *STEPS, *ENDS) if not (by_provider and step == "entitled")]
    return [
        {
            "fieldname": "place",
            "label": _("Provider") if by_provider else _("Commune"),
            "fieldtype": "Data",
            "width": 200,
        },
        *({"fieldname": step, "label": names[step], "fieldtype": "Int", "width": 100} for step in steps),
        {
            "fieldname": "rate",
            "label": _("Handed Over of Asked (%)"),
            "fieldtype": "Float",
            "precision": 1,
            "width": 120,
        },
    ]


def _chart(total: dict) -> dict:
    names = labels()
    return {
        "data": {
            "labels": [names[step] for step in STEPS],
            "datasets": [{"name": _("People"), "values": [total[step] for step in STEPS]}],
        },
        "type": "bar",
        "colors": ["#2490ef"],
        "fieldtype": "Int",
    }


def _summary(total: dict) -> list[dict]:
    names = labels()
    shown = (
        ("asked", "Blue"),
        ("opened", "Blue"),
        ("handed_over", "Green"),
        ("rejected", "Red"),
        ("late", "Red"),
    )
    return [
        {"value": total[step], "label": names[step], "datatype": "Int", "indicator": color}
        for step, color in shown
    ]
