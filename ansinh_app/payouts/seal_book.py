"""The book of sealed lists: a file beside the database that no restore of the database takes back.

`private/seal-book.jsonl` of the site: its first line says whose book it is, each other one that a list was sealed,
its file written, that it was sent, drawn from the treasury or cancelled. Only ever appended to; no name and no
number of a person is in it. What it knows more than the database was lost by bringing back an old backup.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import frappe
from frappe.utils import get_datetime, getdate, now_datetime

from ansinh_app.core.money import as_dong

NAME = "seal-book.jsonl"
SEALED, WRITTEN, SENT, CANCELLED, DRAWN = "sealed", "written", "sent", "cancelled", "drawn"
# A list goes through these in order; a later one is not taken back by an earlier one that is noted again.
_COURSE = (SEALED, WRITTEN, SENT)
_OWNER = "ansinh_seal_book"
_FACTS = ("office", "period", "programme", "provider", "channel")


@dataclass(slots=True)
class Entry:
    """One list as the book has it: `total` in đồng, `state` where it has come to, `times` of each event."""

    batch: str
    seal: str
    office: str
    period: str
    month: str
    programme: str
    provider: str
    channel: str
    lines: int
    total: int
    state: str = SEALED
    times: dict[str, datetime] = field(default_factory=dict)
    by: str = ""
    drawdown: str = ""

    @property
    def group(self) -> tuple[str, str, str, str]:
        """No two lists of one group stand at once."""
        return (self.period, self.programme, self.provider, self.channel)

    @property
    def approved_on(self) -> datetime:
        """When it was sealed, or the first that is known of it."""
        return self.times.get(SEALED) or min(self.times.values())

    def turn_to(self, event: str, time: datetime) -> None:
        """The next event of the list; of one that is noted again the first time counts."""
        if self.state == CANCELLED and event != CANCELLED:
            self.times.clear()
        self.times.setdefault(event, time)
        if CANCELLED in (event, self.state):
            self.state = event
        elif event in _COURSE:
            self.state = max(self.state, event, key=_COURSE.index)


@dataclass(frozen=True, slots=True)
class Book:
    """What stands in the file. `again`: it was begun anew because the database came without its own.

    `owners`: whose it is; more than one where two processes began it at once.
    """

    owners: tuple[str, ...] = ()
    begun: datetime | None = None
    again: bool = False
    entries: tuple[Entry, ...] = ()

    def of(self, office: str) -> list[Entry]:
        """The office's lists in the order of their months and names."""
        found = [entry for entry in self.entries if entry.office == office]
        return sorted(found, key=lambda entry: (entry.month, entry.batch))


def path() -> Path:
    """Where the book of the connected site lies: not among the files that are restored with a database."""
    return Path(frappe.get_site_path("private", NAME))


def read() -> Book:
    """The book as it is now; an empty one where there is none. A line cut short by a power cut is passed over."""
    heads, entries = [], {}
    for row in _rows():
        if "book" in row:
            heads.append(row)
            continue
        with suppress(KeyError, TypeError, ValueError):
            known = entries.setdefault((row["batch"], row["seal"]), _entry(row))
            known.turn_to(row["event"], get_datetime(row["at"]))
            known.drawdown = row.get("drawdown") or known.drawdown
    head = heads[-1] if heads else {}
    begun = get_datetime(head["at"]) if head.get("at") else None
    owners = tuple(str(row["book"]) for row in heads)
    return Book(owners, begun, bool(head.get("again")), tuple(entries.values()))


def _rows() -> Iterator[dict]:
    try:
        text = path().read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    for line in text.split("\n"):
        with suppress(ValueError):
            row = json.loads(line) if line else None
            if isinstance(row, dict):
                yield row


def _entry(row: dict) -> Entry:
    facts = {name: row[name] for name in ("batch", "seal", *_FACTS, "month")}
    return Entry(**facts, lines=int(row["lines"]), total=int(row["total"]), by=row.get("by", ""))


def note(batch: str, event: str, **more: str) -> None:
    """Write an event of a sealed list into the book once the transaction is through; `more` is noted with it."""
    row = _row(batch, event) | more
    frappe.db.after_commit.add(lambda: _try_to_append([row]))


def _row(batch: str, event: str) -> dict:
    columns = ["seal", *_FACTS, "line_count", "total_amount"]
    facts = frappe.db.get_value("Payout Batch", batch, columns, as_dict=True)
    lines, total = facts.pop("line_count"), as_dong(facts.pop("total_amount") or 0)
    month = getdate(frappe.db.get_value("Payout Period", facts.period, "month"))
    row = {"batch": batch, **facts, "month": f"{month:%Y-%m}", "lines": lines, "total": total}
    return row | {"event": event, "at": str(now_datetime()), "by": frappe.session.user}


def _try_to_append(rows: list[dict]) -> None:
    """What is done is done: a full disk is said to who runs the site, and the book is caught up within the hour."""
    try:
        append(rows)
    except OSError:
        frappe.log_error(title="Seal Book")


def append(rows: list[dict]) -> None:
    """Lines at the end of the book, on the disk when this returns. Raises OSError."""
    handle = os.open(path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        for row in rows:
            # Begun on a line of its own also after one that was cut short.
            os.write(handle, f"\n{json.dumps(row, ensure_ascii=False, default=str)}\n".encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def begin(fresh: bool = False) -> Book:
    """The book of this database, begun where there is none. One of another database is put aside.

    `fresh`: the database is new and was never any other. Else one that has had a book and comes without it was
    brought to another place, and the new book says so.
    """
    owner, book = frappe.db.get_global(_OWNER), read()
    if fresh or (owner and book.owners and owner not in book.owners):
        _put_aside(book)
        book = Book()
    if book.owners:
        if not owner:
            frappe.db.set_global(_OWNER, book.owners[-1])
        return book
    if fresh or not owner:
        frappe.db.set_global(_OWNER, new := frappe.generate_hash(length=16))
    head = {"book": new if fresh or not owner else owner, "at": str(now_datetime())}
    append([head | ({"again": 1} if owner and not fresh else {})])
    return read()


def _put_aside(book: Book) -> None:
    with suppress(FileNotFoundError):
        path().rename(path().with_name(f"{NAME}.{book.owners[-1] if book.owners else 'old'}"))


def catch_up() -> int:
    """Hourly and after a migrate: what the database knows and the book does not; returns how many lists."""
    book = begin()
    known = {(entry.batch, entry.seal): entry for entry in book.entries}
    rows = []
    for batch in frappe.get_all(
        "Payout Batch",
        filters={"docstatus": [">", 0], "seal": ["is", "set"]},
        fields=["name", "seal", "status", "docstatus", "sent_on"],
        order_by="name",
        limit_page_length=0,
    ):
        entry = known.get((batch.name, batch.seal))
        event = CANCELLED if batch.docstatus == 2 else SENT if batch.sent_on else SEALED
        if (
            not entry
            or (event == SENT and entry.state in (SEALED, WRITTEN))
            or (event == CANCELLED and entry.state != CANCELLED)
        ):
            rows.append(_row(batch.name, event))
    if rows:
        append(rows)
    return len(rows)
