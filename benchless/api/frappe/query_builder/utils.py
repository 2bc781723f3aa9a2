"""Tables and columns by DocType name."""

from pypika import Table
from pypika.terms import Field


def DocType(name: str, *args, **kwargs) -> Table:
    """The table of a DocType."""
    return Table(name if name.startswith("__") else f"tab{name}", *args, **kwargs)


class Column(Field):
    """A column to compare another one with, in get_all filters."""
