"""One filter as SQL: as lists read it (`list_condition`), and as `frappe.db.get_value` and its kin do
(`value_condition`). MariaDB's rules for comparing unlike types are spelled out where SQLite has others."""

import datetime
import re

import frappe
from frappe import _
from frappe.database.utils import format_datetime, stored
from frappe.utils import cstr, flt, get_datetime, get_time, get_timespan_date_range, getdate

NEVER_NULL = ("Check", "Float", "Int", "Currency", "Percent")
NUMBERS = frozenset((*NEVER_NULL, "Long Int", "Rating", "Duration"))
STANDARD_TYPES = {"creation": "Datetime", "modified": "Datetime", "idx": "Int", "docstatus": "Int"}
DECIMALS = {"Float": 9, "Currency": 9, "Percent": 9, "Duration": 9, "Rating": 2}
LEADING_NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
BEGINS_AS_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}")
MAX_PARAMETERS = 20_000
NO_DATE, NO_DATETIME = "0001-01-01", "0001-01-01 00:00:00.000000"
TIMESPANS = {"1 week": "week", "1 month": "month", "3 months": "quarter", "6 months": "6 months", "1 year": "year"}
PERIODS = {"previous": "last", "next": "next"}


def list_condition(f, column: str, df, ignore_ifnull: bool = False) -> tuple[str, list]:
    """f: doctype, fieldname, operator (lower case), value; column: its SQL; df: the field, None for a standard one."""
    field, kind = df.fieldtype if df else None, df.fieldtype if df else STANDARD_TYPES.get(f.fieldname)
    is_date = kind in ("Date", "Datetime")
    nullable = f.fieldname not in ("name", "modified", "creation") and not ignore_ifnull
    operator, value = f.operator, f.value
    if operator in ("in", "not in"):
        if operator == "in":
            nullable = nullable and (not value or any(item is None or item == "" for item in value))
        items = value or ""
        items = [cstr(item).strip() for item in (items.split(",") if isinstance(items, str) else items)] or [""]
        return _compare(column, kind, operator, items, "" if nullable else None)
    if operator in ("previous", "next", "timespan"):
        span = value if operator == "timespan" else f"{PERIODS[operator]} {TIMESPANS[value]}"
        operator, value = "between", get_timespan_date_range(span)
    if operator == "between":
        if not is_date:
            frappe.throw(_("The between operator is for dates only"), frappe.DataError)
        return f"{column} between %s and %s", _bounds(value, kind)
    if isinstance(value, (list, tuple, set, dict)):
        frappe.throw(_("{0} compares with one value, not with a list").format(operator), frappe.DataError)
    nullable = nullable and field not in NEVER_NULL and not (operator in (">", ">=") and is_date)
    if operator in (">", "<", ">=", "<=") and f.fieldname in ("creation", "modified"):
        return _compare(column, kind, operator, [cstr(value)], None)
    if operator == "is":
        is_set = cstr(value).lower() == "set"
        return _compare(column, kind, "!=" if is_set else "=", [""], None if is_set or ignore_ifnull else "")
    bare = not nullable or (value and operator in ("=", "like"))
    if field == "Date":
        return _compare(column, kind, operator, [frappe.db.format_date(value)], None if bare else NO_DATE)
    if field == "Datetime" or isinstance(value, datetime.datetime):
        return _compare(column, kind, operator, [frappe.db.format_datetime(value)], None if bare else NO_DATETIME)
    if field == "Time":
        return _compare(column, kind, operator, [get_time(value).strftime("%H:%M:%S.%f")], None if bare else "00:00:00")
    if operator in ("like", "not like") or (isinstance(value, str) and field not in NEVER_NULL):
        text = "" if value is None else value
        if "like" in operator and isinstance(text, str):
            text = text.replace("\\", "\\\\")  # in a list a backslash stands for itself
        return _compare(column, kind, operator, [text], None if bare else "")
    if (operator == "=" and field in ("Link", "Data")) or f.fieldname == "name":
        # an empty value finds nothing here, as on Frappe: to find empty ones, say ("is", "not set")
        return _compare(column, kind, operator, [value or "''"], None if bare else "")
    return _compare(column, kind, operator, [flt(value)], None if bare else 0)


def value_condition(f, column: str, df) -> tuple[str, list]:
    """The same for `frappe.db.get_value`, `exists`, `count`, `set_value` and `delete`: nothing stands for NULL."""
    kind = df.fieldtype if df else STANDARD_TYPES.get(f.fieldname)
    operator, value = f.operator, f.value
    if operator in ("previous", "next", "timespan"):
        span = value if operator == "timespan" else f"{PERIODS[operator]} {TIMESPANS[value]}"
        operator, value = "between", get_timespan_date_range(span)
    if value is None:
        return f"{column} is null", []
    if operator == "is":
        return f"{column} is {'not null' if value.lower() == 'set' else 'null'}", []
    if operator in ("in", "not in"):
        items = value.split(",") if isinstance(value, str) else list(value)
        return _compare(column, kind, operator, items or [""], None)
    if operator == "between":
        start, end = value
        return f"{column} between %s and %s", [_normal(stored(start), kind), _normal(stored(end), kind)]
    if isinstance(value, (list, tuple, set, dict)):
        frappe.throw(_("{0} compares with one value, not with a list").format(operator), frappe.DataError)
    return _compare(column, kind, operator, [value], None)


def _compare(column: str, kind: str | None, operator: str, values: list, fallback) -> tuple[str, list]:
    """`column operator values`, where `fallback` (unless it is None) stands for NULL."""
    values = [stored(value) for value in values]
    number_asked = all(isinstance(value, (int, float)) for value in values)
    if "like" in operator:
        values, number_asked = [cstr(value) for value in values], False
        column = _as_text(column, kind)
    elif fallback is None:
        if kind in NUMBERS:
            values = [_number(value) for value in values]
        elif number_asked:
            column = f"({column} + 0)"
        else:
            values = [_normal(value, kind) for value in values]
    elif not number_asked:
        column = _as_text(column, kind)
    if fallback is not None:
        column = f"ifnull({column}, {fallback if number_asked else frappe.db.escape(cstr(fallback))})"
        if number_asked and kind not in NUMBERS:
            column = f"({column} + 0)"
        elif not number_asked:
            column += frappe.db.TEXT_ORDER  # on SQLite an expression has none of its own
    if operator not in ("in", "not in"):
        return f"{column} {operator} %s", values
    if len(values) > MAX_PARAMETERS:
        listed = ", ".join(str(v) if isinstance(v, (int, float)) else frappe.db.escape(v) for v in values)
        return f"{column} {operator} ({listed})", []
    return f"{column} {operator} ({', '.join(['%s'] * len(values))})", values


def _as_text(column: str, kind: str | None) -> str:
    """A number's text as MariaDB writes it."""
    if frappe.db.db_type != "sqlite" or kind not in NUMBERS:
        return column
    return f"printf('%%.{DECIMALS[kind]}f', {column})" if kind in DECIMALS else f"cast({column} as text)"


def _number(value):
    """What MariaDB makes of a text beside a number: the digits it begins with, else 0."""
    if not isinstance(value, str):
        return value
    found = LEADING_NUMBER.match(value)
    return float(found.group()) if found else 0


def _normal(value, kind: str | None):
    """A point in time in the one form that is stored; what is none stays as it is."""
    if kind not in ("Date", "Datetime", "Time") or not isinstance(value, str):
        return value
    if kind != "Time" and not BEGINS_AS_DATE.match(value):
        return value
    try:
        if kind == "Datetime":
            return format_datetime(get_datetime(value))
        if kind == "Time":
            return stored(frappe.utils.get_timedelta(value))
        moment = get_datetime(value)
        return moment.date().isoformat() if moment.time() == datetime.time() else format_datetime(moment)
    except (ValueError, TypeError, AttributeError, frappe.ValidationError):
        return value


def _bounds(value, kind: str) -> list[str]:
    """Dates of a Datetime field reach from the start of the first day to the end of the last; today by default."""
    given = list(value) if isinstance(value, (list, tuple)) else []
    start, end = [*given, *[frappe.utils.nowdate()] * 2][:2]
    if kind == "Date":
        return [frappe.db.format_date(start), frappe.db.format_date(end)]

    def moment(item, at):
        if isinstance(item, str):
            item = get_datetime(item) if " " in item.strip() else getdate(item)
        if isinstance(item, datetime.date) and not isinstance(item, datetime.datetime):
            item = datetime.datetime.combine(item, at)
        return frappe.db.format_datetime(item)

    return [moment(start, datetime.time()), moment(end, datetime.time(23, 59, 59, 999999))]
