"""Small pieces of SQL that queries share: parameters, literals, callbacks at commit and rollback."""

import datetime
import re
from collections import deque
from decimal import Decimal

NestedSetHierarchy = (
    "ancestors of",
    "descendants of",
    "not ancestors of",
    "not descendants of",
    "descendants of (inclusive)",
)
DefaultOrderBy = "KEEP_DEFAULT_ORDERING"
PARAMETER = re.compile(r"%%|%s|%\((\w+)\)s")
FOR_UPDATE = re.compile(r"\s+for\s+update(\s+(nowait|skip\s+locked))?\s*;?\s*$", re.IGNORECASE)


STORED_AS_IS = frozenset((type(None), str, int, float, bytes))


def stored(value):
    """A Python value as the database stores it (dates as ISO text, booleans as 0 and 1)."""
    if type(value) in STORED_AS_IS:
        return value
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, int):  # DocStatus and other enumerations
        return int(value)
    if isinstance(value, datetime.datetime):
        return format_datetime(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return format_timedelta(value)
    if isinstance(value, datetime.time):
        return value.strftime("%H:%M:%S.%f")
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return str(value)


def format_datetime(value: datetime.datetime) -> str:
    """Always with microseconds, so that text compares as time does."""
    return value.strftime("%Y-%m-%d %H:%M:%S.%f")


def format_timedelta(value: datetime.timedelta) -> str:
    seconds = int(value.total_seconds())
    hours, rest = divmod(abs(seconds), 3600)
    sign = "-" if seconds < 0 else ""
    return f"{sign}{hours:02d}:{rest // 60:02d}:{rest % 60:02d}.{value.microseconds:06d}"


def expand(query: str, values) -> tuple[str, list]:
    """Turn a query with %s / %(name)s and lists among its values into one with plain %s, and its values."""
    flat: list = []
    positional = None if isinstance(values, dict) else iter(values)

    def place(match):
        mark = match.group()
        if mark == "%%":
            return mark
        value = values[match.group(1)] if match.group(1) else next(positional)
        if isinstance(value, (list, tuple, set, frozenset)):
            items = list(value) or [None]
            flat.extend(stored(item) for item in items)
            return "(" + ", ".join(["%s"] * len(items)) + ")"
        flat.append(stored(value))
        return "%s"

    return PARAMETER.sub(place, query), flat


class CallbackManager:
    """Functions to run once, in order, at the next commit or rollback."""

    def __init__(self):
        self._functions = deque()

    def add(self, func):
        self._functions.append(func)

    def __call__(self, func):
        self.add(func)

    def run(self):
        while self._functions:
            self._functions.popleft()()

    def reset(self):
        self._functions.clear()
