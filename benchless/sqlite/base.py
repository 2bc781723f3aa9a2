"""The database wrapper: writers queue instead of failing, columns come back in Frappe's types, LIKE ignores case."""

import sqlite3
from datetime import date, datetime, timedelta

from django.db.backends.sqlite3 import base

from benchless.sqlite.functions import register

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


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite with BEGIN IMMEDIATE for the first write of a transaction: two writers wait for one another."""

    def get_new_connection(self, conn_params):
        connection = super().get_new_connection(conn_params)
        register(connection)
        return connection

    def _set_autocommit(self, autocommit):
        with self.wrap_database_errors:
            self.connection.isolation_level = None if autocommit else "IMMEDIATE"

    def begin_write(self, wait=True):
        """Take the write lock now, so that what is read from here on cannot change before the commit."""
        self.ensure_connection()
        if self.connection.in_transaction:
            return
        with self.wrap_database_errors:
            if wait:
                self.connection.execute("BEGIN IMMEDIATE")
                return
            patience = self.connection.execute("PRAGMA busy_timeout").fetchone()[0]
            self.connection.execute("PRAGMA busy_timeout=0")
            try:
                self.connection.execute("BEGIN IMMEDIATE")
            finally:
                self.connection.execute(f"PRAGMA busy_timeout={patience}")

    def _savepoint(self, sid):
        # A savepoint outside a transaction would open one of its own and commit it on release.
        if not self.get_autocommit():
            self.begin_write()
        super()._savepoint(sid)
