"""One share for a couple (NĐ 20/2021 Đ20.2.a): the higher, of equal ones the one decided first, once each month."""

from dataclasses import replace
from datetime import date

import pytest

from ansinh_app.core.explain import render
from ansinh_app.core.law import Law
from ansinh_app.core.ledger import Marriage, Settled, entitled, given_to_spouse
from ansinh_app.core.months import Month
from ansinh_app.core.payout import run_person

from .world import change, entitlement, law, person, shipped_categories, shipped_versions

LATE = date(2026, 11, 20)
MONTHS = tuple(Month.range(Month(2024, 5), Month(2024, 12)))


def couple(his, hers, **facts):
    """Husband and wife, each with decisions, married to one another."""
    man, woman = person(name="BEN-1"), person(name="BEN-2", **facts.pop("wife", {}))
    return (
        (replace(man, marriages=(Marriage(woman, tuple(hers), **facts),)), his),
        (replace(woman, marriages=(Marriage(man, tuple(his), **facts),)), hers),
    )


def drawn(side, month="2024-09", as_of=LATE):
    who, decisions = side
    return {
        grant.category: grant.amount for grant in entitled(who, decisions, Month.parse(month), law(), as_of)
    }


def share(category="CS-06M1", start="2024-05", name="ENT-1", **facts):
    return entitlement(category, start, name=name, **facts)


def test_the_higher_share_is_drawn_and_the_other_is_not():
    husband, wife = couple([share()], [share("CS-06M2", name="ENT-2")])
    assert (drawn(husband), drawn(wife)) == ({}, {"CS-06M2": 1000000})
    assert given_to_spouse(*husband, Month(2024, 9), law(), LATE) == "CS-06M"
    assert given_to_spouse(*wife, Month(2024, 9), law(), LATE) is None


def test_of_equal_shares_the_one_decided_first_stays():
    """A later decision that reaches further back takes nothing from the one who was paid."""
    husband, wife = couple([share(start="2024-06")], [share(name="ENT-0", decided_on=date(2024, 8, 1))])
    assert (drawn(husband), drawn(wife)) == ({"CS-06M1": 750000}, {})
    assert (drawn(husband, "2024-05"), drawn(wife, "2024-05")) == ({}, {"CS-06M1": 540000})


def test_the_own_allowance_and_other_care_are_nobody_elses():
    own = [share(), entitlement("BTXH-06B1", name="E3"), entitlement("CS-06H", name="E4")]
    husband, _wife = couple(own, [share("CS-06M2", name="ENT-2"), entitlement("BTXH-06A1", name="E5")])
    assert drawn(husband) == {"BTXH-06B1": 750000, "CS-06H": 500000}


def test_when_the_spouse_stops_or_dies_the_own_share_counts_again():
    stopped = share("CS-06M2", name="ENT-2", changes=(change("2024-08", False),))
    husband, _wife = couple([share()], [stopped])
    assert (drawn(husband, "2024-07"), drawn(husband, "2024-08")) == ({}, {"CS-06M1": 750000})
    dead = {"died_on": date(2024, 7, 9), "death_known_on": date(2024, 9, 1)}
    husband, _wife = couple([share()], [share("CS-06M2", name="ENT-2")], wife=dead)
    assert (drawn(husband, "2024-07"), drawn(husband, "2024-08")) == ({}, {"CS-06M1": 750000})
    assert drawn(husband, "2024-08", as_of=date(2024, 8, 31)) == {}


def test_the_month_of_the_wedding_and_of_the_end_are_each_ones_own():
    days = {"since": date(2024, 6, 20), "until": date(2024, 9, 3)}
    husband, wife = couple([share()], [share("CS-06M2", name="ENT-2")], **days)
    both = [month for month in MONTHS if drawn(husband, str(month)) and drawn(wife, str(month))]
    assert [str(month) for month in both] == [
        "2024-05",
        "2024-06",
        "2024-09",
        "2024-10",
        "2024-11",
        "2024-12",
    ]


def test_a_marriage_counts_from_the_day_it_is_known():
    days = {"known_on": date(2024, 8, 10), "until": date(2024, 9, 3), "end_known_on": date(2024, 11, 5)}
    husband, _wife = couple([share()], [share("CS-06M2", name="ENT-2")], **days)
    assert drawn(husband, "2024-07", as_of=date(2024, 8, 9)) and not drawn(husband, "2024-07")
    assert not drawn(husband, "2024-10", as_of=date(2024, 11, 4)) and drawn(husband, "2024-10")


@pytest.mark.parametrize("hers", ["CS-06M1", "CS-06M2"])
def test_one_share_a_month_whoever_is_asked(hers):
    decided = date(2024, 4, 1)
    husband, wife = couple(
        [share(decided_on=decided)], [share(hers, name="ENT-2", decided_on=decided, start="2024-07")]
    )
    for month in MONTHS:
        assert len(drawn(husband, str(month)) | drawn(wife, str(month))) == 1
        assert bool(drawn(husband, str(month))) != bool(drawn(wife, str(month)))


def test_a_share_that_cannot_be_compared_is_held_back_with_its_reason():
    versions = [
        replace(version, lines={code: line for code, line in version.lines.items() if code != "CS-06M2"})
        for version in shipped_versions()
    ]
    husband, _wife = couple([share()], [share("CS-06M2", name="ENT-2")])
    run = run_person(*husband, Month(2024, 9), LATE, Law(shipped_categories(), versions))
    assert run.lines == [] and [problem.code for problem in run.problems] == ["no_rate_in_force"]


def test_who_gives_way_has_a_reason_and_who_draws_has_a_step():
    husband, wife = couple([share()], [share("CS-06M2", name="ENT-2")])
    run = run_person(*husband, Month(2024, 9), date(2024, 8, 23), law())
    assert run.lines == []
    assert [(problem.code, problem.blocking) for problem in run.problems] == [("one_per_couple", False)]
    (line,) = run_person(*wife, Month(2024, 9), date(2024, 8, 23), law()).lines
    (step,) = [step for step in line.steps if step.code == "one_per_couple"]
    assert render(step) == (
        "Vợ chồng chỉ hưởng một suất; suất 750.000 đ của vợ hoặc chồng không chi thêm (NĐ 20/2021 Đ20.2.a)."
    )
    assert render(step, neutral=True) == "Vợ chồng chỉ hưởng một suất."


def test_a_marriage_found_out_later_is_recovered_from_who_was_paid_too_much():
    husband, _wife = couple([share()], [share("CS-06M2", name="ENT-2")], known_on=date(2024, 8, 1))
    settled = run_person(*husband, Month(2024, 7), date(2024, 6, 24), law()).lines
    before = [Settled(line.benefit, Month(2024, 7), line.months, 0, "Paid") for line in settled]
    assert sum(before[0].months.values()) == 540000 * 2 + 540000
    run = run_person(*husband, Month(2024, 9), date(2024, 8, 23), law(), before)
    assert [proposal.amount for proposal in run.proposals] == [540000 * 3] and run.lines == []
