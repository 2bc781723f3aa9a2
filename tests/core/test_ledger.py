"""Entitled: start, stop, death, bands, quantity and the combination rules, with reasons."""

from datetime import date

import pytest

from ansinh_app.core.errors import BadQuantity, MissingBirthDate, NoRateInForce
from ansinh_app.core.ledger import Move, entitled
from ansinh_app.core.months import Month

from .world import change, entitlement, law, person

LATE = date(2026, 11, 20)


def grants(*entitlements, month="2024-09", as_of=LATE, **facts):
    return entitled(person(**facts), entitlements, Month.parse(month), law(), as_of)


def amounts(*entitlements, **facts):
    return {grant.category: grant.amount for grant in grants(*entitlements, **facts)}


def codes_of(grant):
    return [step.code for step in grant.steps]


def test_nothing_before_the_start_or_before_the_decision_is_known():
    given = entitlement(start="2024-05", decided_on=date(2024, 6, 20))
    assert amounts(given, month="2024-04") == {}
    assert amounts(given, month="2024-05", as_of=date(2024, 6, 19)) == {}
    assert amounts(given, month="2024-05", as_of=date(2024, 6, 20)) == {"BTXH-06B1": 540000}


def test_death_month_is_still_paid_and_the_next_is_not():
    dead = {"died_on": date(2024, 6, 1), "death_known_on": date(2024, 8, 1)}
    (grant,) = grants(entitlement(), month="2024-06", **dead)
    assert grant.amount == 540000 and "death_month" in codes_of(grant)
    assert grants(entitlement(), month="2024-07", **dead) == []
    assert amounts(entitlement(), month="2024-07", as_of=date(2024, 7, 31), **dead) == {"BTXH-06B1": 750000}


def test_a_stop_counts_from_its_month_once_it_is_known():
    stopped = entitlement(changes=(change("2024-10", False, date(2024, 8, 20)),))
    assert amounts(stopped, month="2024-09") == {"BTXH-06B1": 750000}
    assert amounts(stopped, month="2024-10") == {}
    assert amounts(stopped, month="2024-10", as_of=date(2024, 8, 19)) == {"BTXH-06B1": 750000}


def test_a_resumption_may_reach_back():
    suspended = change("2024-07", False, date(2024, 7, 1))
    resumed = change("2024-07", True, date(2024, 9, 10))
    both = entitlement(changes=(suspended, resumed))
    assert amounts(both, month="2024-08", as_of=date(2024, 9, 9)) == {}
    (grant,) = grants(both, month="2024-08", as_of=date(2024, 9, 10))
    assert grant.amount == 750000 and "resumed" in codes_of(grant)


def test_the_last_decided_change_wins_and_the_later_given_on_one_day():
    day = date(2024, 9, 1)
    assert amounts(entitlement(changes=(change("2024-07", True, day), change("2024-06", False, day)))) == {}
    assert amounts(entitlement(changes=(change("2024-06", False, day), change("2024-07", True, day)))) != {}
    resumed_then_old_stop = (change("2024-08", True, date(2024, 9, 5)), change("2024-07", False, day))
    assert amounts(entitlement(changes=resumed_then_old_stop)) == {"BTXH-06B1": 750000}


def test_no_change_pays_before_the_start():
    early = entitlement(start="2024-05", changes=(change("2024-01", True),))
    assert amounts(early, month="2024-03") == {}


def test_year_only_births_count_as_1_january_and_say_so():
    started = entitlement("BTXH-05A1", "2023-01")
    born = {"month": "2024-01", "born": date(1944, 7, 1)}
    (grant,) = grants(started, dob_precision="Year", **born)
    assert grant.category == "BTXH-05A2"
    assert "birth_assumed" in codes_of(grant) and "band" in codes_of(grant)
    (grant,) = grants(started, **born)
    assert grant.category == "BTXH-05A1" and "birth_assumed" not in codes_of(grant)


def test_month_precision_counts_as_its_first_day():
    born = person(born=date(1944, 5, 31), dob_precision="Month").counted_birth()
    assert born == date(1944, 5, 1)


def test_an_age_rule_without_birth_date_is_an_error():
    with pytest.raises(MissingBirthDate):
        grants(entitlement(), born=None)
    assert amounts(entitlement("NCC-03A"), born=None) == {"NCC-03A": 2789000}


def test_single_parents_are_paid_per_child():
    assert amounts(entitlement("BTXH-04", quantity=3)) == {"BTXH-04": 1500000}


@pytest.mark.parametrize(("category", "quantity"), [("BTXH-06B1", 2), ("BTXH-04", 0), ("NCC-03A", 3)])
def test_a_quantity_that_does_not_suit_is_an_error(category, quantity):
    with pytest.raises(BadQuantity):
        grants(entitlement(category, quantity=quantity))


def test_seniority_allowance_is_paid_per_seniority():
    assert amounts(entitlement("NCC-01A-PC", quantity=4)) == {"NCC-01A-PC": 4 * 529000}


def test_only_the_highest_of_social_assistance_is_paid():
    old = {"born": date(1955, 4, 4)}
    (grant,) = grants(entitlement("BTXH-05A1"), entitlement("BTXH-06B3", name="ENT-2"), **old)
    assert (grant.benefit, grant.category, grant.amount) == ("BTXH", "BTXH-06B3", 1000000)
    assert "only_higher" in codes_of(grant)


def test_of_equal_amounts_the_older_decision_is_kept_whatever_the_order():
    older, newer = entitlement("BTXH-05A1", "2024-05"), entitlement("BTXH-06B1", "2024-06", name="ENT-0")
    at60 = {"born": date(1964, 10, 1), "month": "2024-09"}
    first = grants(older, newer, **at60 | {"born": date(1964, 1, 1)})
    assert first == grants(newer, older, **at60 | {"born": date(1964, 1, 1)})


def test_pension_and_assistance_give_the_higher_one():
    old = {"born": date(1945, 1, 1), "month": "2025-08"}
    assert amounts(entitlement("HTXH-75", "2025-07"), entitlement("BTXH-06B3", name="E2"), **old) == {
        "BTXH-06B3": 1000000
    }
    assert amounts(entitlement("HTXH-70", "2025-07"), **old) == {"HTXH-75": 500000}


@pytest.mark.parametrize(("other", "total"), [("BTXH-06B1", 1750000), ("BTXH-08", 1750000)])
def test_single_parents_draw_k5_k6_k8_beside(other, total):
    paid = amounts(entitlement("BTXH-04", quantity=2), entitlement(other, name="E2"))
    assert len(paid) == 2 and sum(paid.values()) == total


def test_single_parents_draw_only_the_higher_beside_anything_else():
    young = {"born": date(2005, 1, 1)}
    one, two = entitlement("BTXH-04", quantity=1), entitlement("BTXH-04", quantity=2)
    student = entitlement("BTXH-02", name="E2")
    assert amounts(one, student, **young) == {"BTXH-02": 750000}
    assert amounts(two, student, **young) == {"BTXH-04": 1000000}


def test_single_parents_beside_k6_win_over_a_third_category():
    young = {"born": date(2005, 1, 1)}
    three = (entitlement("BTXH-04"), entitlement("BTXH-06B1", name="E2"), entitlement("BTXH-02", name="E3"))
    assert amounts(*three, **young) == {"BTXH-04": 500000, "BTXH-06B1": 750000}


def test_care_support_stands_beside_the_persons_own_allowance():
    paid = amounts(entitlement("BTXH-06A1"), entitlement("CS-06H", name="E2"))
    assert paid == {"BTXH-06A1": 1000000, "CS-06H": 500000}


def test_one_care_support_for_expecting_mothers():
    assert amounts(entitlement("CS-06M1"), entitlement("CS-06M2", name="E2")) == {"CS-06M2": 1000000}


def test_people_of_merit_draw_one_row_of_each_band_and_several_kinds():
    paid = amounts(
        entitlement("NCC-06-61", name="a"),
        entitlement("NCC-06-65", name="b"),
        entitlement("NCC-03A", name="c"),
        entitlement("NCC-06-PC81", name="d"),
        entitlement("NCC-06-PC81DB", name="e"),
    )
    assert set(paid) == {"NCC-06-65", "NCC-03A", "NCC-06-PC81DB"}


def test_only_the_highest_carer_and_education_allowance():
    paid = amounts(
        entitlement("NCC-06PV81", name="a"),
        entitlement("NCC-07PV81DB", name="b"),
        entitlement("NCC-11A", name="c"),
        entitlement("NCC-11B", name="d"),
    )
    assert set(paid) == {"NCC-07PV81DB", "NCC-11A"}


def test_survivors_draw_at_most_two_shares():
    three = [entitlement(code, name=code) for code in ("NCC-01T", "NCC-06T", "NCC-02T")]
    assert sum(amounts(*three).values()) == 2789000 + 1565000
    twice = entitlement("NCC-06T", quantity=2)
    assert amounts(twice) == {"NCC-06T": 2 * 1565000}
    assert amounts(twice, entitlement("NCC-01T", name="E2")) == {"NCC-01T": 2789000, "NCC-06T": 1565000}


def test_no_longer_eligible_by_age_ends_quietly_the_month_after():
    child = {"born": date(2008, 5, 2)}
    (grant,) = grants(entitlement("BTXH-01A", "2023-01"), month="2024-05", **child)
    assert grant.category == "BTXH-01B" and "last_month_of_age" in codes_of(grant)
    assert grants(entitlement("BTXH-01A", "2023-01"), month="2024-06", **child) == []


def test_a_gap_in_the_law_is_raised():
    with pytest.raises(NoRateInForce):
        grants(entitlement("BTXH-05C", "2024-05"), month="2025-07", born=date(1940, 1, 1))


def test_months_settled_outside_are_not_owed():
    (grant,) = grants(entitlement(settled_through=Month(2024, 9)))
    assert (grant.amount, grant.owed) == (750000, 0) and "settled_outside" in codes_of(grant)
    (grant,) = grants(entitlement(settled_through=Month(2024, 8)))
    assert grant.owed == 750000


def test_a_later_higher_claim_is_owed_only_above_what_was_paid_outside():
    outside = entitlement("BTXH-06B1", settled_through=Month(2024, 9))
    (grant,) = grants(outside, entitlement("BTXH-06A1", name="ENT-2"))
    assert (grant.category, grant.amount, grant.owed) == ("BTXH-06A1", 1000000, 250000)


def test_steps_name_decision_age_rate_and_article():
    (grant,) = grants(entitlement())
    assert codes_of(grant) == ["entitled", "age", "coefficient"]
    rate = grant.steps[-1].params
    assert (rate["base"], rate["coefficient"], rate["amount"]) == (500000, "1.5", 750000)
    assert rate["article"] == "NĐ 20/2021 Đ6.1.e"


def test_care_at_home_and_by_somebody_who_takes_the_person_in_is_one_benefit():
    paid = amounts(entitlement("CS-06H"), entitlement("CS-06N1", name="E2"))
    assert paid == {"CS-06N1": 750000}


def test_one_decision_over_three_survivors_shares_pays_two():
    assert amounts(entitlement("NCC-06T", quantity=3)) == {"NCC-06T": 2 * 1565000}


def test_a_year_only_birth_may_count_from_its_end():
    year_only = {"born": date(1964, 1, 1), "dob_precision": "Year"}
    assert person(**year_only).counted_birth() == date(1964, 1, 1)
    assert person(**year_only, born_at_end=True).counted_birth() == date(1964, 12, 31)
    month_only = {"born": date(2020, 8, 1), "dob_precision": "Month", "born_at_end": True}
    assert person(**month_only).counted_birth() == date(2020, 8, 31)


def test_a_move_counts_from_its_month_once_it_is_known():
    moved = person(units=("OLD",), moves=(Move(Month(2025, 3), date(2025, 2, 10), ("NEW",)),))
    assert moved.units_in(Month(2025, 2), date(2025, 3, 1)) == ("OLD",)
    assert moved.units_in(Month(2025, 3), date(2025, 3, 1)) == ("NEW",)
    assert moved.units_in(Month(2025, 3), date(2025, 2, 9)) == ("OLD",)
