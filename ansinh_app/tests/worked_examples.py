"""Reads docs/worked-examples.md, the one source of the worked examples, into plain rows; no frappe here."""

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "worked-examples.md"

_TITLE = re.compile(r"## (\d+)\. (.+)")
_WHO = re.compile(r"\*\*(.+), born ([\d/]+)\*\*")
_PRECISION = {1: "Year", 2: "Month", 3: "Day"}


@dataclass(frozen=True)
class Fact:
    """Something decided or that happened: `what` and the entitlement's or place's letter, terms, known day."""

    what: str
    of: str
    terms: str
    known_on: date

    def month(self, word: str = "from") -> str:
        """The month after a word of the terms, as 2024-05."""
        found = re.search(rf"{word} (\d\d)/(\d{{4}})", self.terms)
        return f"{found[2]}-{found[1]}" if found else ""

    def day(self, word: str) -> date | None:
        """The day after a word of the terms."""
        found = re.search(rf"(?:^|, ){word} (\d\d/\d\d/\d{{4}})", self.terms)
        return _day(found[1]) if found else None

    @property
    def category(self) -> str:
        return self.terms.split()[0]

    @property
    def quantity(self) -> int:
        found = re.search(r"× (\d+)", self.terms)
        return int(found[1]) if found else 1


@dataclass(frozen=True)
class Row:
    """One row of the runs: what the run of `period` made on `as_of` puts on a line, and what became of it."""

    period: str
    as_of: str
    category: str
    amounts: tuple[int, ...]
    then: str
    article: str

    @property
    def total(self) -> int:
        return self.amounts[-1]


@dataclass
class Example:
    """One person's example: facts first, then the runs in their order."""

    number: int
    title: str
    full_name: str = ""
    born: date | None = None
    precision: str = "Day"
    facts: list[Fact] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.number:02d} {self.title}"


def read(page: Path = PAGE) -> list[Example]:
    """Every example of the page, in order."""
    found: list[Example] = []
    for line in page.read_text(encoding="utf-8").splitlines():
        title, who = _TITLE.fullmatch(line), _WHO.fullmatch(line)
        if title:
            found.append(Example(int(title[1]), title[2]))
        elif who:
            parts = [int(part) for part in who[2].split("/")][::-1]
            found[-1].full_name = who[1]
            found[-1].precision = _PRECISION[len(parts)]
            found[-1].born = date(*(parts + [1, 1])[:3])
        elif line.startswith("| ") and found:
            _row(found[-1], [cell.strip() for cell in line.strip("| ").split(" | ")], line)
    return found


def _row(example: Example, cells: list[str], line: str) -> None:
    if cells[0] in ("what", "period"):
        return
    cells = [cell.strip() for cell in line[1:-1].split("|")]
    if len(cells) == 3:
        what, _, of = cells[0].rpartition(" ")
        if len(of) != 1:
            what, of = cells[0], ""
        example.facts.append(Fact(what, of, cells[1], _day(cells[2])))
        return
    period, as_of, category, *amounts, then, article = cells
    month, year = period.split("/")
    example.rows.append(
        Row(
            f"{year}-{month}",
            as_of if as_of in ("result", "repaid") else _day(as_of).isoformat(),
            category,
            tuple(int(amount.replace(".", "") or 0) for amount in amounts),
            then,
            article,
        )
    )


def _day(text: str) -> date:
    day, month, year = text.split("/")
    return date(int(year), int(month), int(day))
