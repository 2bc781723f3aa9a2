"""The forecast: today's law and a scenario over the same people, with those who come in or go by age."""

from dataclasses import fields, replace
from datetime import date

import pytest

from ansinh_app.core import forecast as module
from ansinh_app.core.errors import UnknownCategory
from ansinh_app.core.forecast import Cell, Scenario, forecast
from ansinh_app.core.ledger import entitled, grants_of
from ansinh_app.core.months import Month

from .world import change, entitlement, law, person

JAN, DEC = Month(2027, 1), Month(2027, 12)


def sums(people, first=JAN, last=DEC, **options):
    """Totals over the months: people, amount, ageing in and out."""
    cells = forecast(people, law(), first, last, **options).values()
    return tuple(
        sum(getattr(cell, name) for cell in cells) for name in ("people", "amount", "ageing_in", "ageing_out")
    )


def test_a_year_costs_what_the_rules_grant_month_by_month():
    who, held = person(), [entitlement("BTXH-06B1", "2026-01"), entitlement("CS-06H", "2027-03", name="E2")]
    by_rules = sum(
        grant.amount
        for month in Month.range(JAN, DEC)
        for grant in entitled(who, held, month, law(), date.max)
    )
    assert sums([(who, held, "X")]) == (22, by_rules, 0, 0)
    assert by_rules == 12 * 810_000 + 10 * 540_000


def test_cells_name_month_programme_and_unit():
    people = [
        (person(), [entitlement("BTXH-06B1", "2026-01")], "X"),
        (person(), [entitlement("NCC-03A")], "Y"),
    ]
    cells = forecast(people, law(), JAN, JAN)
    assert {key: cell.amount for key, cell in cells.items()} == {
        (JAN, "BTXH", "X"): 810_000,
        (JAN, "NCC", "Y"): 3_012_000,
    }


def test_a_child_ages_out_and_a_stop_does_not_count_as_age():
    child = person(born=date(2011, 6, 20))
    assert sums([(child, [entitlement("BTXH-01B", "2026-01")], "X")]) == (6, 6 * 810_000, 0, 1)
    stopped = entitlement("BTXH-06B1", "2026-01", changes=(change("2027-07", False),))
    assert sums([(person(), [stopped], "X")]) == (6, 6 * 810_000, 0, 0)
    dead = person(died_on=date(2027, 6, 5))
    assert sums([(dead, [entitlement("BTXH-06B1", "2026-01")], "X")]) == (6, 6 * 810_000, 0, 0)


def test_who_draws_nothing_ages_into_the_social_pension():
    seventy_five_in_october = person(born=date(1952, 10, 9))
    options = {"ageing_in": ("HTXH-75",)}
    assert sums([(seventy_five_in_october, [], "X")], **options) == (3, 3 * 540_000, 1, 0)
    assert sums([(seventy_five_in_october, [entitlement("NCC-03A")], "X")], **options)[2] == 0
    assert sums([(seventy_five_in_october, [], "X")]) == (0, 0, 0, 0)


def test_another_base_and_another_age_limit():
    who = (person(), [entitlement("BTXH-06B1", "2026-01")], "X")
    july = Scenario(Month(2027, 7), bases={"BTXH": 600_000})
    assert sums([who], scenario=july)[1] == 6 * 810_000 + 6 * 900_000
    seventy_two = (person(born=date(1955, 2, 1)), [], "X")
    lower = Scenario(Month(2027, 7), ages={"HTXH-75": (70, None)})
    options = {"ageing_in": ("HTXH-75",)}
    assert sums([seventy_two], **options)[0] == 0
    assert sums([seventy_two], scenario=lower, **options) == (6, 6 * 540_000, 1, 0)


def test_estimates_are_reckoned_with_and_marked_and_missing_rates_counted():
    people = [(person(), [entitlement("NCC-07A")], "X"), (person(), [entitlement("NCC-06-61")], "X")]
    cell = forecast(people, law(), JAN, JAN)[JAN, "NCC", "X"]
    assert (cell.people, cell.amount, cell.estimated, cell.unknown) == (2, 3_144_000, 3_144_000, 1)
    scaled = forecast(people[:1], law(), JAN, JAN, Scenario(JAN, bases={"NCC": 3_313_200}))
    # 3.144.000 x 1,1 = 3.458.400, to whole thousands.
    assert scaled[JAN, "NCC", "X"].amount == 3_458_000


def test_a_scenario_about_what_the_law_does_not_know_is_refused():
    for scenario in (Scenario(JAN, bases={"XYZ": 1}), Scenario(JAN, ages={"BTXH-99": (1, 2)})):
        with pytest.raises(UnknownCategory):
            forecast([], law(), JAN, JAN, scenario)


def test_the_law_itself_stays_as_it_was():
    before = replace(law().category("HTXH-75"))
    forecast([], law(), JAN, JAN, Scenario(JAN, bases={"HTXH": 1}, ages={"HTXH-75": (70, None)}))
    assert law().category("HTXH-75") == before


def _crowd():
    """People who differ from one another in one thing, each of them three times."""
    born = (date(1952, 10, 9), date(1952, 11, 9), date(1975, 3, 1), date(1976, 3, 1), date(2011, 6, 20), None)
    held = (
        [],
        [entitlement("BTXH-06B1", "2020-01")],
        [entitlement("BTXH-06B1", "2021-04")],
        [entitlement("BTXH-06B1", "2027-04")],
        [entitlement("BTXH-01B", "2020-01")],
        [entitlement("HTXH-75", "2027-02")],
        [entitlement("BTXH-06B1", "2020-01", settled_through=Month(2027, 3))],
        [entitlement("BTXH-06B1", "2020-01", changes=(change("2027-07", False),))],
        [entitlement("BTXH-06B1", "2020-01"), entitlement("NCC-03A", name="E2")],
        [entitlement("NCC-06-61", "2020-01")],
    )
    deaths = (None, date(2027, 6, 5))
    places = ("X", "Y", "X")
    return [
        (person(born=day, died_on=died), terms, place)
        for day in born
        for terms in held
        for died in deaths
        for place in places
    ]


def test_people_alike_are_worked_out_once_and_counted_each(monkeypatch):
    people, scenario = _crowd(), Scenario(Month(2027, 5), {"BTXH": 600_000}, {"HTXH-75": (70, None), "BTXH-01B": (4, 14)})
    options = {"scenario": scenario, "ageing_in": ("HTXH-75",)}
    one_by_one = {}
    for one in people:
        for key, cell in forecast([one], law(), JAN, DEC, **options).items():
            into = one_by_one.setdefault(key, Cell())
            for name in (item.name for item in fields(Cell)):
                setattr(into, name, getattr(into, name) + getattr(cell, name))
    asked = []
    monkeypatch.setattr(module, "grants_of", lambda *args, **named: asked.append(args) or grants_of(*args, **named))
    assert forecast(people, law(), JAN, DEC, **options) == one_by_one
    assert len(asked) < len(people) * 13 * 0.7
    asked.clear()
    forecast(people[:3] * 50, law(), JAN, DEC, **options)
    assert len(asked) == 2 * 13  # X and Y, whatever their number
