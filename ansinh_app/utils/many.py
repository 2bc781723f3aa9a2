"""Statements over many values at once, the only place with SQL of its own.

The query builder makes a term of every value: with a thousand of them that is half a run's time. Tables and columns
are named by the program, values always go beside the statement, and all of it is in the portable subset.
"""

from collections.abc import Iterator, Sequence
from itertools import chain

import frappe

# Databases bound the values of a statement, some at 32,000.
_VALUES, _NAMES = 30_000, 900
# A statement that gives each row its own value looks through them all for each row.
_CASES = 300


def rows_among(
    doctype: str,
    columns: Sequence[str],
    column: str,
    values: Sequence,
    where: str = "",
    where_values: Sequence = (),
    **options,
) -> Iterator:
    """The rows whose `column` holds one of the values, in no order; `where` is a further condition or a lock's end."""
    named = ", ".join(f"`{one}`" for one in columns)
    for some in chunks(values):
        yield from frappe.db.sql(
            f"select {named} from `tab{doctype}` where `{column}` in ({_places(some)}) {where}",  # noqa: S608
            (*some, *where_values),
            **options,
        )


def insert(doctype: str, columns: Sequence[str], rows: Sequence[Sequence]) -> None:
    """Writes rows, many in a statement, past their controllers."""
    named = ", ".join(f"`{column}`" for column in columns)
    marks = f"({_places(columns)})"
    for some in chunks(rows, _VALUES // len(columns)):
        frappe.db.sql(
            f"insert into `tab{doctype}` ({named}) values {', '.join([marks] * len(some))}",  # noqa: S608
            tuple(chain.from_iterable(some)),
        )


def set_same(doctype: str, names: Sequence[str], values: dict) -> None:
    """Sets the same values on the documents of these names, past their controllers."""
    assigned = ", ".join(f"`{column}`=%s" for column in values)
    for some in chunks(names):
        frappe.db.sql(
            f"update `tab{doctype}` set {assigned} where `name` in ({_places(some)})",  # noqa: S608
            (*values.values(), *some),
        )


def set_each(doctype: str, column: str, values: dict) -> None:
    """Sets a column to a value of its own on each document: {name: value}."""
    for some in chunks(list(values), _CASES):
        cases = " ".join(["when %s then %s"] * len(some))
        frappe.db.sql(
            f"update `tab{doctype}` set `{column}` = case `name` {cases} else `{column}` end"  # noqa: S608
            f" where `name` in ({_places(some)})",
            (*chain.from_iterable((name, values[name]) for name in some), *some),
        )


def chunks(items: Sequence, size: int = _NAMES) -> list[Sequence]:
    """The items in pieces of which each fits one statement."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def _places(values: Sequence) -> str:
    return ", ".join(["%s"] * len(values))
