"""Next year's cost by month, programme and commune: the core's forecast over the offices a user may see."""

import json
from dataclasses import dataclass, fields

import frappe
from frappe import _

from ansinh_app.core.errors import RuleError
from ansinh_app.core.forecast import Cell, Scenario, forecast
from ansinh_app.core.law import Law
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.exceptions import ForecastError
from ansinh_app.payouts.book.reader import read_people
from ansinh_app.policy.law import load_law
from ansinh_app.utils.reports import Communes, counted_for

ROLES = (
    "Social Affairs Officer",
    "Social Affairs Manager",
    "Finance Officer",
    "Province Viewer",
    "Auditor",
    "System Manager",
)
# Who reaches 75 without any other allowance has the social pension on request (Luật 41/2024 Đ21).
_AGEING_IN = ("HTXH-75",)
_MOST_MONTHS = 36
_KEYS = {"from_month", "bases", "ages", "office", "programme"}
_COUNTS = tuple(item.name for item in fields(Cell))


@dataclass(frozen=True, slots=True)
class Asked:
    """A forecast as asked for; without bases and ages it is today's law alone."""

    first: Month
    last: Month
    scenario: Scenario | None
    office: str | None
    programme: str | None


def check_roles() -> None:
    """Sums over the registry are for those who plan the money; communes, banks and the Post see none."""
    if frappe.session.user != "Administrator" and not set(ROLES) & set(frappe.get_roles()):
        frappe.throw(
            _("The cost forecast is for social affairs, finance, the province and auditors."),
            frappe.PermissionError,
        )


def make_forecast(from_month: str, to_month: str, scenario: dict | str | None = None) -> dict:
    """What the months cost under today's law and under the scenario; rows by month, programme and commune.

    `scenario`: {"from_month": "2027-07", "bases": {"BTXH": 600000}, "ages": {"HTXH-75": [70, null]},
    "office": …, "programme": …}, every part optional. Raises ForecastError, PermissionError.
    """
    check_roles()
    law = load_law()
    asked = _asked(law, from_month, to_month, scenario)
    people = _people(law, asked)
    try:
        today = forecast(people, law, asked.first, asked.last, None, _AGEING_IN)
        other = (
            forecast(people, law, asked.first, asked.last, asked.scenario, _AGEING_IN)
            if asked.scenario
            else today
        )
    except RuleError as error:
        frappe.throw(_("The scenario cannot be worked out: {0}").format(str(error)), ForecastError)
    rows = _rows(today, other, asked)
    months = [_sum(rows, "month", str(month)) for month in Month.range(asked.first, asked.last)]
    return {
        "from_month": str(asked.first),
        "to_month": str(asked.last),
        "has_scenario": bool(asked.scenario),
        "people_looked_at": len(people),
        "rows": rows,
        "months": months,
        "total": _sum(rows, None, None),
    }


def _asked(law: Law, from_month: str, to_month: str, scenario: dict | str | None) -> Asked:
    try:
        first, last = Month.parse(from_month), Month.parse(to_month)
    except RuleError:
        frappe.throw(_("Write the months as 2027-01."), ForecastError)
    if not 0 <= last - first < _MOST_MONTHS:
        frappe.throw(
            _(
                "The last month must not lie before the first, and a forecast spans at most {0} months."
            ).format(_MOST_MONTHS),
            ForecastError,
        )
    wanted = _as_dict(scenario)
    unknown = sorted(set(wanted) - _KEYS)
    if unknown:
        frappe.throw(
            _("A scenario knows {0}, not {1}.").format(", ".join(sorted(_KEYS)), ", ".join(unknown)),
            ForecastError,
        )
    try:
        bases = {programme: as_dong(base) for programme, base in (wanted.get("bases") or {}).items() if base}
        ages = {code: _ages(limits) for code, limits in (wanted.get("ages") or {}).items()}
        start = Month.parse(wanted.get("from_month") or first)
    except (RuleError, TypeError, ValueError, AttributeError):
        frappe.throw(
            _('Write a scenario as {"bases": {"BTXH": 600000}, "ages": {"HTXH-75": [70, null]}}.'),
            ForecastError,
        )
    if any(base <= 0 for base in bases.values()):
        frappe.throw(_("The base amount must be a whole number of đồng above 0"), ForecastError)
    supposed = Scenario(start, bases, ages) if bases or ages else None
    return Asked(first, last, supposed, wanted.get("office") or None, wanted.get("programme") or None)


def _as_dict(scenario: dict | str | None) -> dict:
    if not scenario or scenario == "today":
        return {}
    try:
        found = json.loads(scenario) if isinstance(scenario, str) else scenario
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        frappe.throw(_("The scenario is not readable: write it as JSON."), ForecastError)
    return found


def _ages(limits) -> tuple[int | None, int | None]:
    """(from, to) from a pair or from a single lower age; None = no limit."""
    low, high = limits if isinstance(limits, list | tuple) else (limits, None)
    return (None if low is None else int(low), None if high is None else int(high))


def _people(law: Law, asked: Asked) -> list[tuple]:
    """Person, decisions and (commune) for everybody the user may count."""
    admits, communes = counted_for(), Communes(asked.first.first_day)
    offices = (
        [asked.office] if asked.office else frappe.get_all("Paying Office", pluck="name", order_by="name")
    )
    found = []
    for office in offices:
        for book in read_people(law, office).values():
            if admits(office, book.row.administrative_unit):
                unit = communes.title(communes.of(book.row.administrative_unit))
                found.append((book.person, book.entitlements, unit))
    return found


def _rows(today: dict, other: dict, asked: Asked) -> list[dict]:
    rows = []
    for key in sorted(today.keys() | other.keys(), key=lambda key: (key[0].index, key[1], key[2])):
        month, programme, unit = key
        if asked.programme and programme != asked.programme:
            continue
        now, then = today.get(key, Cell()), other.get(key, Cell())
        rows.append(
            {"month": str(month), "programme": programme, "unit": unit}
            | {name: getattr(now, name) for name in _COUNTS}
            | {f"scenario_{name}": getattr(then, name) for name in _COUNTS}
            | {"difference": then.amount - now.amount}
        )
    return rows


def _sum(rows: list[dict], column: str | None, value: str | None) -> dict:
    chosen = [row for row in rows if column is None or row[column] == value]
    names = [*_COUNTS, *(f"scenario_{name}" for name in _COUNTS), "difference"]
    head = {column: value} if column else {}
    return head | {name: sum(row[name] for row in chosen) for name in names}
