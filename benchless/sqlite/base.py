"""The database wrapper: writers queue instead of failing, columns come back in Frappe's types, LIKE ignores case."""

import sqlite3
from datetime import date, datetime, timedelta
from functools import lru_cache
from unicodedata import combining, normalize

from django.db.backends.sqlite3 import base

sqlite3.register_converter("decimal", float)


def _parse_date(raw: bytes) -> date | None:
    try:
        return date.fromisoformat(raw[:10].decode())
    except ValueError:
        return None


def _parse_datetime(raw: bytes) -> datetime | None:
    try:
        return datetime.fromisoformat(raw.decode())
    except ValueError:
        return None


# In place of Django's, which answer None to a date that was written with a time.
sqlite3.register_converter("date", _parse_date)
sqlite3.register_converter("datetime", _parse_datetime)


def _parse_duration(raw: bytes) -> timedelta:
    """A stored time of day, as the time passed since midnight (what MariaDB's driver returns)."""
    text = raw.decode()
    sign = -1 if text.startswith("-") else 1
    hours, minutes, seconds = [*text.lstrip("-").split(":"), "0", "0"][:3]
    return sign * timedelta(hours=int(hours), minutes=int(minutes), seconds=float(seconds))


sqlite3.register_converter("timedelta", _parse_duration)


def fold(text: str) -> str:
    """Text as MariaDB's unicode collation compares it: without case and without accents."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in normalize("NFD", text.casefold()) if not combining(c))


@lru_cache(maxsize=512)
def _like_pattern(pattern: str, escape: str):
    """A compiled LIKE pattern: a substring test where that is all it says, else a regular expression."""
    import re

    plain = pattern[1:-1]
    if len(pattern) > 1 and pattern[0] == pattern[-1] == "%" and not any(c in plain for c in ("%", "_", escape)):
        wanted = fold(plain)
        return lambda text: wanted in text
    parts, position = [], 0
    while position < len(pattern):
        char = pattern[position]
        if char == escape and position + 1 < len(pattern):
            position += 1
            parts.append(re.escape(fold(pattern[position])))
        elif char == "%":
            parts.append(".*")
        elif char == "_":
            parts.append(".")
        else:
            parts.append(re.escape(fold(char)))
        position += 1
    match = re.compile("".join(parts), re.DOTALL).fullmatch
    return lambda text: match(text) is not None


def _like(pattern, value, escape="\\"):
    if pattern is None or value is None:
        return None
    return _like_pattern(str(pattern), escape)(fold(str(value)))


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite with BEGIN IMMEDIATE for the first write of a transaction: two writers wait for one another."""

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        connection.create_function("like", 2, _like, deterministic=True)
        connection.create_function("like", 3, _like, deterministic=True)
        return connection

    def _set_autocommit(self, autocommit):
        with self.wrap_database_errors:
            self.connection.isolation_level = None if autocommit else "IMMEDIATE"

    def begin_write(self):
        """Take the write lock now, so that what is read from here on cannot change before the commit."""
        self.ensure_connection()
        if not self.connection.in_transaction:
            with self.wrap_database_errors:
                self.connection.execute("BEGIN IMMEDIATE")

    def _savepoint(self, sid):
        # A savepoint outside a transaction would open one of its own and commit it on release.
        if not self.get_autocommit():
            self.begin_write()
        super()._savepoint(sid)
