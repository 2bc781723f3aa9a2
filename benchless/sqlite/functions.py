"""What MariaDB has and SQLite lacks: its LIKE, its order of text, and the functions that lists and queries use."""

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from unicodedata import combining, normalize


def _plain(text: str) -> str:
    return "".join(c for c in normalize("NFD", text.casefold()) if not combining(c))


# Letters of Latin scripts and what is left of each; a search asks for every row, and Vietnamese ends here.
_LETTERS = {code: _plain(chr(code)) for code in (*range(0xC0, 0x250), *range(0x1EA0, 0x1EFA))}


def fold(text: str) -> str:
    """Text as MariaDB's unicode collation compares it: without case and without accents (đ is no d)."""
    if text.isascii():
        return text.lower()
    short = text.translate(_LETTERS).lower()
    return short if short.isascii() or short.replace("đ", "").isascii() else _plain(text)


# đ comes after every d, the underscore before every digit.
_ORDER = {ord("đ"): "d\U0010ffff", ord("_"): "\x01"}


def sort_key(value):
    """What to order by in place of a text, to get MariaDB's order; numbers and NULL stay."""
    return fold(value).translate(_ORDER) if isinstance(value, str) else value


@lru_cache(maxsize=512)
def _like_pattern(pattern: str, escape: str) -> tuple:
    """A LIKE pattern made ready: (the text to find, None) where that is all it says, else (None, a match function)."""
    plain = pattern[1:-1]
    if len(pattern) > 1 and pattern[0] == pattern[-1] == "%" and not any(c in plain for c in ("%", "_", escape)):
        return fold(plain), None
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
    return None, re.compile("".join(parts), re.DOTALL).fullmatch


def like(pattern, value, escape="\\"):
    """MariaDB's LIKE; it is called for every row that a query looks at, hence without further calls."""
    if pattern is None or value is None:
        return None
    text = value if type(value) is str else str(value)
    text = text.lower() if text.isascii() else fold(text)
    wanted, match = _like_pattern(pattern if type(pattern) is str else str(pattern), escape)
    return wanted in text if match is None else match(text) is not None


def _moment(value) -> datetime | None:
    """A stored date or time; None for what is none, as MariaDB answers NULL."""
    try:
        return datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _part(name: str):
    def part(value):
        moment = _moment(value)
        return getattr(moment, name) if moment else None

    return part


def _date(value):
    moment = _moment(value)
    return moment.date().isoformat() if moment else None


def _timestamp(value):
    moment = _moment(value)
    return str(moment) if moment else None


def _datediff(first, second):
    first, second = _moment(first), _moment(second)
    return (first.date() - second.date()).days if first and second else None


def _quarter(value):
    moment = _moment(value)
    return (moment.month + 2) // 3 if moment else None


def _weekday(value):
    moment = _moment(value)
    return moment.weekday() if moment else None


def _last_day(value):
    moment = _moment(value)
    if not moment:
        return None
    return (date(moment.year + moment.month // 12, moment.month % 12 + 1, 1) - timedelta(days=1)).isoformat()


# MariaDB's letters that Python's strftime writes otherwise.
_FORMATS = {
    "i": lambda m: f"{m:%M}", "s": lambda m: f"{m:%S}", "c": lambda m: str(m.month), "e": lambda m: str(m.day),
    "M": lambda m: f"{m:%B}", "W": lambda m: f"{m:%A}", "k": lambda m: str(m.hour), "l": lambda m: str(int(f"{m:%I}")),
    "h": lambda m: f"{m:%I}", "T": lambda m: f"{m:%H:%M:%S}", "v": lambda m: f"{m:%V}", "x": lambda m: f"{m:%G}",
    "%": lambda m: "%",
}  # fmt: skip


def _date_format(value, pattern):
    moment = _moment(value)
    if not moment or pattern is None:
        return None
    return re.sub(
        r"%(.)", lambda found: _FORMATS.get(found[1], lambda m: m.strftime(f"%{found[1]}"))(moment), pattern
    )


def _concat(*values):
    return None if None in values else "".join(str(value) for value in values)


def _concat_ws(separator, *values):
    return None if separator is None else separator.join(str(value) for value in values if value is not None)


def _truncate(number, digits):
    scale = 10**digits
    return None if number is None else int(number * scale) / scale


FUNCTIONS = (
    ("like", 2, like), ("like", 3, like), ("sort_key", 1, sort_key), ("concat", -1, _concat),
    ("concat_ws", -1, _concat_ws), ("if", 3, lambda test, yes, no: yes if test else no),
    ("char_length", 1, lambda value: None if value is None else len(str(value))),
    ("year", 1, _part("year")), ("month", 1, _part("month")), ("day", 1, _part("day")), ("hour", 1, _part("hour")),
    ("minute", 1, _part("minute")), ("second", 1, _part("second")), ("quarter", 1, _quarter),
    ("weekday", 1, _weekday), ("date", 1, _date), ("timestamp", 1, _timestamp), ("last_day", 1, _last_day),
    ("datediff", 2, _datediff), ("date_format", 2, _date_format), ("truncate", 2, _truncate),
    ("greatest", -1, lambda *values: None if None in values else max(values)),
    ("least", -1, lambda *values: None if None in values else min(values)),
)  # fmt: skip


def register(connection) -> None:
    """Give an sqlite3 connection the functions above; `now()` and `curdate()` are this machine's."""
    for name, arguments, function in FUNCTIONS:
        connection.create_function(name, arguments, function, deterministic=True)
    connection.create_function("now", 0, lambda: datetime.now().strftime("%Y-%m-%d %H:%M:%S"))
    connection.create_function("curdate", 0, lambda: date.today().isoformat())
