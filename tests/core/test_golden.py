"""The golden months on the pure core: every line of every run to the đồng, and the one proposal."""

from datetime import date
from functools import lru_cache

from ansinh_app.core.ledger import Change, Entitlement, Person, Settled
from ansinh_app.core.months import Month
from ansinh_app.core.payout import run_person

from .world import GOLDEN, day, law, rows

OPENING = Month(2024, 1)


def the_person(row, events):
    death = next((e for e in events if e["person"] == row["person"] and e["event"] == "death"), None)
    return Person(
        name=row["person"],
        born=day(row["date_of_birth"]),
        dob_precision=row["dob_precision"],
        died_on=day(death["on_day"]) if death else None,
        death_known_on=day(death["known_on"]) if death else None,
    )


def the_entitlements(person, events):
    stops = tuple(
        Change(Month.parse(e["from_month"]), day(e["known_on"]), False, e["reason"])
        for e in events
        if e["person"] == person and e["event"] == "stop"
    )
    return [
        Entitlement(
            name=f"{person}/{e['category']}",
            category=e["category"],
            quantity=int(e["quantity"]),
            start=Month.parse(e["from_month"]),
            decided_on=day(e["known_on"]),
            changes=stops,
        )
        for e in events
        if e["person"] == person and e["event"] == "entitle"
    ]


@lru_cache(maxsize=1)
def simulated():
    """Every line of every run as (period, person, category) -> amounts, and the last proposals by person."""
    events = rows(GOLDEN / "events.csv")
    outcomes = {(o["period"], o["person"]): o["status"] for o in rows(GOLDEN / "outcomes.csv")}
    people = rows(GOLDEN / "people.csv")
    settled = {row["person"]: [] for row in people}
    lines, proposals = {}, {}
    for run in rows(GOLDEN / "runs.csv"):
        period, as_of = Month.parse(run["period"]), date.fromisoformat(run["as_of"])
        for row in (p for p in people if p["office"] == run["office"]):
            name = row["person"]
            args = (the_person(row, events), the_entitlements(name, events), period, as_of, law())
            answer = run_person(*args, settled[name], (), OPENING)
            assert run_person(*args, settled[name], (), OPENING) == answer
            assert answer.problems == []
            proposals[name] = answer.proposals
            for line in answer.lines:
                assert sum(line.months.values()) == line.total + line.recovery
                lines[run["period"], name, line.category] = (
                    line.monthly_amount,
                    line.arrears,
                    line.carried_over,
                    line.recovery,
                    line.total,
                )
                status = outcomes.get((run["period"], name), "Paid")
                settled[name].append(Settled(line.benefit, period, line.months, line.recovery, status))
    return lines, proposals


def test_every_line_of_every_run_is_as_expected_to_the_dong():
    columns = ("monthly_amount", "arrears", "carried_over", "recovery", "total")
    expected = {
        (row["period"], row["person"], row["category"]): tuple(int(row[column]) for column in columns)
        for row in rows(GOLDEN / "expected.csv")
    }
    assert len(expected) > 60
    assert simulated()[0] == expected


def test_recovery_is_proposed_for_g07_alone():
    proposals = {name: found for name, found in simulated()[1].items() if found}
    assert list(proposals) == ["G07"]
    (proposal,) = proposals["G07"]
    assert proposal.amount == 1_000_000
    assert proposal.months == {Month(2024, 7): 500_000, Month(2024, 8): 500_000}
