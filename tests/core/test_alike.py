"""People alike get, line for line and step for step, what the rules give each of them alone."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ansinh_app.core.alike import AlikeRuns
from ansinh_app.core.ledger import Change, Entitlement, Person, Settled
from ansinh_app.core.months import Month
from ansinh_app.core.payout import run_person

from .histories import OPENING, PERIODS, couples, decisions, histories
from .world import law

# Birthdays on both sides of every limit of the bands used, and some far from any.
_BIRTHS = [
    date(year, month, day)
    for year in (1944, 1949, 1964, 1984, 2005, 2008, 2020, 2021)
    for month in (1, 3, 9, 12)
    for day in (1, 15)
]
_BANDED = ["BTXH-06A1", "BTXH-06B1", "BTXH-01B", "BTXH-05A1", "BTXH-05B", "HTXH-75", "CS-06M1", "NCC-03A"]


def ledger_of(settled):
    return tuple(
        (one.benefit, one.period, tuple(one.months.items()), one.recovery, one.status) for one in settled
    )


def compare(runs, person, entitlements, settled, cases, opening):
    slow = run_person(person, entitlements, runs.period, runs.as_of, runs.law, settled, cases, opening)
    ledger = ledger_of(settled)
    # Twice: the first asks the rules, the second must not have to.
    for _again in range(2):
        assert runs.run(person, entitlements, settled, cases, opening, ledger) == slow
    return slow


@settings(max_examples=150, deadline=None)
@given(histories(), st.lists(st.sampled_from(_BIRTHS), min_size=1, max_size=4), st.integers(-40, 40))
def test_any_history_of_a_family_of_look_alikes(history, births, shift):
    """The same history lived by people of other ages, names and days of decision, one after the other."""
    for period in PERIODS:
        history.results(period)
        runs = AlikeRuns(period, history.as_of(period), history.law)
        known = history.known(period)
        run = compare(runs, history.person, known, history.settled, history.cases, OPENING)
        for number, born in enumerate(births):
            other = replace(history.person, name=f"BEN-X{number}", born=born)
            later = timedelta(days=shift * number)
            theirs = [
                replace(
                    one,
                    name=f"{one.name}-X{number}",
                    decision_no=f"{number}/QĐ",
                    decided_on=one.decided_on + later,
                )
                for one in known
            ]
            compare(runs, other, theirs, history.settled, history.cases, OPENING)
            compare(runs, other, theirs[::-1], history.settled, history.cases, OPENING)
        for line in run.lines:
            history.pay(period, line)
        for proposal in run.proposals:
            history.decide(proposal)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(_BIRTHS), st.sampled_from(["Day", "Month", "Year"]), decisions(_BANDED, 2)),
        min_size=2,
        max_size=12,
    ),
    st.integers(2, 30),
    st.booleans(),
)
def test_a_register_of_people_of_all_ages(people, months, late):
    """One register of runs over many people whose months were paid as they fell due, by one amount."""
    period = Month(2026, 9)
    as_of = date(2026, 9, 9) if late else date(2026, 8, 24)
    runs, opening = AlikeRuns(period, as_of, law()), period - months
    for number, (born, precision, items) in enumerate(people):
        person = Person(f"BEN-{number}", born, precision)
        items = [
            replace(one, name=f"E{number}-{place}", start=max(one.start, opening))
            for place, one in enumerate(items)
        ]
        settled = [
            Settled(law().benefit(items[0].category), month, {month: 750_000}, 0, "Paid")
            for month in Month.range(opening, period - 1)
        ]
        compare(runs, person, items, settled, (), opening)
        compare(runs, person, items, [], (), opening)


@settings(max_examples=40, deadline=None)
@given(couples())
def test_couples_are_worked_out_for_themselves(both):
    for period in PERIODS[::3]:
        for history in both:
            runs = AlikeRuns(period, history.as_of(period), history.law)
            compare(runs, history.person, history.known(period), history.settled, history.cases, OPENING)


def test_people_alike_are_asked_once():
    """What the rules are asked for is the kind, not the person; a birthday in between makes another kind."""
    period = Month(2026, 9)
    runs = AlikeRuns(period, date(2026, 8, 24), law())
    start = Month(2026, 1)

    def asked(born):
        before = len(runs._known)
        term = Entitlement(
            f"E-{born}", "BTXH-06B1", 1, start, date(2025, 12, born.day), decision_no=str(born)
        )
        line = compare(runs, Person(str(born), born), [term], [], (), start).lines[0]
        assert line.entitlement == term.name
        return len(runs._known) - before

    assert [asked(born) for born in (date(1980, 1, 1), date(1981, 2, 2), date(1990, 12, 31))] == [1, 0, 0]
    assert asked(date(1966, 5, 5)) == 1


def test_what_a_decision_s_day_changes_tells_people_apart():
    """Known before the month, in it, on the run's day or after it: arrears of merit wait or not, or nothing is owed."""
    period, as_of = Month(2026, 9), date(2026, 9, 9)
    runs = AlikeRuns(period, as_of, law())
    answers = set()
    for day in (date(2026, 8, 31), date(2026, 9, 1), as_of, date(2026, 9, 10)):
        term = Entitlement("E", "NCC-03A", 1, Month(2026, 6), day)
        lines = compare(runs, Person("P", date(1950, 1, 1)), [term], [], (), Month(2026, 6)).lines
        answers.add(sum(line.total for line in lines))
    assert len(answers) == 3


def test_what_was_settled_outside_hides_nothing():
    """Where months paid elsewhere could hold a benefit back, the person is looked at with all of them."""
    period = Month(2026, 5)
    runs = AlikeRuns(period, date(2026, 4, 24), law())
    through = Month(2025, 12)
    born = date(1980, 1, 1)
    living = Person("A", born)
    dead = Person("B", born, died_on=date(2025, 6, 1), death_known_on=date(2025, 6, 2))
    unborn = Person("C", None, died_on=date(2025, 6, 1), death_known_on=date(2025, 6, 2))
    stopped = (Change(Month(2025, 6), date(2025, 5, 1), False),)
    for person in (living, dead, unborn, replace(unborn, died_on=None)):
        for quantity in (1, 2):
            for changes in ((), stopped):
                for start in (Month(2019, 1), Month(2025, 11), through, period):
                    for category in ("BTXH-06B1", "BTXH-04", "BTXH-XX"):
                        term = Entitlement("E", category, quantity, start, date(2018, 1, 1), through, changes)
                        for end in (through, period, None):
                            one = replace(term, settled_through=end)
                            compare(runs, person, [one], [], (), start)
                            early = [Settled("BTXH", Month(2025, 3), {Month(2025, 3): 750_000}, 0, "Paid")]
                            compare(runs, person, [one], early, (), min(start, Month(2025, 3)))
