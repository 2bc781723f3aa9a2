"""What all processes of a site must know at once, for a short while: counts of failures and of calls, codes that wait.

In a small SQLite file of its own beside the locks, so that counting never waits for the month that is being written
to the site's database. Losing it (a power cut, a file that cannot be read) forgets counts and codes, nothing else.
"""

import contextlib
import json
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_NAME = "shared.db"
_WAIT_SECONDS = 10
# So many keys, and those that are over are swept out: made-up names must not fill the disk.
MOST_KEYS = 10_000
# A clock that was put back by more than a minute must not make anything live for ever.
_LIVES = "began <= :now + 60 and :now < until"
_TABLE = """
create table if not exists kept (key text primary key, began real not null, until real not null, value text not null)
without rowid
"""


def add(key: str, amount: int, seconds: float) -> int:
    """Add to a count that is forgotten `seconds` after it began; the sum."""

    def count(db: sqlite3.Connection) -> int:
        now = time.time()
        over = f"not ({_LIVES})"
        db.execute(f"delete from kept where key = :key and {over}", {"key": key, "now": now})
        (known,) = db.execute("select count(*) from kept").fetchone()
        if known >= MOST_KEYS:
            db.execute(f"delete from kept where {over}", {"now": now})
        row = db.execute(
            "insert into kept values (?, ?, ?, ?) on conflict (key) do update set value = value + ? returning value",
            (key, now, now + seconds, str(amount), amount),
        ).fetchone()
        return int(row[0])

    return _with_file(count)


def put(key: str, value: Any, seconds: float) -> None:
    """Keep a value of JSON for so many seconds."""

    def write(db: sqlite3.Connection) -> None:
        now = time.time()
        db.execute("insert or replace into kept values (?, ?, ?, ?)", (key, now, now + seconds, json.dumps(value)))

    _with_file(write)


def find(key: str) -> Any:
    """The value kept under a key, a count too; None where there is none any more."""
    sql = f"select value from kept where key = :key and {_LIVES}"
    row = _with_file(lambda db: db.execute(sql, {"key": key, "now": time.time()}).fetchone())
    return json.loads(row[0]) if row else None


def forget(key: str) -> None:
    """Drop what is kept under a key."""
    _with_file(lambda db: db.execute("delete from kept where key = ?", (key,)))


def _with_file(work: Callable[[sqlite3.Connection], Any]) -> Any:
    """`work` in one transaction on the connected site's file; one that cannot be read is begun anew."""
    from frappe._context import local

    file = Path(local.site_path, "locks", _NAME)
    file.parent.mkdir(mode=0o700, exist_ok=True)
    try:
        return _in_transaction(file, work)
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):  # locked for too long, a full disk: the file is not at fault
            raise
        for part in (file, *(file.with_name(f"{_NAME}{end}") for end in ("-wal", "-shm"))):
            part.unlink(missing_ok=True)
        return _in_transaction(file, work)


def _in_transaction(file: Path, work: Callable[[sqlite3.Connection], Any]) -> Any:
    with contextlib.closing(sqlite3.connect(file, timeout=_WAIT_SECONDS, isolation_level=None)) as db:
        db.execute("pragma journal_mode=wal")
        db.execute("pragma synchronous=off")
        db.execute("begin immediate")
        try:
            db.execute(_TABLE)
            found = work(db)
            db.execute("commit")
        except BaseException:
            db.execute("rollback")
            raise
    return found
