"""The ledger after any history: settled + owed = entitled, again changes nothing, no line below zero."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh_app.core.ledger import (
    CAME_BACK,
    COUNTS_AS_SETTLED,
    Change,
    Entitlement,
    Person,
    RecoveryCase,
    Settled,
    entitled,
)
from ansinh_app.core.months import Month
from ansinh_app.core.payout import run_person

from .world import law

OPENING, LAST = Month(2024, 1), Month(2025, 2)
CATEGORIES = ["BTXH-06A1", "BTXH-06B1", "BTXH-05A1", "BTXH-04", "CS-06H", "NCC-03A", "NCC-07A", "NCC-07B"]

months = st.integers(OPENING.index, LAST.index).map(lambda index: OPENING + (index - OPENING.index))
days = st.integers(0, 420).map(lambda number: date(2023, 12, 1) + timedelta(days=number))
changes = st.builds(Change, months, days, st.booleans(), st.just(""))


@st.composite
def worlds(draw):
    """A person, up to three entitlements with their changes, and what becomes of each line."""
    person = Person(
        name="BEN-1",
        born=draw(st.sampled_from([date(1944, 6, 15), date(1964, 9, 1), date(1990, 1, 1)])),
        died_on=draw(st.none() | days),
        death_known_on=None,
    )
    if person.died_on:
        late = timedelta(days=draw(st.integers(0, 120)))
        person = replace(person, death_known_on=person.died_on + late)
    entitlements = [
        Entitlement(
            name=f"ENT-{number}",
            category=category,
            quantity=2 if category == "BTXH-04" else 1,
            start=draw(months),
            decided_on=draw(days),
            settled_through=draw(st.none() | months),
            changes=tuple(draw(st.lists(changes, max_size=3))),
        )
        for number, category in enumerate(draw(st.lists(st.sampled_from(CATEGORIES), min_size=1, max_size=3)))
    ]
    statuses = st.sampled_from(["Paid", "Paid", "Failed", "Uncollected", "Sent", "Cancelled"])
    outcomes = draw(st.lists(statuses, min_size=60, max_size=60))
    approvals = draw(st.lists(st.sampled_from([0, 100_000, 10**9]), min_size=60, max_size=60))
    return person, entitlements, outcomes, approvals


def owed_by_law(person, entitlements, period, as_of):
    """What the person is owed in all up to the period, by benefit, from `entitled` alone."""
    totals = {}
    for month in Month.range(OPENING, period):
        for grant in entitled(person, entitlements, month, law(), as_of):
            totals[grant.benefit] = totals.get(grant.benefit, 0) + grant.owed
    return totals


def as_of_day(period):
    return (period - 1).first_day.replace(day=24)


def settled_sum(settled, benefit):
    lines = (line for line in settled if line.benefit == benefit and line.status in COUNTS_AS_SETTLED)
    return sum(sum(line.months.values()) for line in lines)


def check_run(run, again, person, entitlements, period, settled, cases):
    assert again == run
    assert run.problems == [] or all(not problem.blocking for problem in run.problems) or not_payable(run)
    law_says = owed_by_law(person, entitlements, period, as_of_day(period))
    lines = {line.benefit: line for line in run.lines}
    proposals = {proposal.benefit: proposal for proposal in run.proposals}
    assert len(lines) == len(run.lines)
    held_up = {problem.benefit for problem in run.problems if problem.blocking}
    for benefit in (law_says.keys() | lines.keys() | {line.benefit for line in settled}) - held_up:
        line, proposal = lines.get(benefit), proposals.get(benefit)
        now = sum(line.months.values()) if line else 0
        over = proposal.amount if proposal else 0
        moved = sum(sum(case.months.values()) for case in cases if case.benefit == benefit)
        assert settled_sum(settled, benefit) + now - over - moved == law_says.get(benefit, 0)
    for line in run.lines:
        gross = line.monthly_amount + line.arrears + line.carried_over
        assert min(line.monthly_amount, line.arrears, line.carried_over, line.recovery, line.total) >= 0
        assert line.total == gross - line.recovery and gross > 0
        assert sum(line.months.values()) == gross
        assert sum(amount for _case, amount in line.recoveries) == line.recovery
    for proposal in run.proposals:
        assert proposal.amount == sum(proposal.months.values()) > 0


def not_payable(run):
    return {problem.code for problem in run.problems if problem.blocking} <= {"balance_without_entitlement"}


def after_line(line, status, cases):
    """The cases after a line: what a line that counts deducted is off the outstanding sum."""
    taken = dict(line.recoveries) if status in COUNTS_AS_SETTLED else {}
    return [replace(case, outstanding=case.outstanding - taken.get(case.name, 0)) for case in cases]


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_settled_plus_owed_is_what_the_law_grants_after_any_history(world):
    person, entitlements, outcomes, approvals = world
    outcomes, approvals = iter(outcomes), iter(approvals)
    settled, cases = [], []
    for period in Month.range(OPENING, LAST):
        args = (person, entitlements, period, as_of_day(period), law())
        run = run_person(*args, settled, cases, OPENING)
        own = [Settled(line.benefit, period, line.months, line.recovery, "Sent") for line in run.lines]
        again = run_person(*args, [*settled, *own], cases, OPENING)
        check_run(run, again, person, entitlements, period, settled, cases)
        for line in run.lines:
            status = next(outcomes)
            settled.append(Settled(line.benefit, period, line.months, line.recovery, status))
            cases = after_line(line, status, cases)
            assert all(case.outstanding >= 0 for case in cases)
        for proposal in run.proposals:
            instalment = next(approvals)
            if instalment:
                name = f"REC-{len(cases)}"
                months_over = dict(proposal.months)
                cases.append(
                    RecoveryCase(proposal.benefit, months_over, proposal.amount, instalment, True, name)
                )


@settings(max_examples=80, deadline=None)
@given(worlds(), st.integers(1, 6))
def test_what_came_back_is_paid_in_full_once_payments_succeed(world, failures):
    person, entitlements, _outcomes, _approvals = world
    person = replace(person, died_on=None, death_known_on=None)
    entitlements = [replace(entitlement, changes=()) for entitlement in entitlements]
    settled, received = [], {}
    for number, period in enumerate(Month.range(OPENING, LAST)):
        run = run_person(person, entitlements, period, as_of_day(period), law(), settled, (), OPENING)
        status = "Failed" if number < failures else "Paid"
        for line in run.lines:
            settled.append(Settled(line.benefit, period, line.months, 0, status))
            if status not in CAME_BACK:
                received[line.benefit] = received.get(line.benefit, 0) + line.total
        over = {proposal.benefit: proposal.amount for proposal in run.proposals}
    law_says = owed_by_law(person, entitlements, LAST, as_of_day(LAST))
    for benefit in law_says.keys() | received.keys():
        assert received.get(benefit, 0) - over.get(benefit, 0) == law_says.get(benefit, 0)


@settings(max_examples=60, deadline=None)
@given(worlds(), months)
def test_a_run_can_be_replayed_as_known_on_its_day(world, period):
    person, entitlements, _outcomes, _approvals = world
    as_of = as_of_day(period)
    later = Change(OPENING, as_of + timedelta(days=1), False, "decided after the run")
    learnt = [replace(entitlement, changes=(*entitlement.changes, later)) for entitlement in entitlements]
    extra = Entitlement("ENT-9", "BTXH-06A1", 1, OPENING, as_of + timedelta(days=1))
    before = run_person(person, entitlements, period, as_of, law(), (), (), OPENING)
    assert run_person(person, [*learnt, extra], period, as_of, law(), (), (), OPENING) == before
