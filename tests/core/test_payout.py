"""A run for one person: arrears, what came back, recovery, proposals, problems; keys and seals."""

import hashlib
import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from ansinh_app.core.ledger import RecoveryCase, Settled
from ansinh_app.core.months import Month
from ansinh_app.core.payout import SEALED, line_key, run_person, seal, seal_in_order

from .world import change, entitlement, law, person

OPENING = Month(2024, 1)


def run(
    *entitlements, period="2024-09", as_of=date(2024, 8, 23), settled=(), cases=(), opening=OPENING, **facts
):
    return run_person(
        person(**facts), entitlements, Month.parse(period), as_of, law(), settled, cases, opening
    )


def the_line(*entitlements, **facts):
    answer = run(*entitlements, **facts)
    assert answer.problems == [] and len(answer.lines) == 1
    return answer.lines[0]


def paid(month, amount, status="Paid", period=None, benefit="BTXH"):
    months = {Month.parse(month): amount}
    return Settled(benefit, Month.parse(period or month), months, 0, status)


def parts(line):
    return line.monthly_amount, line.arrears, line.carried_over, line.recovery, line.total


FIRST = entitlement(start="2024-08")


def test_a_first_month_is_paid_alone():
    line = the_line(entitlement(start="2024-09", decided_on=date(2024, 8, 1)))
    assert parts(line) == (750000, 0, 0, 0, 750000)
    assert line.months == {Month(2024, 9): 750000}


def test_a_late_decision_pays_arrears_of_each_month_at_its_own_rate():
    line = the_line(entitlement(start="2024-06", decided_on=date(2024, 8, 20)))
    assert parts(line) == (750000, 540000 + 750000 * 2, 0, 0, 2790000)
    assert line.months[Month(2024, 6)] == 540000


@pytest.mark.parametrize("status", ["Failed", "Uncollected"])
def test_what_came_back_is_carried_over(status):
    line = the_line(FIRST, settled=[paid("2024-08", 750000, status)])
    assert parts(line) == (750000, 0, 750000, 0, 1500000)


@pytest.mark.parametrize("status", ["Planned", "Sent", "Paid"])
def test_what_is_under_way_is_not_paid_again(status):
    assert parts(the_line(FIRST, settled=[paid("2024-08", 750000, status)])) == (750000, 0, 0, 0, 750000)


def test_a_cancelled_line_gives_its_month_back_as_arrears():
    assert parts(the_line(FIRST, settled=[paid("2024-08", 750000, "Cancelled")])) == (
        750000,
        750000,
        0,
        0,
        1500000,
    )


def test_a_raise_on_top_of_what_came_back_is_arrears():
    started = entitlement(start="2024-07")
    line = the_line(started, settled=[paid("2024-07", 540000, "Failed"), paid("2024-08", 750000)])
    assert parts(line) == (750000, 210000, 540000, 0, 1500000)


def test_twice_returned_is_carried_over_once():
    back = [paid("2024-08", 750000, "Failed"), paid("2024-08", 750000, "Failed", period="2024-07")]
    assert parts(the_line(FIRST, settled=back)) == (750000, 0, 750000, 0, 1500000)


def test_a_month_returned_twice_and_then_raised_carries_over_what_was_once_sent():
    started = entitlement(start="2024-07", changes=(change("2024-08", False, date(2024, 7, 1)),))
    back = [paid("2024-07", 540000, "Failed"), paid("2024-07", 540000, "Failed", period="2024-08")]
    assert parts(the_line(started, settled=back)) == (0, 210000, 540000, 0, 750000)


def test_an_over_paid_month_makes_the_carried_over_sum_smaller():
    started = entitlement(start="2024-07")
    line = the_line(started, settled=[paid("2024-07", 900000), paid("2024-08", 750000, "Failed")])
    assert parts(line) == (750000, 0, 600000, 0, 1350000)


def test_the_own_periods_line_is_left_out_so_a_run_may_be_repeated():
    own = paid("2024-09", 750000, "Sent")
    assert the_line(entitlement(start="2024-09", decided_on=date(2024, 8, 1)), settled=[own]).total == 750000


def test_a_month_paid_ahead_is_not_paid_again():
    ahead = Settled("BTXH", Month(2024, 8), {Month(2024, 8): 750000, Month(2024, 9): 750000}, 0, "Paid")
    assert run(FIRST, settled=[ahead]).lines == []


def test_over_payment_is_proposed_and_not_deducted():
    dead = {"died_on": date(2024, 7, 3), "death_known_on": date(2024, 8, 20)}
    answer = run(
        entitlement(start="2024-07"), settled=[paid("2024-07", 750000), paid("2024-08", 750000)], **dead
    )
    assert answer.lines == []
    (proposal,) = answer.proposals
    assert (proposal.benefit, proposal.amount, proposal.months) == ("BTXH", 750000, {Month(2024, 8): 750000})


def test_an_over_payment_leaves_the_month_itself_whole():
    answer = run(FIRST, settled=[paid("2024-08", 800000)])
    assert parts(answer.lines[0]) == (750000, 0, 0, 0, 750000)
    assert answer.proposals[0].amount == 50000


def test_an_approved_case_ends_the_proposal_and_deducts_its_instalment():
    case = RecoveryCase("BTXH", {Month(2024, 8): 50000}, 50000, 20000, True, "REC-1")
    answer = run(FIRST, settled=[paid("2024-08", 800000)], cases=[case])
    assert answer.proposals == []
    assert parts(answer.lines[0]) == (750000, 0, 0, 20000, 730000)
    assert answer.lines[0].recoveries == (("REC-1", 20000),)
    assert sum(answer.lines[0].months.values()) == 750000


def test_a_case_not_approved_changes_nothing():
    case = RecoveryCase("BTXH", {Month(2024, 8): 50000}, 50000, 20000, False)
    settled = [paid("2024-08", 800000)]
    assert run(FIRST, settled=settled, cases=[case]) == run(FIRST, settled=settled)


def test_recovery_takes_what_is_left_and_no_more():
    cases = [
        RecoveryCase("BTXH", {Month(2024, 8): 50000}, 600000, 600000, True, "A"),
        RecoveryCase("BTXH", {}, 900000, 600000, True, "B"),
        RecoveryCase("NCC-03", {}, 900000, 600000, True, "other benefit"),
    ]
    line = the_line(FIRST, settled=[paid("2024-08", 800000)], cases=cases)
    assert line.recoveries == (("A", 600000), ("B", 150000))
    assert line.total == 0


def test_a_waived_case_deducts_nothing_and_stays_out_of_the_ledger():
    waived = RecoveryCase("BTXH", {Month(2024, 8): 50000}, 0, 20000, True)
    answer = run(FIRST, settled=[paid("2024-08", 800000)], cases=[waived])
    assert parts(answer.lines[0]) == (750000, 0, 0, 0, 750000) and answer.proposals == []


def test_a_stopped_benefit_still_pays_what_came_back():
    stopped = entitlement(start="2024-08", changes=(change("2024-09", False, date(2024, 8, 20)),))
    line = the_line(stopped, settled=[paid("2024-08", 750000, "Failed")])
    assert parts(line) == (0, 0, 750000, 0, 750000)
    assert line.category == "BTXH-06B1"


def test_an_over_paid_month_is_netted_within_arrears():
    started = entitlement(start="2024-06")
    settled = [paid("2024-06", 600000), paid("2024-07", 540000), paid("2024-08", 750000)]
    line = the_line(started, settled=settled)
    assert parts(line) == (750000, 150000, 0, 0, 900000)
    assert line.months == {Month(2024, 6): -60000, Month(2024, 7): 210000, Month(2024, 9): 750000}


def test_before_the_opening_nothing_is_owed():
    line = the_line(entitlement(start="2024-06"), opening=Month(2024, 9))
    assert parts(line) == (750000, 0, 0, 0, 750000)


def test_a_gap_in_the_law_is_a_problem_and_no_line_and_leaves_other_benefits_alone():
    both = (entitlement("NCC-06-61", "2026-09"), entitlement("NCC-03A", "2026-09", name="ENT-2"))
    answer = run(*both, period="2026-11", as_of=date(2026, 10, 23))
    assert [line.benefit for line in answer.lines] == ["NCC-03"]
    (problem,) = answer.problems
    assert (problem.code, problem.benefit, problem.blocking) == ("no_rate_in_force", "NCC-06", True)
    assert problem.data["category"] == "NCC-06-61" and problem.data["person"] == "BEN-1"


def test_an_estimate_is_a_problem_and_no_line():
    answer = run(entitlement("NCC-01A", "2026-07"), period="2026-11", as_of=date(2026, 10, 23))
    assert answer.lines == [] and answer.problems[0].code == "estimated_rate"


def test_an_unknown_category_is_a_problem_and_no_line():
    answer = run(entitlement("XX-1", "2024-07"))
    assert answer.lines == [] and answer.problems[0].code == "unknown_category"


def test_assistance_beside_merit_waits_until_somebody_has_checked_that_both_are_due():
    assisted = entitlement(start="2024-08", decided_on=date(2024, 8, 1))
    merit = entitlement("NCC-03A", "2024-08", name="E2", decided_on=date(2024, 8, 1))
    answer = run(assisted, merit)
    assert [line.benefit for line in answer.lines] == ["NCC-03"]
    assert [(problem.code, problem.benefit, problem.blocking) for problem in answer.problems] == [
        ("two_schemes_unchecked", "BTXH", True)
    ]
    checked = replace(assisted, both_schemes_on=date(2024, 8, 20))
    answer = run(checked, merit)
    assert sorted(line.total for line in answer.lines) == [750000 * 2, 2789000 * 2]
    assert [(problem.code, problem.blocking) for problem in answer.problems] == [("two_schemes", False)]
    assert [line.benefit for line in run(checked, merit, as_of=date(2024, 8, 19)).lines] == ["NCC-03"]


def test_what_was_paid_before_merit_was_granted_is_named_and_nothing_more_is_paid_beside_it():
    """Merit is decided in September with effect from July; assistance was paid and ends with September."""
    assisted = entitlement(start="2024-05", changes=(change("2024-09", False, date(2024, 8, 20)),))
    merit = entitlement("NCC-03A", "2024-07", name="E2", decided_on=date(2024, 8, 20))
    lines = [paid("2024-07", 750000), paid("2024-08", 750000)]
    answer = run(assisted, merit, settled=lines, opening=Month(2024, 7), as_of=date(2024, 9, 2))
    assert [line.benefit for line in answer.lines] == ["NCC-03"]
    assert [(problem.code, problem.blocking) for problem in answer.problems] == [("two_schemes", False)]
    came_back = [paid("2024-07", 750000, "Failed"), paid("2024-08", 750000)]
    answer = run(assisted, merit, settled=came_back, opening=Month(2024, 7), as_of=date(2024, 9, 2))
    assert [line.benefit for line in answer.lines] == ["NCC-03"]
    assert [(problem.code, problem.blocking) for problem in answer.problems] == [
        ("two_schemes_unchecked", True)
    ]


def test_the_social_pension_beside_merit_is_paid_and_named():
    old = {"born": date(1945, 1, 1), "period": "2025-09", "as_of": date(2025, 8, 22)}
    pension = entitlement("HTXH-75", "2025-09", decided_on=date(2025, 8, 1))
    merit = entitlement("NCC-03A", "2025-09", name="E2", decided_on=date(2025, 8, 1))
    answer = run(pension, merit, **old)
    assert len(answer.lines) == 2
    assert [(problem.code, problem.blocking) for problem in answer.problems] == [("two_schemes", False)]


def test_a_case_over_money_that_came_back_is_a_problem_not_a_payment():
    case = RecoveryCase("BTXH", {Month(2024, 8): 750000}, 750000, 100000, True)
    answer = run(settled=[paid("2024-08", 750000, "Failed")], cases=[case])
    assert answer.lines == [] and answer.problems[0].code == "balance_without_entitlement"


def test_explanation_covers_every_month_of_the_line():
    line = the_line(FIRST, settled=[paid("2024-08", 750000, "Failed")])
    codes = [step.code for step in line.steps]
    assert codes == ["entitled", "age", "coefficient", "month_owed", "carried_over"]
    assert line.steps[3].params == {
        "month": "2024-08",
        "entitled": 750000,
        "settled": 0,
        "amount": 750000,
        "returned": 750000,
    }


def test_line_keys_differ_in_every_part_and_are_never_empty():
    keys = {
        line_key("BEN-1", "BTXH", Month(2024, 9), "Regular"),
        line_key("BEN-2", "BTXH", Month(2024, 9), "Regular"),
        line_key("BEN-1", "BTXH-04", Month(2024, 9), "Regular"),
        line_key("BEN-1", "BTXH", Month(2024, 10), "Regular"),
        line_key("BEN-1", "BTXH", Month(2024, 9), "One-off"),
    }
    assert len(keys) == 5
    for bad in ("", "A|B"):
        with pytest.raises(ValueError):
            line_key(bad, "BTXH", Month(2024, 9))


def sealed_rows():
    return [
        {
            "line_key": f"BEN-{number}|BTXH|2024-09|Regular",
            "beneficiary": f"BEN-{number}",
            "payee_name": "Lý Văn Mẫu",
            "account_no": "060123456789",
            "provider": "STB",
            "monthly_amount": 750000,
            "arrears": 0,
            "carried_over": 0,
            "recovery": 0,
            "total": 750000,
            "status": "Planned",
        }
        for number in range(5)
    ]


def test_the_seal_is_the_same_from_any_database_in_any_order():
    rows = sealed_rows()
    other = [row | {"total": 750000.0, "arrears": Decimal("0.000000000"), "status": "Paid"} for row in rows]
    random.Random(1).shuffle(other)
    assert seal(rows) == seal(other) and len(seal(rows)) == 64
    assert seal([row | {"account_no": None} for row in rows]) == seal(
        [row | {"account_no": ""} for row in rows]
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("line_key", "x"),
        ("beneficiary", "BEN-9"),
        ("payee_name", "Lý Văn Mầu"),
        ("account_no", "060123456780"),
        ("provider", "BID"),
        ("monthly_amount", 1),
        ("arrears", 1),
        ("carried_over", 1),
        ("recovery", 1),
        ("total", 750001),
    ],
)
def test_any_change_of_a_sealed_column_breaks_the_seal(column, value):
    changed = sealed_rows()
    changed[3][column] = value
    assert seal(changed) != seal(sealed_rows())


def test_a_line_more_or_less_breaks_the_seal():
    assert len({seal(sealed_rows()), seal(sealed_rows()[:-1]), seal([])}) == 3


def test_seal_of_lines_read_in_order_is_the_same_and_kept_nowhere():
    rows = sorted(sealed_rows(), key=lambda row: row["line_key"])
    values = [[row.get(column) for column in SEALED] for row in rows]
    assert seal_in_order(iter(values)) == seal(rows)
    assert len(rows) > 1 and seal_in_order(reversed(values)) is None
    assert seal_in_order([]) == seal([])


def test_seals_of_years_ago_still_hold():
    """The text that is hashed: a list of lists, keys first, nothing between them, as the first seals were made."""
    text = (
        '[["BEN-0|BTXH|2024-09|Regular","BEN-0","Lý Văn Mẫu","060123456789","STB",750000,0,0,0,750000],'
        '["BEN-1|BTXH|2024-09|Regular","BEN-1","Lý Văn Mẫu","060123456789","STB",750000,0,0,0,750000]]'
    )
    assert seal(sealed_rows()[:2]) == hashlib.sha256(text.encode()).hexdigest()
