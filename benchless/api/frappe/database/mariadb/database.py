"""frappe.db on MariaDB: row locks, its tables and indexes, its errors."""

import re

from django.db import utils as db_errors
from frappe.database import errors
from frappe.database.database import Database
from frappe.database.schema import TYPE_MAP
from frappe.exceptions import QueryDeadlockError, QueryTimeoutError
from frappe.types import _dict

GONE_AWAY = (2006, 2013)  # the server closed an idle connection; the connection broke


class MariaDBDatabase(Database):
    """As on a bench: REPEATABLE READ, rows locked by writes and FOR UPDATE, DDL commits."""

    db_type = "mariadb"
    BIG_NAME = "bigint primary key"
    TABLE_OPTIONS = " engine=InnoDB row_format=dynamic character set=utf8mb4 collate=utf8mb4_unicode_ci"
    INSERT_IGNORE = "insert ignore"
    TEXT_ORDER = ""  # TABLE_OPTIONS say it
    type_map = {**TYPE_MAP, "Time": ("time", "6"), "JSON": ("json", "")}

    def _run(self, cursor, query, values) -> None:
        try:
            cursor.execute(query, values)
        except (db_errors.OperationalError, db_errors.InterfaceError) as error:
            # Between two transactions nothing is lost with the connection: take a new one.
            if self.connection.in_use or errors.number_of(error) not in (*GONE_AWAY, 0):
                raise
            self.connection.close()
            self.connect()
            cursor.cursor = self.connection.cursor().cursor
            cursor.execute(query, values)

    def _lock_clause(self, for_update: bool, wait: bool, skip_locked: bool) -> str:
        if not for_update:
            return ""
        return " for update" + (" skip locked" if skip_locked else "" if wait else " nowait")

    def _meaning(self, error):
        number = errors.number_of(error)
        if number == errors.DEADLOCK:
            return QueryDeadlockError(error)
        if number == errors.LOCK_TIMEOUT:
            return QueryTimeoutError(error)
        return error

    def _quote(self, text: str) -> str:
        from pymysql.converters import escape_string

        return "'" + escape_string(text) + "'"

    @staticmethod
    def get_on_duplicate_update(key=None) -> str:
        return "on duplicate key update "

    # tables and indexes

    def get_tables(self, cached=True) -> list[str]:
        return self.sql("select table_name from information_schema.tables where table_schema = database()", pluck=True)

    def _columns(self, table: str) -> list[_dict]:
        rows = self.sql(
            "select column_name as `name`, column_type as `type`, column_default as `default`, is_nullable as `nullable` "
            "from information_schema.columns where table_schema = database() and table_name = %s "
            "order by ordinal_position",
            (table,),
            as_dict=True,
        )
        return [_dict(name=r.name, type=r.type, default=r.default, not_null=r.nullable == "NO") for r in rows]

    def get_indexes(self, table: str) -> dict[str, _dict]:
        rows = self.sql(
            "select index_name as `name`, non_unique as `repeats`, column_name as `column` "
            "from information_schema.statistics where table_schema = database() and table_name = %s "
            "and index_name != 'PRIMARY' order by index_name, seq_in_index",
            (table,),
            as_dict=True,
        )
        found: dict[str, _dict] = {}
        for row in rows:
            found.setdefault(row.name, _dict(unique=not row.repeats, columns=[])).columns.append(row.column)
        return found

    @staticmethod
    def index_clauses(wanted: dict[str, bool]) -> list[str]:
        """What CREATE TABLE says of indexes (by column: whether unique)."""
        return [f"{'unique ' if unique else ''}index `{name}` (`{name}`)" for name, unique in wanted.items()]

    def _add_index(self, table: str, name: str, columns, unique: bool) -> None:
        kind = "unique index" if unique else "index"
        listed = ", ".join(f"`{column}`" + (f"({length})" if length else "") for column, length in columns)
        self.sql_ddl(f"alter table `{table}` add {kind} if not exists `{name}` ({listed})")

    def drop_index(self, table: str, name: str) -> None:
        self.sql_ddl(f"alter table `{table}` drop index if exists `{name}`")

    # what an error means

    def violated_columns(self, error, doctype: str) -> list[str]:
        """The columns of the unique index that a violation names."""
        found = re.search(r"for key '(?:[^'.]*\.)?([^']+)'", str(error.args[1]))
        index = self.get_indexes(self._table(doctype)).get(found[1]) if found else None
        return index.columns if index else []
