"""frappe.db on SQLite: its tables and indexes, its write lock, and its errors under MariaDB's numbers."""

import re

from django.db import utils as db_errors
from frappe.database import errors
from frappe.database.database import Database
from frappe.database.schema import TYPE_MAP
from frappe.database.utils import FOR_UPDATE
from frappe.exceptions import QueryTimeoutError
from frappe.types import _dict

# What SQLite says -> the class and the number MariaDB's driver would raise.
MESSAGES = (
    (re.compile(r"no such table"), db_errors.ProgrammingError, errors.MISSING_TABLE),
    (re.compile(r"no such column|has no column named"), db_errors.OperationalError, errors.MISSING_COLUMN),
    (re.compile(r"no such index"), db_errors.OperationalError, errors.NOTHING_TO_DROP),
    (re.compile(r"duplicate column name"), db_errors.OperationalError, errors.DUPLICATE_COLUMN),
    (re.compile(r"syntax error|incomplete input|unrecognized token"), db_errors.ProgrammingError, errors.SYNTAX_ERROR),
    (re.compile(r"UNIQUE constraint failed"), db_errors.IntegrityError, errors.DUPLICATE_ENTRY),
    (re.compile(r"NOT NULL constraint failed"), db_errors.IntegrityError, errors.COLUMN_NOT_NULL),
)


class SQLiteDatabase(Database):
    """Reads see what is committed; the first write takes the one write lock until commit or rollback."""

    db_type = "sqlite"
    BIG_NAME = "integer primary key"
    TABLE_OPTIONS = ""
    INSERT_IGNORE = "insert or ignore"
    TEXT_ORDER = " collate nocase"  # built in: any SQLite program reads the file
    # Numbers with a fraction are always stored with one: 100 / 3 is not 33.
    type_map = {
        kind: ("double", "") if declared == "decimal" else (declared, size)
        for kind, (declared, size) in TYPE_MAP.items()
    }

    def _prepare(self, query: str, word: str) -> str:
        if FOR_UPDATE.search(query):
            query = FOR_UPDATE.sub("", query)
            self.lock_writes()
        elif word not in self.READ_ONLY_WORDS:
            self.lock_writes()
        return query

    def lock_writes(self, wait: bool = True) -> None:
        """Take the write lock, so that what is read from here on cannot change before the commit."""
        try:
            self.connection.begin_write(wait=wait)
        except db_errors.OperationalError as error:
            raise self._meaning(error) from error

    def _meaning(self, error):
        text = str(error)
        if "locked" in text or "busy" in text:
            return QueryTimeoutError(errors.LOCK_TIMEOUT, text)
        for pattern, kind, number in MESSAGES:
            if pattern.search(text):
                return kind(number, text)
        return error

    def _quote(self, text: str) -> str:
        return "'" + text.replace("'", "''").replace("\x00", "") + "'"

    @staticmethod
    def get_on_duplicate_update(key="name") -> str:
        keys = [key] if isinstance(key, str) else key
        return "on conflict ({}) do update set ".format(", ".join(f"`{name}`" for name in keys))

    # tables and indexes

    def get_tables(self, cached=True) -> list[str]:
        own = "select name from sqlite_master where type='table' and name not like 'sqlite\\_%%' escape '\\'"
        return self.sql(own, pluck=True)

    def count_rows_of_indexes(self) -> None:
        """Tell the planner how many rows an index finds, or it takes one that finds all of them and sorts these.

        A second for each million rows. Connections that are open read the counts when a definition changes.
        """
        self.sql_ddl("analyze")
        self.sql_ddl("create table `__counted` (`row` int)")
        self.sql_ddl("drop table `__counted`")

    def _columns(self, table: str) -> list[_dict]:
        rows = self.sql(f"pragma table_info(`{table}`)", as_dict=True)
        return [_dict(name=r.name, type=r.type, default=r.dflt_value, not_null=bool(r.notnull)) for r in rows]

    def get_indexes(self, table: str) -> dict[str, _dict]:
        found = {}
        for row in self.sql(f"pragma index_list(`{table}`)", as_dict=True):
            if row.origin != "c":  # the primary key, or one that stands in CREATE TABLE
                continue
            columns = self.sql(f"pragma index_info(`{row.name}`)", as_dict=True)
            found[row.name.removeprefix(f"{table}.")] = _dict(
                unique=bool(row.unique), columns=[column.name for column in columns]
            )
        return found

    @staticmethod
    def index_clauses(wanted: dict[str, bool]) -> list[str]:
        """What CREATE TABLE says of indexes: here each is a statement of its own."""
        return []

    def _add_index(self, table: str, name: str, columns, unique: bool) -> None:
        kind = "unique index" if unique else "index"
        listed = ", ".join(f"`{column}`" for column, _length in columns)  # a prefix length is MariaDB's
        self.sql_ddl(f"create {kind} if not exists `{table}.{name}` on `{table}` ({listed})")

    def drop_index(self, table: str, name: str) -> None:
        self.sql_ddl(f"drop index `{table}.{name}`")

    # what an error means

    @classmethod
    def is_primary_key_violation(cls, error) -> bool:
        """True when the name itself is taken."""
        return cls.is_unique_key_violation(error) and bool(re.fullmatch(r".*: tab[^.]+\.name", error.args[1].strip()))

    def violated_columns(self, error, doctype: str) -> list[str]:
        """The columns named by a unique violation."""
        _, _, listed = error.args[1].partition(": ")
        return [part.strip().rpartition(".")[2] for part in listed.split(",") if part.strip()]
