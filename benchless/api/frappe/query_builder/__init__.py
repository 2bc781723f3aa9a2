"""frappe.qb: pypika in MySQL's dialect (which SQLite reads too), with `.run()` on the site's database."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum

import pypika.terms
from frappe.database.utils import stored
from frappe.query_builder import functions
from frappe.query_builder.utils import Column, DocType  # noqa: F401
from pypika import Case, Criterion, CustomFunction, Interval, JoinType, Order, Tuple  # noqa: F401
from pypika.dialects import MySQLQuery, MySQLQueryBuilder
from pypika.queries import Schema, Table
from pypika.terms import Field, PseudoColumn, ValueWrapper  # noqa: F401


def _formatted(cls, value, **kwargs):
    """Dates and decimals as the database stores them; text quoted as the site's engine reads it."""
    import frappe

    if isinstance(value, (datetime, date, time, timedelta, Decimal)):
        value = stored(value)
    if isinstance(value, str) and not isinstance(value, Enum) and getattr(frappe.local, "db", None):
        return frappe.db.escape(value, percent=False)
    return _original(cls, value, **kwargs)


if not getattr(ValueWrapper, "_stores_dates", False):
    _original = ValueWrapper.__dict__["get_formatted_value"].__func__
    ValueWrapper.get_formatted_value = classmethod(_formatted)
    ValueWrapper._stores_dates = True


class FrappeQueryBuilder(MySQLQueryBuilder):
    """A query that runs itself on frappe.db."""

    def run(self, as_dict=0, as_list=0, debug=0, pluck=False, run=True, as_iterator=False, **kwargs):
        import frappe

        return frappe.db.sql(
            self.get_sql(),
            as_dict=as_dict,
            as_list=as_list,
            debug=debug,
            pluck=pluck,
            run=run,
            as_iterator=as_iterator,
        )

    def walk(self) -> tuple[str, dict]:
        return self.get_sql(), {}


def _set_operation_run(self, as_dict=0, as_list=0, debug=0, pluck=False, **kwargs):
    import frappe

    return frappe.db.sql(self.get_sql(), as_dict=as_dict, as_list=as_list, debug=debug, pluck=pluck)


pypika.queries._SetOperation.run = _set_operation_run


def _as_table(table):
    return DocType(table) if isinstance(table, str) else table


class qb(MySQLQuery):
    """The namespace apps know as `frappe.qb`."""

    DocType = staticmethod(DocType)
    Table = Table
    Field = Field
    Schema = Schema
    functions = functions
    desc = Order.desc
    asc = Order.asc

    @classmethod
    def _builder(cls, **kwargs):
        return FrappeQueryBuilder(**kwargs)

    @classmethod
    def from_(cls, table, *args, **kwargs):
        return super().from_(_as_table(table), *args, **kwargs)

    @classmethod
    def into(cls, table, *args, **kwargs):
        return super().into(_as_table(table), *args, **kwargs)

    @classmethod
    def update(cls, table, *args, **kwargs):
        return super().update(_as_table(table), *args, **kwargs)
