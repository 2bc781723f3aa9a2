"""What the months ahead will cost, by month, programme and commune, under today's law and a scenario."""

import frappe
from frappe import _
from frappe.utils import cint, getdate, today

from ansinh_app.core.money import format_dong
from ansinh_app.core.months import Month
from ansinh_app.payouts.forecasting import make_forecast
from ansinh_app.utils import report_frame as frame


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `from_month`, `to_month` (default: the next twelve
    months), `office`, `programme`; a scenario: `scenario_from`, `base_programme` with `base_amount`,
    `age_category` with `age_from`. A user who may not plan the money is refused.
    """
    filters = frappe._dict(filters or {})
    first = Month.of(getdate(filters.from_month)) if filters.from_month else Month.of(getdate(today())) + 1
    last = Month.of(getdate(filters.to_month)) if filters.to_month else first + 11
    found = make_forecast(str(first), str(last), _scenario(filters))
    with_scenario = found["has_scenario"]
    rows = [_shown(row) for row in found["rows"]]
    if rows:
        rows.append(_shown({"month": None, "programme": _("Total"), "unit": "", "bold": 1} | found["total"]))
    message = _(
        "Decisions as recorded today for {0} people; who reaches 75 without an allowance is counted in, deaths "
        "and future decisions are not guessed. Estimated rates are included and never pay."
    ).format(format_dong(found["people_looked_at"]))
    return frame.answer(
        _columns(with_scenario),
        rows,
        message,
        _chart(found, with_scenario),
        _summary(found, with_scenario),
    )


def _scenario(filters) -> dict:
    scenario = {"office": filters.office, "programme": filters.programme}
    if filters.scenario_from:
        scenario["from_month"] = str(Month.of(getdate(filters.scenario_from)))
    if filters.base_programme and cint(filters.base_amount):
        scenario["bases"] = {filters.base_programme: cint(filters.base_amount)}
        if filters.base_programme == "BTXH":
            # Care support counts on the base of social assistance (NĐ 20/2021 Đ20).
            scenario["bases"]["CARE"] = cint(filters.base_amount)
    if filters.age_category and filters.age_from not in (None, ""):
        upper = frappe.db.get_value("Benefit Category", filters.age_category, ["age_to", "no_age_limit"])
        high = upper[0] if upper and not upper[1] else None
        scenario["ages"] = {filters.age_category: [cint(filters.age_from), high]}
    return scenario


def _shown(row: dict) -> dict:
    return row | {"month": Month.parse(row["month"]).label if row["month"] else ""}


def _columns(with_scenario: bool) -> list[dict]:
    def number(fieldname: str, label: str, width: int = 110) -> dict:
        return {"fieldname": fieldname, "label": label, "fieldtype": "Int", "width": width}

    def money(fieldname: str, label: str) -> dict:
        return number(fieldname, label, 150) | {"fieldtype": "Currency", "options": "VND", "precision": 0}

    columns = [
        {"fieldname": "month", "label": _("Month"), "fieldtype": "Data", "width": 90},
        {"fieldname": "programme", "label": _("Programme"), "fieldtype": "Data", "width": 100},
        {"fieldname": "unit", "label": _("Commune"), "fieldtype": "Data", "width": 170},
        number("people", _("Benefits")),
        money("amount", _("Cost")),
    ]
    if with_scenario:
        columns += [
            number("scenario_people", _("Benefits in the Scenario")),
            money("scenario_amount", _("Cost in the Scenario")),
            money("difference", _("Difference")),
        ]
    prefix = "scenario_" if with_scenario else ""
    return [
        *columns,
        number(f"{prefix}ageing_in", _("Coming In by Age")),
        number(f"{prefix}ageing_out", _("Going by Age")),
        money(f"{prefix}estimated", _("Of It Estimated")),
        number(f"{prefix}unknown", _("Without a Rate")),
    ]


def _chart(found: dict, with_scenario: bool) -> dict | None:
    if not found["rows"]:
        return None
    datasets = [{"name": _("Today's Law"), "values": [month["amount"] for month in found["months"]]}]
    if with_scenario:
        values = [month["scenario_amount"] for month in found["months"]]
        datasets.append({"name": _("Scenario"), "values": values})
    labels = [Month.parse(month["month"]).label for month in found["months"]]
    return {
        "data": {"labels": labels, "datasets": datasets},
        "type": "line" if with_scenario else "bar",
        "colors": ["#2490ef", "#ecad4b"],
        "fieldtype": "Currency",
    }


def _summary(found: dict, with_scenario: bool) -> list[dict]:
    items = [(_("Cost (đồng)"), found["total"]["amount"], "Blue")]
    if with_scenario:
        items.append((_("Scenario (đồng)"), found["total"]["scenario_amount"], "Orange"))
        items.append((_("Difference (đồng)"), found["total"]["difference"], "Red"))
    return [frame.figure(label, value, indicator) for label, value, indicator in items]
