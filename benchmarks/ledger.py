"""The ledger of many people over 24 months in one process, beside the bare sums it comes down to."""

import csv
import random
from datetime import date
from decimal import Decimal
from pathlib import Path

from ansinh_app.core.law import Category, Law, RateLine, RateVersion
from ansinh_app.core.ledger import Entitlement, Person, Settled
from ansinh_app.core.months import Month
from ansinh_app.core.payout import run_person
from benchmarks.clock import measure, peak_memory

DATA = Path(__file__).resolve().parents[1] / "ansinh_app" / "data"
FIRST, PERIOD = Month(2024, 12), Month(2026, 11)
AS_OF = date(2026, 10, 23)
# Shares of a province's registry, roughly: elderly, disabled adults and children, orphans, parents, carers.
MIX = (
    ("BTXH-06B1", 30, (1968, 2005)),
    ("BTXH-06A1", 14, (1968, 2005)),
    ("BTXH-06B3", 18, (1935, 1960)),
    ("HTXH-75", 20, (1935, 1948)),
    ("BTXH-01B", 8, (2011, 2019)),
    ("BTXH-04", 6, (1980, 1998)),
    ("NCC-03A", 4, (1940, 1970)),
)


def run(people: int = 100_000) -> list[str]:
    """Lines of the report; a person-month is one month of one person, entitled against settled."""
    law = shipped_law()
    before = peak_memory()
    world = list(make_people(people, law))
    held = peak_memory()
    months = PERIOD - FIRST + 1

    def whole() -> int:
        total = 0
        for person, entitlements, settled in world:
            for line in run_person(person, entitlements, PERIOD, AS_OF, law, settled, (), FIRST).lines:
                total += line.total
        return total

    taken = measure(whole)
    peak = peak_memory()
    floor = measure(lambda: bare_sums(world))
    assert taken.result > 0 and floor.result > 0
    each = taken.seconds / (people * months) * 1e6
    return [
        f"ledger: {people:,} people x {months} months, one process",
        f"  {taken.seconds:8.1f} s   {each:6.2f} µs per person-month",
        f"  {floor.seconds:8.1f} s   bare sums of the same months (the floor)",
        f"  ratio {taken.seconds / floor.seconds:.1f} to the floor",
        f"  memory: people and their 24 months {held - before:,.0f} MiB "
        f"({(held - before) * 1024 / people:.1f} KiB each), peak of the process {peak:,.0f} MiB "
        f"(the run added {peak - held:,.0f} MiB)",
    ]


def bare_sums(world: list) -> int:
    """What no ledger can do without: for each month one amount less what was paid."""
    total = 0
    for _person, _entitlements, settled in world:
        balance: dict[Month, int] = {}
        for line in settled:
            for month, amount in line.months.items():
                balance[month] = balance.get(month, 0) - amount
        for month in Month.range(FIRST, PERIOD):
            balance[month] = balance.get(month, 0) + 750_000
        total += sum(balance.values())
    return total


def make_people(number: int, law: Law):
    """Made-up people, each with a decision and a paid line for each of the months before the last."""
    chance = random.Random(20261122)
    codes = [code for code, _share, _years in MIX]
    shares = [share for _code, share, _years in MIX]
    years = {code: span for code, _share, span in MIX}
    periods = list(Month.range(FIRST, PERIOD - 1))
    for index, code in enumerate(chance.choices(codes, shares, k=number)):
        born = date(chance.randint(*years[code]), chance.randint(1, 12), chance.randint(1, 28))
        start = FIRST if code != "HTXH-75" else Month(2025, 7)
        entitlement = Entitlement(
            f"E{index}", code, 2 if code == "BTXH-04" else 1, start, start.first_day.replace(day=1)
        )
        amount = 750_000 if code.startswith("BTXH") else 500_000
        benefit = law.benefit(code)
        settled = [
            Settled(benefit, period, {period: amount}, 0, "Paid") for period in periods if period >= start
        ]
        yield Person(f"P{index}", born), [entitlement], settled


def shipped_law() -> Law:
    """The law as the app ships it."""
    categories = [
        Category(
            code=row["code"],
            programme=row["programme"],
            band_group=row["band_group"] or None,
            title=row["title_vi"],
            neutral_title=row["neutral_title_vi"],
            sensitive=bool(row["neutral_title_vi"]),
            age_from=int(row["age_from"]) if row["age_from"] else None,
            age_to=int(row["age_to_exclusive"]) if row["age_to_exclusive"] else None,
            per_child=row["per_child"] == "1",
            payee=row["payee"],
            stack_rule=row["stack_rule"],
            article=row["law_article"],
        )
        for row in _rows("benefit_categories")
    ]
    levels = _rows("coefficients") + _rows("fixed_amounts")
    return Law(categories, [_version(row, levels) for row in _rows("rate_versions")])


def _version(row: dict, levels: list[dict]) -> RateVersion:
    lines = {
        level["category_code"]: RateLine(
            category=level["category_code"],
            coefficient=Decimal(level["coefficient"]) if level.get("coefficient") else None,
            amount=int(level["amount"]) if level.get("amount") else None,
            article=level.get("law_article") or "",
            certainty=level["certainty"],
        )
        for level in levels
        if level["programme"] == row["programme"]
        and level["effective_from"] <= row["effective_from"]
        and (level["effective_to"] or "9999") >= row["effective_from"]
    }
    return RateVersion(
        name=f"{row['programme']}-{row['effective_from']}",
        programme=row["programme"],
        effective_from=date.fromisoformat(row["effective_from"]),
        in_force_on=date.fromisoformat(row["in_force_on"]),
        base_amount=int(row["base_amount"]),
        instrument=row["legal_instrument"],
        unit=None,
        certainty=row["certainty"],
        lines=lines,
    )


def _rows(table: str) -> list[dict]:
    with open(DATA / f"{table}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
