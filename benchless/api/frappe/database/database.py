"""frappe.db: SQL, values, and the transaction, on the Django connection of the site, whatever its engine."""

import itertools
import json
import re
from contextlib import suppress

import frappe
from django.db import connections
from django.db import utils as db_errors
from frappe._cache import rolled_back_to_savepoint, transaction_began, transaction_committed
from frappe.database.errors import MISSING_TABLE, ErrorMeanings
from frappe.database.schema import TYPE_MAP
from frappe.database.utils import (
    STORED_AS_IS,
    CallbackManager,
    DefaultOrderBy,
    expand,
    format_datetime,
    stored,
)
from frappe.types import _dict

from benchless import settings

DDL_WORDS = ("alter", "drop", "create", "truncate")
COMMITTING_WORDS = (*DDL_WORDS, "start", "begin")  # on MariaDB they commit what is pending
WRITING_WORDS = ("insert", "update", "delete")
PREFIX_LENGTH = re.compile(r"\s*\(([^)]+)\)\s*")
EMPTY = object()


class Database(ErrorMeanings):
    """One thread's database. What differs between engines stands in sqlite/database.py and mariadb/database.py."""

    db_type = ""
    READ_ONLY_WORDS = ("select", "pragma", "explain", "with", "show", "desc", "describe")
    VARCHAR_LEN = 140
    MAX_COLUMN_LENGTH = 64
    MAX_WRITES_PER_TRANSACTION = 200_000
    OPTIONAL_COLUMNS = ("_user_tags", "_comments", "_assign", "_liked_by")
    InvalidColumnName = frappe.InvalidColumnName
    type_map = TYPE_MAP

    def __init__(self):
        self.value_cache: dict = {}
        self.transaction_writes = 0
        self.auto_commit_on_many_writes = 0
        self.before_commit = CallbackManager()
        self.after_commit = CallbackManager()
        self.before_rollback = CallbackManager()
        self.after_rollback = CallbackManager()

    # connection and transaction

    @property
    def connection(self):
        """Django's connection of this thread; one that Django opened anew is taken out of autocommit again."""
        connection = connections["default"]
        if connection.connection is not None and connection.autocommit and not connection.in_atomic_block:
            connection.set_autocommit(False)
        return connection

    def connect(self) -> None:
        self.connection.ensure_connection()
        if self.connection.get_autocommit():
            self.connection.set_autocommit(False)

    def close(self) -> None:
        """Roll back what is not committed and close the connection, or leave it to this thread's next request."""
        if self.connection.connection is not None:
            with suppress(db_errors.Error):
                self.connection.rollback()
                if settings.keep_connections and self.db_type == "sqlite":
                    self.connection.set_autocommit(True)  # Django closes one that is not as it opened it
                    return
            self.connection.close()

    def begin(self, *, read_only=False) -> None:
        """Start a transaction; refused where that would commit somebody's writes."""
        self.check_implicit_commit("begin")
        if not self._inside_atomic():
            self.connection.rollback()

    def lock_writes(self, wait: bool = True) -> None:
        """Where the engine has one lock for all writers, take it now."""

    def commit(self) -> None:
        """Make the writes of this transaction durable; callbacks registered for it run around it."""
        if self._inside_atomic():
            return
        self.before_commit.run()
        self.connection.commit()
        transaction_committed()
        self.before_rollback.reset()
        self.after_rollback.reset()
        self.transaction_writes = 0
        self.value_cache.clear()
        self.after_commit.run()

    def rollback(self, *, save_point: str | None = None) -> None:
        """Undo the transaction, or what happened since a savepoint."""
        self.value_cache.clear()
        frappe.local.document_cache = {}
        if save_point:
            self._execute(f"rollback to savepoint {self._savepoint_name(save_point)}")
            rolled_back_to_savepoint()
            return
        if self._inside_atomic():
            return
        self.before_rollback.run()
        self.connection.rollback()
        transaction_began()
        self.before_commit.reset()
        self.after_commit.reset()
        self.transaction_writes = 0
        self.after_rollback.run()

    def savepoint(self, save_point: str) -> None:
        self.lock_writes()
        self._execute(f"savepoint {self._savepoint_name(save_point)}")

    def release_savepoint(self, save_point: str) -> None:
        self._execute(f"release savepoint {self._savepoint_name(save_point)}")

    @staticmethod
    def _savepoint_name(save_point: str) -> str:
        if not re.fullmatch(r"\w+", save_point):
            raise frappe.ValidationError(f"Not a savepoint name: {save_point}")
        return f"`{save_point}`"

    def _inside_atomic(self) -> bool:
        """True inside a django.db.transaction.atomic() block, which commits or rolls back by itself."""
        return bool(self.connection.in_atomic_block)

    # SQL

    def _execute(self, query: str, values=None):
        self.last_query = query
        cursor = self.connection.cursor()
        try:
            self._run(cursor, query, values)
        except db_errors.Error as error:
            meaning = self._meaning(error)
            if meaning is error:
                raise
            raise meaning from error
        except (UnicodeEncodeError, OverflowError) as error:  # half a letter, or a number no column holds
            raise frappe.DataError(str(error)[:200]) from error
        return cursor

    def _run(self, cursor, query: str, values) -> None:
        cursor.execute(query, values)

    def _execute_many(self, query: str, rows: list) -> None:
        """Run a statement once for each row of stored values."""
        self.lock_writes()
        try:
            self.connection.cursor().executemany(query, rows)
        except db_errors.Error as error:
            raise self._meaning(error) from error
        self._count_write()

    def _prepare(self, query: str, word: str) -> str:
        """The query as the engine takes it; a write takes the lock it needs."""
        return query

    def sql(
        self,
        query: str,
        values=EMPTY,
        *,
        as_dict=0,
        as_list=0,
        debug=0,
        ignore_ddl=0,
        auto_commit=0,
        update=None,
        explain=False,
        run=True,
        pluck=False,
        as_iterator=False,
    ):
        """Run SQL with %s or %(name)s values; return tuples, or dicts, lists, or the first column (pluck)."""
        query = str(query).strip()
        if not run:
            return query
        word = query[:10].split(None, 1)[0].lower() if query else ""
        self.check_implicit_commit(word)
        if auto_commit:
            self.commit()
        query = self._prepare(query, word)
        if word in WRITING_WORDS:
            self._count_write()
        if values is EMPTY or values is None:
            values = None
        else:
            if not isinstance(values, (dict, tuple, list)):
                values = (values,)
            query, values = expand(query, values) if values or "%%" in query else (query, None)
        try:
            cursor = self._execute(query, values)
        except db_errors.Error as error:
            if ignore_ddl and (self.is_missing_column(error) or self.cant_drop_field_or_key(error)):
                return ()
            raise
        if auto_commit:
            self.commit()
        if debug:
            frappe.errprint(query)
        if not cursor.description:
            return ()
        if as_iterator:
            return self._iterate(cursor, as_dict, as_list, pluck)
        rows = cursor.fetchall()
        if pluck:
            return [row[0] for row in rows]
        if as_dict:
            keys = [column[0] for column in cursor.description]
            result = [_dict(zip(keys, row, strict=True)) for row in rows]
            if update:
                for row in result:
                    row.update(update)
            return result
        if as_list:
            return [list(row) for row in rows]
        return tuple(rows)

    @staticmethod
    def _iterate(cursor, as_dict, as_list, pluck):
        keys = [column[0] for column in cursor.description]
        while rows := cursor.fetchmany(1000):
            for row in rows:
                yield row[0] if pluck else _dict(zip(keys, row, strict=True)) if as_dict else list(row) if as_list else row

    def check_implicit_commit(self, query: str) -> None:
        """MariaDB commits at DDL; refuse it where that would commit somebody's writes."""
        first = query.split(None, 1)[0].lower() if query.strip() else ""
        if self.transaction_writes and first in COMMITTING_WORDS:
            raise frappe.ImplicitCommitError("This statement can cause implicit commit")

    def _count_write(self) -> None:
        """A transaction of too many writes is refused (or, where the caller said so, committed in parts)."""
        self.transaction_writes += 1
        if self.transaction_writes > self.MAX_WRITES_PER_TRANSACTION:
            if not self.auto_commit_on_many_writes:
                message = frappe._("Too many changes to database in single action.")
                raise frappe.TooManyWritesError(f"<br><br>{message}<br>{frappe._('The changes have been reverted.')}<br>")
            self.commit()

    def sql_ddl(self, query: str, debug=False) -> None:
        """Run a statement that changes tables; commits what is pending first, as MariaDB does."""
        self.commit()
        self.sql(query, debug=debug)
        self.commit()

    def sql_list(self, query: str, values=(), debug=False, **kwargs) -> list:
        """The first column of a query's rows."""
        return self.sql(query, values, **kwargs, debug=debug, pluck=True)

    def multisql(self, sql_dict: dict, values=(), **kwargs):
        """The query written for this engine, out of several."""
        return self.sql(sql_dict.get(self.db_type) or sql_dict["mariadb"], values, **kwargs)

    def escape(self, value, percent: bool = True) -> str:
        """A quoted SQL literal of a value."""
        quoted = self._quote(str(stored(value) if value is not None else ""))
        return quoted.replace("%", "%%") if percent else quoted

    def format_date(self, value) -> str:
        return _a_moment(frappe.utils.getdate(value), value).isoformat()  # nothing is today, as on Frappe

    def format_datetime(self, value) -> str:
        if not value:
            return "0001-01-01 00:00:00.000000"
        return format_datetime(_a_moment(frappe.utils.get_datetime(value), value))

    # reading values

    def get_value(
        self,
        doctype: str,
        filters=None,
        fieldname="name",
        ignore=None,
        as_dict=False,
        debug=False,
        order_by=DefaultOrderBy,
        cache=False,
        for_update=False,
        *,
        run=True,
        pluck=False,
        distinct=False,
        skip_locked=False,
        wait=True,
    ):
        """One value (or one row, when several fields are asked for); None where nothing matches."""
        rows = self.get_values(
            doctype,
            filters,
            fieldname,
            as_dict=as_dict,
            order_by=order_by,
            cache=cache,
            for_update=for_update,
            pluck=pluck,
            distinct=distinct,
            limit=1,
            skip_locked=skip_locked,
            wait=wait,
        )
        if not rows:
            return None
        row = rows[0]
        return row if as_dict or pluck or len(row) > 1 else row[0]

    def get_values(
        self,
        doctype: str,
        filters=None,
        fieldname="name",
        ignore=None,
        as_dict=False,
        debug=False,
        order_by=DefaultOrderBy,
        update=None,
        cache=False,
        for_update=False,
        *,
        run=True,
        pluck=False,
        distinct=False,
        limit=None,
        skip_locked=False,
        wait=True,
    ) -> list:
        """Rows of a DocType by name, filters, or (for a Single) of its one document."""
        try:
            single = self._is_single(doctype)
        except frappe.DoesNotExistError:  # no such DocType: no values, as on Frappe
            frappe.clear_last_message()
            return []
        if single and (filters is None or filters == doctype or not isinstance(filters, str)):
            return self._single_values(doctype, filters, fieldname, as_dict, pluck)
        if filters is None and doctype != "DocType":
            filters = {}
        cache_key = None
        if cache and isinstance(filters, (str, int)) and not for_update:
            cache_key = (filters, json.dumps(fieldname), as_dict, pluck)
            hit = self.value_cache.get(doctype, {}).get(cache_key)
            if hit is not None:
                return hit
        if for_update:
            self.lock_writes(wait=wait)
        lock = self._lock_clause(for_update, wait, skip_locked)
        rows = self._select(doctype, filters, fieldname, as_dict, order_by, pluck, distinct, limit, lock)
        if update and as_dict:
            for row in rows:
                row.update(update)
        if cache_key:
            self.value_cache.setdefault(doctype, {})[cache_key] = rows
        return rows

    @staticmethod
    def _lock_clause(for_update: bool, wait: bool, skip_locked: bool) -> str:
        """What a SELECT says to lock the rows it reads, where the engine locks rows."""
        return ""

    def _select(self, doctype, filters, fieldname, as_dict, order_by, pluck, distinct, limit, lock="") -> list:
        """The query behind get_values; a plain name goes past the filter builder."""
        fields = [fieldname] if isinstance(fieldname, str) else list(fieldname)
        if isinstance(filters, (str, int)) and not isinstance(filters, bool):
            columns = ", ".join(f if f == "*" or not f.isidentifier() else f"`{f}`" for f in fields)
            cursor = self._execute(f"select {columns} from `tab{doctype}` where `name`=%s{lock}", (filters,))
            rows = cursor.fetchall()
            if pluck:
                return [row[0] for row in rows]
            if as_dict:
                keys = [column[0] for column in cursor.description]
                return [_dict(zip(keys, row, strict=True)) for row in rows]
            return rows
        from frappe.model.db_query import DatabaseQuery

        rows = DatabaseQuery(doctype).execute(
            fields=fields,
            filters=filters,
            order_by=None if distinct else self._value_order(order_by),
            distinct=distinct,
            limit=limit,
            as_list=not as_dict,
            ignore_permissions=True,
            trusted_fields=True,
            lock=lock,
        )
        return [row[0] for row in rows] if pluck and not as_dict else list(rows)

    @staticmethod
    def _value_order(order_by) -> str | None:
        """Values come last changed first, and without `asc` in descending order, as Frappe has it."""
        if order_by == DefaultOrderBy:
            return "modified desc"
        terms = [term.strip() for term in (order_by or "").split(",")]
        return ", ".join(f"{term} desc" if term and " " not in term else term for term in terms) or None

    def _is_single(self, doctype: str) -> bool:
        from frappe.model.meta import is_single

        return is_single(doctype)

    def _single_values(self, doctype, filters, fieldname, as_dict, pluck) -> list:
        values = self.get_singles_dict(doctype)  # as text, as on Frappe; get_single_value() casts
        if fieldname == "*":
            row = _dict(values, name=doctype)
            return [row] if as_dict else [tuple(row.values())]
        names = [fieldname] if isinstance(fieldname, str) else list(fieldname)
        if isinstance(filters, dict) and any(values.get(k) != v for k, v in filters.items()):
            return []
        row = _dict({name: doctype if name == "name" else values.get(name) for name in names})
        if as_dict:
            return [row]
        if pluck:
            return [row[names[0]]]
        return [tuple(row.values())]

    def get_singles_dict(self, doctype: str, debug=False, *, for_update=False, cast=False) -> _dict:
        """The stored values of a Single as text, or cast to the types of its fields."""
        if for_update:
            self.lock_writes()
        lock = self._lock_clause(for_update, True, False)
        rows = self.sql(f"select `field`, `value` from `tabSingles` where `doctype`=%s{lock}", (doctype,))
        values = _dict(rows)
        if cast:
            meta = frappe.get_meta(doctype)
            for name in list(values):
                if field := meta.get_field(name):
                    values[name] = frappe.utils.cast(field.fieldtype, values[name])
        return values

    def get_single_value(self, doctype: str, fieldname: str, cache=True):
        """One value of a Single, cast to its field's type."""
        key = ("single", fieldname)
        cached = self.value_cache.setdefault(doctype, {})
        if cache and key in cached:
            return cached[key]
        rows = self.sql(
            "select `value` from `tabSingles` where `doctype`=%s and `field`=%s", (doctype, fieldname)
        )
        value = rows[0][0] if rows else None
        field = frappe.get_meta(doctype).get_field(fieldname)
        if not field:
            frappe.throw(
                frappe._("Field {0} does not exist on {1}").format(
                    frappe.bold(fieldname), frappe.bold(doctype)
                ),
                self.InvalidColumnName,
            )
        value = frappe.utils.cast(field.fieldtype, value)
        cached[key] = value
        return value

    def exists(self, dt, dn=None, cache=False, *, debug=False):
        """The name of the document that exists, else None; `dt` may be a dict with `doctype`."""
        if dt != "DocType" and dt == dn:
            return dn  # a Single always exists
        if isinstance(dt, dict):
            dt = dt.copy()
            doctype = dt.pop("doctype")
            return self.get_value(doctype, dt, "name", order_by=None)
        if isinstance(dn, dict):
            dn = {key: value for key, value in dn.items() if key != "doctype"}
        if dn is None:
            return None
        return self.get_value(dt, dn, "name", cache=cache, order_by=None)

    def count(self, dt, filters=None, debug=False, cache=False, distinct=True) -> int:
        from frappe.model.db_query import DatabaseQuery

        if not filters:
            return self.sql(f"select count(*) from `tab{dt}`")[0][0]
        rows = DatabaseQuery(dt).execute(
            fields=[f"count(distinct `tab{dt}`.`name`) as n"],
            filters=filters,
            order_by=None,
            as_list=True,
            ignore_permissions=True,
            trusted_fields=True,
        )
        return rows[0][0]

    def get_descendants(self, doctype: str, name: str) -> list[str]:
        """Names of every node below a node of a tree."""
        bounds = self.get_value(doctype, name, ("lft", "rgt"))
        if not bounds:
            return []
        return self.sql(
            f"select `name` from `tab{doctype}` where `lft` > %s and `rgt` < %s", bounds, pluck=True
        )

    # writing values

    def set_value(
        self,
        dt,
        dn,
        field,
        val=None,
        modified=None,
        modified_by=None,
        update_modified=True,
        debug=False,
    ) -> None:
        """Write values past the controller; `dn` is a name or filters, `field` a name or a dict."""
        if self._is_single(dt):
            return self.set_single_value(
                dt, field, val, modified=modified, modified_by=modified_by, update_modified=update_modified
            )
        values = dict(field) if isinstance(field, dict) else {field: val}
        if update_modified:
            values.setdefault("modified", modified or frappe.utils.now())
            values.setdefault("modified_by", modified_by or frappe.session.user)
        columns = ", ".join(f"`{name}`=%s" for name in values)
        written = list(values.values())
        if isinstance(dn, (str, int)):
            self.sql(f"update `tab{dt}` set {columns} where `name`=%s", [*written, dn])
            frappe.clear_document_cache(dt, dn)
        else:
            from frappe.model.db_query import conditions_of

            where, where_values = conditions_of(dt, dn)
            self.sql(f"update `tab{dt}` set {columns}{where}", [*written, *where_values])
            frappe.clear_document_cache(dt)
        self.value_cache.pop(dt, None)

    def set(self, doc, field, val):
        """Kept for callers of old: doc.db_set()."""
        doc.db_set(field, val)

    def set_single_value(
        self, doctype, fieldname, value=None, *, modified=None, modified_by=None, update_modified=True, debug=False
    ) -> None:
        values = dict(fieldname) if isinstance(fieldname, dict) else {fieldname: value}
        if update_modified:
            values.setdefault("modified", modified or frappe.utils.now())
            values.setdefault("modified_by", modified_by or frappe.session.user)
        self.sql(
            "delete from `tabSingles` where `doctype`=%s and `field` in %s", (doctype, tuple(values))
        )
        for name, item in values.items():
            self.sql(
                "insert into `tabSingles` (`doctype`, `field`, `value`) values (%s, %s, %s)",
                (doctype, name, None if item is None else str(stored(item))),
            )
        frappe.clear_document_cache(doctype, doctype)

    def delete(self, doctype: str, filters=None, debug=False, **kwargs) -> None:
        """Delete rows past the controller."""
        from frappe.model.db_query import conditions_of

        where, values = conditions_of(doctype, filters if filters is not None else kwargs.get("conditions"))
        self.sql(f"delete from `{self._table(doctype)}`{where}", values)
        self.value_cache.pop(doctype, None)

    @staticmethod
    def _table(doctype: str) -> str:
        return doctype if doctype.startswith(("tab", "__")) else f"tab{doctype}"

    def bulk_insert(self, doctype, fields, values, ignore_duplicates=False, *, chunk_size=10_000) -> None:
        """Insert rows (an iterable of value sequences in the order of `fields`) without running controllers."""
        columns = ", ".join(f"`{name}`" for name in fields)
        marks = ", ".join(["%s"] * len(fields))
        word = self.INSERT_IGNORE if ignore_duplicates else "insert"
        query = f"{word} into `{self._table(doctype)}` ({columns}) values ({marks})"
        rows = iter(values)
        while chunk := [
            [v if type(v) in STORED_AS_IS else stored(v) for v in row] for row in itertools.islice(rows, chunk_size)
        ]:
            self._execute_many(query, chunk)
        self.value_cache.pop(doctype, None)

    def bulk_update(self, doctype, doc_updates: dict, *, chunk_size=100, modified=None, modified_by=None,
                    update_modified=True, debug=False) -> None:
        """Write {name: {field: value}} past the controllers."""
        for name, values in doc_updates.items():
            self.set_value(doctype, name, values, modified=modified, modified_by=modified_by,
                           update_modified=update_modified)

    # defaults and globals

    def get_global(self, key: str, user: str = "__global"):
        return self.get_default(key, user)

    def set_global(self, key: str, val, user: str = "__global") -> None:
        self.set_default(key, val, user)

    def get_default(self, key: str, parent: str = "__default"):
        rows = self.sql(
            "select `defvalue` from `tabDefaultValue` where `parent`=%s and `defkey`=%s order by `creation`",
            (parent, key),
            pluck=True,
        )
        return rows[0] if rows else None

    def set_default(self, key: str, val, parent: str = "__default", parenttype=None) -> None:
        import frappe.defaults

        frappe.defaults.set_default(key, val, parent, parenttype)

    # tables, columns, indexes

    def table_exists(self, doctype: str, cached=True) -> bool:
        return self._table(doctype) in self.get_tables(cached=cached)

    has_table = table_exists

    def get_table_columns_description(self, table_name: str) -> list[_dict]:
        """A table's columns: name, type, default, not_null, and whether an index begins with it."""
        columns = self._columns(table_name)
        indexes = self.get_indexes(table_name).values() if columns else ()
        for column in columns:
            column.index = any(i.columns[0] == column.name and not i.unique for i in indexes)
            column.unique = any(i.columns == [column.name] and i.unique for i in indexes)
        return columns

    def get_table_columns(self, doctype: str) -> list[str]:
        columns = [column.name for column in self._columns(self._table(doctype))]
        if not columns:
            raise self.TableMissingError(MISSING_TABLE, f"Table 'tab{doctype}' doesn't exist")
        return columns

    get_db_table_columns = get_table_columns

    def has_column(self, doctype: str, column: str) -> bool:
        return column in self.get_table_columns(doctype)

    def get_column_type(self, doctype: str, column: str) -> str:
        """The declared type of a column (`varchar(140)`)."""
        return next(c.type for c in self._columns(self._table(doctype)) if c.name == column)

    @staticmethod
    def get_index_name(fields) -> str:
        """The name Frappe gives an index over these fields (`a_b_index`)."""
        return PREFIX_LENGTH.sub("", "_".join(fields) + "_index")

    def has_index(self, table_name: str, index_name: str) -> bool:
        return index_name in self.get_indexes(table_name)

    def updatedb(self, doctype: str, meta=None) -> None:
        """Bring a DocType's table up to its definition."""
        from benchless.schema import sync_table

        sync_table(doctype)

    def add_index(self, doctype: str, fields, index_name: str | None = None) -> None:
        """Index columns; a prefix length such as `title(40)` matters on MariaDB only."""
        self._ensure_index(doctype, fields, index_name or self.get_index_name(fields), unique=False)

    def add_unique(self, doctype: str, fields, constraint_name: str | None = None) -> None:
        """Make a combination of columns unique in the database (rows with a NULL among them do not count)."""
        fields = [fields] if isinstance(fields, str) else list(fields)
        self._ensure_index(doctype, fields, constraint_name or "unique_" + "_".join(fields), unique=True)

    def _ensure_index(self, doctype: str, fields, name: str, unique: bool) -> None:
        table = self._table(doctype)
        if not self.has_index(table, name):
            columns = []
            for field in fields:
                length = PREFIX_LENGTH.search(field)
                columns.append((PREFIX_LENGTH.sub("", field).strip("` "), length.group(1) if length else ""))
            self._add_index(table, name, columns, unique)

    # sequences (autoincrement names)

    def get_next_sequence_val(self, doctype: str) -> int:
        from frappe.model.naming import next_number

        return next_number(f"{doctype}_id_seq")

    def set_next_sequence_val(self, doctype: str, value: int, is_val_used: bool = False) -> None:
        from frappe.model.naming import raise_number_to

        raise_number_to(f"{doctype}_id_seq", value if is_val_used else value - 1)


def savepoint(catch=Exception):
    """A context manager that undoes its block, and swallows the error, when it raises `catch`."""
    from contextlib import contextmanager

    @contextmanager
    def block():
        name = "sp_" + frappe.generate_hash(length=10)
        frappe.db.savepoint(name)
        try:
            yield
        except catch:
            frappe.db.rollback(save_point=name)
        else:
            frappe.db.release_savepoint(name)

    return block()


def _a_moment(moment, given):
    """What a value was read as; refuses what is neither a day nor a time, such as a number."""
    if moment is None:
        frappe.throw(
            frappe._("{} is not a valid date string.").format(frappe.bold(frappe.utils.escape_html(str(given)))),
            title=frappe._("Invalid Date"),
        )
    return moment
