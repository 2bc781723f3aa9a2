"""docs/worked-examples.md on the pure rules: every line, proposal and held benefit, with its article."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import groupby

import pytest

from ansinh_app.core.explain import render_all
from ansinh_app.core.law import Law, RateLine, RateVersion
from ansinh_app.core.ledger import (
    COUNTS_AS_SETTLED,
    Change,
    Entitlement,
    Marriage,
    Move,
    Person,
    RecoveryCase,
    Settled,
)
from ansinh_app.core.months import Month
from ansinh_app.core.payout import run_person
from ansinh_app.tests.worked_examples import Example, Fact, read

from .world import law, shipped_categories, shipped_versions

EXAMPLES = read()
_OWN = {"BTXH": ("BTXH-06B1", "1.5"), "HTXH": ("HTXH-75", "1")}
_ACTIVE = {"stop": False, "suspend": False, "resume": True}


def the_law(example: Example) -> Law:
    """The law as shipped, with the provinces' own levels of the example."""
    own = [fact for fact in example.facts if fact.what == "own level"]
    if not own:
        return law()
    return Law(shipped_categories(), [*shipped_versions(), *map(own_version, own)])


def own_version(fact: Fact) -> RateVersion:
    programme, base, *_rest = fact.terms.split()
    category, coefficient = _OWN[programme]
    line = RateLine(category, Decimal(coefficient), None, f"HĐND {fact.of}", "law")
    return RateVersion(
        name=f"OWN-{fact.of}",
        programme=programme,
        effective_from=Month.parse(fact.month()).first_day,
        in_force_on=fact.known_on,
        base_amount=int(base.replace(".", "")),
        instrument=f"HĐND {fact.of}",
        unit=fact.of,
        certainty="law",
        lines={category: line},
    )


def the_person(example: Example) -> Person:
    death = next((fact for fact in example.facts if fact.what == "death"), None)
    home = next((fact.terms for fact in example.facts if fact.what == "lives in"), None)
    moves = tuple(
        Move(Month.parse(fact.month()), fact.known_on, (fact.terms.split()[1],))
        for fact in example.facts
        if fact.what == "move"
    )
    died = date(*map(int, death.terms.split("/")[::-1])) if death else None
    return Person(
        name=example.full_name,
        born=example.born,
        dob_precision=example.precision,
        died_on=died,
        death_known_on=death.known_on if death else None,
        units=(home,) if home else (),
        moves=moves,
        marriages=the_marriages(example),
    )


def the_marriages(example: Example) -> tuple[Marriage, ...]:
    wedding = next((fact for fact in example.facts if fact.what == "married"), None)
    if not wedding:
        return ()
    ended = wedding.day("ended on")
    theirs = the_entitlements(example, "spouse's ")
    spouse = Person("SPOUSE", example.born)
    return (Marriage(spouse, tuple(theirs), wedding.day("on"), wedding.known_on, ended, ended),)


def the_entitlements(example: Example, whose: str = "") -> list[Entitlement]:
    checked = {fact.of: fact.known_on for fact in example.facts if fact.what == "both schemes"}
    return [
        Entitlement(
            name=fact.of,
            category=fact.category,
            quantity=fact.quantity,
            start=Month.parse(fact.month()),
            decided_on=fact.known_on,
            settled_through=Month.parse(fact.month("through")) if fact.month("through") else None,
            changes=tuple(
                Change(Month.parse(one.month()), one.known_on, _ACTIVE[one.what.removeprefix(whose)])
                for one in example.facts
                if one.of == fact.of and one.what.removeprefix(whose) in _ACTIVE
            ),
            both_schemes_on=checked.get(fact.of),
        )
        for fact in example.facts
        if fact.what == f"{whose}grant"
    ]


class Book:
    """What the office keeps while the runs follow one another."""

    def __init__(self, example: Example) -> None:
        self.law = the_law(example)
        self.person = the_person(example)
        self.entitlements = the_entitlements(example)
        self.settled: list[Settled] = []
        self.cases: list[RecoveryCase] = []

    def run(self, period: Month, as_of: date):
        args = (self.person, self.entitlements, period, as_of, self.law)
        run = run_person(*args, self.settled, self.cases)
        assert run_person(*args, self.settled, self.cases) == run
        return run

    def pay(self, period: Month, line, status: str) -> None:
        self.settled.append(Settled(line.benefit, period, line.months, line.recovery, status))
        taken = dict(line.recoveries) if status in COUNTS_AS_SETTLED else {}
        self.cases = [
            replace(case, outstanding=case.outstanding - taken.get(case.name, 0)) for case in self.cases
        ]

    def result(self, row) -> None:
        period, benefit = Month.parse(row.period), self.law.benefit(row.category)
        (index,) = (
            index
            for index, line in enumerate(self.settled)
            if (line.period, line.benefit) == (period, benefit)
        )
        self.settled[index] = replace(self.settled[index], status=row.then)

    def repaid(self, row) -> None:
        (case,) = self.cases
        self.cases = [replace(case, outstanding=case.outstanding - row.total)]
        assert f"{self.cases[0].outstanding:,} left".replace(",", ".") == row.then


def test_the_page_holds_enough_examples_and_both_sides_of_each_date():
    assert len(EXAMPLES) >= 30
    assert [example.number for example in EXAMPLES] == list(range(1, len(EXAMPLES) + 1))
    assert len({example.full_name for example in EXAMPLES}) == len(EXAMPLES)
    periods = {row.period for example in EXAMPLES for row in example.rows}
    assert periods >= {"2024-06", "2024-07", "2025-06", "2025-07", "2026-06", "2026-07", "2026-11"}


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_the_example_comes_out_to_the_dong(example):
    book = Book(example)
    for (period, as_of), group in groupby(example.rows, lambda row: (row.period, row.as_of)):
        rows = list(group)
        if as_of in ("result", "repaid"):
            for row in rows:
                getattr(book, as_of)(row)
            continue
        check_run(book, Month.parse(period), date.fromisoformat(as_of), rows)


def check_run(book: Book, period: Month, as_of: date, rows: list) -> None:
    run = book.run(period, as_of)
    wanted = {
        row.category: row
        for row in rows
        if not row.category.startswith("held: ") and row.category not in ("no line", "proposal")
    }
    found = {
        line.category: (line.monthly_amount, line.arrears, line.carried_over, line.recovery, line.total)
        for line in run.lines
    }
    assert found == {category: row.amounts for category, row in wanted.items()}
    held = {row.category.removeprefix("held: ") for row in rows if row.category.startswith("held: ")}
    assert {problem.code for problem in run.problems if problem.blocking} == held
    proposed = [row for row in rows if row.category == "proposal"]
    assert [proposal.amount for proposal in run.proposals] == [row.total for row in proposed]
    for row, proposal in zip(proposed, run.proposals, strict=True):
        if row.then:
            instalment = int(row.then.removeprefix("approved at ").replace(".", ""))
            book.cases.append(
                RecoveryCase(proposal.benefit, proposal.months, proposal.amount, instalment, True, "CASE")
            )
    for line in run.lines:
        row = wanted[line.category]
        assert not row.article or f"{row.article};" in render_all(line.steps)
        book.pay(period, line, row.then)
