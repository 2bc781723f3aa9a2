"""Dates, numbers and text, converted and formatted the way Frappe does."""

import datetime
import html
import json
import math
import operator
import re
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal, InvalidOperation
from functools import lru_cache
from zoneinfo import ZoneInfo

import frappe
from dateutil import parser as date_parser
from dateutil.relativedelta import relativedelta
from frappe.types import _dict

DATE_FORMAT = "%Y-%m-%d"
TIME_FORMAT = "%H:%M:%S.%f"
DATETIME_FORMAT = f"{DATE_FORMAT} {TIME_FORMAT}"
DateTimeLikeObject = str | datetime.date | datetime.datetime
NumericType = int | float
HTML_TAG = re.compile(r"<[^>]+>")
EMPTY_DATES = ("", "0001-01-01", "0000-00-00")

_type = type


# now


@lru_cache(maxsize=16)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def get_system_timezone() -> str:
    """The site's time zone, from System Settings, else site_config, else Viet Nam's."""

    def read():
        if frappe.local.db is None:
            return None
        rows = frappe.db.sql(
            "select value from tabSingles where doctype='System Settings' and field='time_zone'", pluck=True
        )
        return (rows and rows[0]) or frappe.local.conf.time_zone or "Asia/Ho_Chi_Minh"

    return frappe.cache.get_value("time_zone", read) or "Asia/Ho_Chi_Minh"


get_time_zone = get_system_timezone


def now_datetime() -> datetime.datetime:
    """The time in the site's zone, without zone."""
    frozen = frappe.flags.current_date if frappe.local.flags else None
    current = datetime.datetime.now(_zone(get_system_timezone())).replace(tzinfo=None)
    if frozen:
        return datetime.datetime.combine(getdate(frozen), current.time())
    return current


def now() -> str:
    return now_datetime().strftime(DATETIME_FORMAT)


def nowdate() -> str:
    return now_datetime().strftime(DATE_FORMAT)


def today() -> str:
    return nowdate()


def nowtime() -> str:
    return now_datetime().strftime(TIME_FORMAT)


# dates


def getdate(string_date=None, parse_day_first: bool = False) -> datetime.date | None:
    """A date of what is given; today for nothing (also an empty text); ValidationError for nonsense."""
    if not string_date:
        return now_datetime().date()
    if isinstance(string_date, datetime.datetime):
        return string_date.date()
    if isinstance(string_date, datetime.date):
        return string_date
    if is_invalid_date_string(string_date):
        return None
    if isinstance(string_date, str) and len(string_date) == 10:
        try:
            return datetime.date.fromisoformat(string_date)
        except ValueError:
            pass
    try:
        return date_parser.parse(string_date, dayfirst=parse_day_first).date()
    except (date_parser.ParserError, OverflowError, TypeError):
        frappe.throw(
            frappe._("{} is not a valid date string.").format(frappe.bold(string_date)),
            title=frappe._("Invalid Date"),
        )


def get_datetime(datetime_str=None) -> datetime.datetime | None:
    """A datetime of what is given; now without argument; None for an empty text."""
    if datetime_str is None:
        return now_datetime()
    if isinstance(datetime_str, datetime.datetime):
        return datetime_str
    if isinstance(datetime_str, datetime.timedelta):
        return datetime_str
    if isinstance(datetime_str, (list, tuple)):
        return datetime.datetime(*datetime_str)
    if isinstance(datetime_str, datetime.date):
        return datetime.datetime.combine(datetime_str, datetime.time())
    if is_invalid_date_string(datetime_str):
        return None
    try:
        return datetime.datetime.strptime(datetime_str, DATETIME_FORMAT)
    except ValueError:
        return _guess_moment(datetime_str)


def _guess_moment(text) -> datetime.datetime:
    """What people write for a moment, in many forms; ValueError where it is none, or of no calendar."""
    try:
        return date_parser.parse(text)
    except OverflowError as error:
        raise ValueError(f"{str(text)[:40]} is no date") from error


def get_timedelta(time=None) -> datetime.timedelta | None:
    """A time of day as the time passed since midnight."""
    if isinstance(time, datetime.timedelta):
        return time
    if isinstance(time, (datetime.datetime, datetime.time)):
        return datetime.timedelta(hours=time.hour, minutes=time.minute, seconds=time.second,
                                  microseconds=time.microsecond)
    try:
        parsed = _guess_moment(time or "0:0:0").time()
    except (date_parser.ParserError, TypeError):
        return None
    return get_timedelta(parsed)


def get_time(time_str) -> datetime.time:
    if isinstance(time_str, datetime.datetime):
        return time_str.time()
    if isinstance(time_str, datetime.time):
        return time_str
    if isinstance(time_str, datetime.timedelta):
        return (datetime.datetime.min + time_str).time()
    try:
        return _guess_moment(time_str).time()
    except (date_parser.ParserError, TypeError):
        frappe.throw(
            frappe._("{} is not a valid time string.").format(frappe.bold(time_str)),
            title=frappe._("Invalid Time"),
        )


def is_invalid_date_string(date_string) -> bool:
    return not isinstance(date_string, str) or not date_string or date_string.startswith(EMPTY_DATES[1:])


def add_to_date(
    date=None, years=0, months=0, weeks=0, days=0, hours=0, minutes=0, seconds=0, as_string=False, as_datetime=False
):
    """A date moved; text comes back where text was given (a datetime's text where time matters)."""
    if hours or minutes or seconds:
        as_datetime = True
    if date is None:
        date = now_datetime()
    if isinstance(date, str):
        as_string = True
        if " " in date:
            as_datetime = True
        date = date_parser.parse(date)
    moved = date + relativedelta(
        years=years, months=months, weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds
    )
    if not as_string:
        return moved
    return moved.strftime(DATETIME_FORMAT if as_datetime else DATE_FORMAT)


def add_days(date, days):
    return add_to_date(date, days=cint(days))


def add_months(date, months):
    return add_to_date(date, months=cint(months))


def date_diff(string_ed_date, string_st_date) -> int:
    """Days from the second date to the first."""
    return (getdate(string_ed_date) - getdate(string_st_date)).days


def month_diff(string_ed_date, string_st_date) -> int:
    """Months two dates touch, the first month counted."""
    end, start = getdate(string_ed_date), getdate(string_st_date)
    return (end.year - start.year) * 12 + end.month - start.month + 1


def _as_asked(date: datetime.date, as_str: bool):
    return date.strftime(DATE_FORMAT) if as_str else date


def get_first_day(dt, d_years=0, d_months=0, as_str=False):
    """The first day of a date's month, moved by years and months."""
    return _as_asked(getdate(dt).replace(day=1) + relativedelta(years=d_years, months=d_months), as_str)


def get_last_day(dt) -> datetime.date:
    return get_first_day(dt, 0, 1) + datetime.timedelta(-1)


def get_quarter_start(dt, as_str=False):
    date = getdate(dt)
    return _as_asked(date.replace(month=(date.month - 1) // 3 * 3 + 1, day=1), as_str)


def get_quarter_ending(date):
    return get_last_day(add_months(get_quarter_start(date), 2))


def get_first_day_of_week(dt, as_str=False):
    date = getdate(dt)
    return _as_asked(date - datetime.timedelta(days=(date.weekday() + 1) % 7), as_str)


def get_year_start(dt, as_str=False):
    return _as_asked(getdate(dt).replace(month=1, day=1), as_str)


def get_year_ending(dt):
    return getdate(dt).replace(month=12, day=31)


def get_timespan_date_range(timespan: str):
    """First and last day of a named span (`this month`, `last 7 days`, `next quarter`, …)."""
    day = getdate()

    def month(shift, count=1):
        start = get_first_day(day, d_months=shift)
        return start, get_last_day(add_months(start, count - 1))

    def quarter(shift):
        start = getdate(add_months(get_quarter_start(day), 3 * shift))
        return start, get_quarter_ending(start)

    def week(shift):
        start = get_first_day_of_week(day) + datetime.timedelta(days=7 * shift)
        return start, start + datetime.timedelta(days=6)

    def year(shift):
        start = get_year_start(day) + relativedelta(years=shift)
        return start, get_year_ending(start)

    spans = {
        "today": lambda: (day, day),
        "yesterday": lambda: (add_days(day, -1),) * 2,
        "tomorrow": lambda: (add_days(day, 1),) * 2,
        "last 7 days": lambda: (add_days(day, -6), day),
        "last 14 days": lambda: (add_days(day, -13), day),
        "last 30 days": lambda: (add_days(day, -29), day),
        "last 90 days": lambda: (add_days(day, -89), day),
        "last 6 months": lambda: month(-6, 6),
        "next 6 months": lambda: month(1, 6),
    }
    for word, shift in (("last", -1), ("this", 0), ("next", 1)):
        spans |= {
            f"{word} week": lambda shift=shift: week(shift),
            f"{word} month": lambda shift=shift: month(shift),
            f"{word} quarter": lambda shift=shift: quarter(shift),
            f"{word} year": lambda shift=shift: year(shift),
        }
    span = spans.get(timespan.lower())
    return span() if span else None


# how dates and times are shown

_STRFTIME = (("yyyy", "%Y"), ("mm", "%m"), ("dd", "%d"))


def get_user_date_format() -> str:
    """The site's date format, as System Settings write it (`dd/mm/yyyy`)."""
    return frappe.get_system_settings("date_format") or "yyyy-mm-dd"


def get_user_time_format() -> str:
    return frappe.get_system_settings("time_format") or "HH:mm:ss"


def formatdate(string_date=None, format_string: str | None = None, parse_day_first: bool = False) -> str:
    """A date as the site shows it, or in a given format (`dd/MM/yyyy`, `d MMM yyyy`)."""
    if not string_date:
        return ""
    try:
        date = getdate(string_date, parse_day_first)
    except frappe.ValidationError:
        return string_date
    if date is None:
        return ""
    format_string = format_string or get_user_date_format()
    simple = format_string.lower()
    if re.fullmatch(r"(yyyy|mm|dd)([-/. ](yyyy|mm|dd)){0,2}", simple):
        for token, code in _STRFTIME:
            simple = simple.replace(token, code)
        return f"{date.year:04d}".join(date.strftime(part) for part in simple.split("%Y"))
    from babel.dates import format_date as babel_format

    return babel_format(date, format_string, locale=_babel_locale())


format_date = formatdate


def _babel_locale() -> str:
    lang = (frappe.local.lang or "en").replace("-", "_")
    return "en" if lang == "en_US" else lang


def format_time(time_string=None, format_string: str | None = None) -> str:
    if time_string in (None, ""):
        return ""
    shown = get_time(time_string)
    pattern = (format_string or get_user_time_format()).replace("HH", "%H").replace("mm", "%M").replace("ss", "%S")
    return shown.strftime(pattern)


def format_datetime(datetime_string, format_string: str | None = None) -> str:
    if not datetime_string:
        return ""
    moment = get_datetime(datetime_string)
    if format_string:
        from babel.dates import format_datetime as babel_format

        return babel_format(moment, format_string, locale=_babel_locale())
    return f"{formatdate(moment)} {format_time(moment)}"


def format_duration(seconds, hide_days=False) -> str:
    seconds = cint(seconds)
    parts = []
    if not hide_days:
        days, seconds = divmod(seconds, 86400)
        parts.append((days, "d"))
    for size, unit in ((3600, "h"), (60, "m"), (1, "s")):
        count, seconds = divmod(seconds, size)
        parts.append((count, unit))
    return " ".join(f"{count}{unit}" for count, unit in parts if count)


def global_date_format(date, format="long") -> str:
    from babel.dates import format_date as babel_format

    return babel_format(getdate(date), format=format, locale=_babel_locale())


# numbers


def cint(s, default: int = 0) -> int:
    try:
        return int(s) if not isinstance(s, str) else int(float(s))
    except (TypeError, ValueError, OverflowError):
        return default


def flt(s, precision: int | None = None, rounding_method: str | None = None) -> float:
    """A float of what is given, thousands separators removed, 0 where it is no number; rounded if asked."""
    if isinstance(s, str):
        s = s.replace(",", "")
    try:
        number = float(s)
    except (TypeError, ValueError):
        return 0.0
    return rounded(number, precision, rounding_method) if precision is not None else number


def rounded(num, precision=0, rounding_method=None):
    """Round by the system's method (Banker's Rounding unless it says Commercial Rounding)."""
    precision = cint(precision)
    if not num:
        return 0.0
    method = rounding_method or (frappe.local.db and frappe.get_system_settings("rounding_method"))
    mode = ROUND_HALF_UP if method == "Commercial Rounding" else ROUND_HALF_EVEN
    try:
        return float(Decimal(repr(num)).quantize(Decimal(1).scaleb(-precision), rounding=mode))
    except InvalidOperation:
        return num


def floor(s) -> int:
    try:
        return math.floor(flt(s))
    except (TypeError, ValueError):
        return 0


def ceil(s) -> int:
    return math.ceil(flt(s))


def sbool(x):
    """True and False of their words; anything else unchanged."""
    text = x.lower() if isinstance(x, str) else x
    return True if text in ("true", "1") else False if text in ("false", "0") else x


def cstr(s, encoding: str = "utf-8") -> str:
    return frappe.as_unicode(s, encoding)



def cast_fieldtype(fieldtype: str, value=None, show_warning=False):
    """A value in the Python type of a field; no date is today, no datetime is now (see `cast`)."""
    if fieldtype == "Date":
        return getdate(value)
    if fieldtype == "Datetime":
        return get_datetime(value)
    return cast(fieldtype, value)


def cast(fieldtype: str, value=None):
    """A value in the Python type of a field; nothing is that type's lowest value."""
    if fieldtype in ("Currency", "Float", "Percent"):
        return flt(value)
    if fieldtype in ("Int", "Check", "Long Int"):
        return cint(sbool(value))
    if fieldtype in ("Data", "Text", "Small Text", "Long Text", "Text Editor", "Select", "Link", "Dynamic Link"):
        return cstr(value)
    if fieldtype == "Date":
        return getdate(value) if value else datetime.date(1, 1, 1)
    if fieldtype == "Datetime":
        return get_datetime(value) if value else datetime.datetime(1, 1, 1)
    if fieldtype == "Time":
        return get_timedelta(value)
    return value

ANY_FLOAT = Context(prec=400)
NUMBER_FORMATS = {
    "#,###.##": (".", ",", 2),
    "#.###,##": (",", ".", 2),
    "# ###.##": (".", " ", 2),
    "# ###,##": (",", " ", 2),
    "#'###.##": (".", "'", 2),
    "#, ###.##": (".", ", ", 2),
    "#,##,###.##": (".", ",", 2),
    "#,###.###": (".", ",", 3),
    "#.###": ("", ".", 0),
    "#,###": ("", ",", 0),
}


def get_number_format_info(format: str) -> tuple[str, str, int]:
    """Decimal sign, thousands separator, decimals of a number format."""
    return NUMBER_FORMATS.get(format) or (".", ",", 2)


def fmt_money(amount, precision=None, currency=None, format=None) -> str:
    """An amount with separators; with a currency, its symbol (behind the amount where the currency says so)."""
    number_format = format or frappe.get_system_settings("number_format") or "#,###.##"
    decimal_sign, thousands, decimals = get_number_format_info(number_format)
    if precision is None:
        precision = decimals
    exact = isinstance(amount, (int, Decimal)) and not isinstance(amount, bool)
    amount = Decimal(str(amount if exact else flt(amount)))
    if not amount.is_finite():
        return str(amount)
    places = Decimal(1).scaleb(-cint(precision))
    amount = amount.quantize(places, rounding=ROUND_HALF_EVEN, context=ANY_FLOAT)
    text = f"{abs(amount):,f}"
    whole, _dot, fraction = text.partition(".")
    shown = whole.replace(",", thousands) + (decimal_sign + fraction if fraction and decimal_sign else "")
    if amount < 0:
        shown = "-" + shown
    if currency:
        symbol, on_right = _currency_symbol(currency)
        shown = f"{shown} {symbol}" if on_right else f"{symbol} {shown}"
    return shown


def _currency_symbol(currency: str) -> tuple[str, bool]:
    values = frappe.db.get_value("Currency", currency, ["symbol", "symbol_on_right"], cache=True)
    return (values[0] or currency, bool(values[1])) if values else (currency, False)


# text


def strip_html(text: str) -> str:
    """Text without tags."""
    return HTML_TAG.sub("", text) if text else text or ""


def escape_html(text) -> str:
    if not isinstance(text, str):
        return text
    return html.escape(text, quote=True).replace("&#x27;", "&apos;")


def comma_sep(some_list, pattern: str, add_quotes=True) -> str:
    if not isinstance(some_list, (list, tuple, set)):
        return some_list
    items = [cstr(item) for item in some_list]
    if add_quotes:
        items = [f"'{item}'" for item in items]
    if not items:
        return ""
    if len(items) == 1:
        return items[0]
    return pattern.format(", ".join(items[:-1]), items[-1])


def comma_and(some_list, add_quotes=True) -> str:
    return comma_sep(some_list, frappe._("{0} and {1}"), add_quotes)


def encode(obj, encoding="utf-8"):
    return obj.encode(encoding) if isinstance(obj, str) else obj


def parse_json(val):
    """A JSON text as values; a dict as _dict."""
    if isinstance(val, str):
        val = json.loads(val)
    if isinstance(val, dict):
        val = _dict(val)
    return val


def generate_hash(*args, **kwargs) -> str:
    return frappe.generate_hash(*args, **kwargs)




def get_link_to_form(doctype: str, name=None, label: str | None = None) -> str:
    """A link to a document, as HTML."""
    name = name or doctype
    return f'<a href="{get_url_to_form(doctype, name)}">{label or name}</a>'


def get_url_to_form(doctype: str, name=None) -> str:
    return frappe.utils.get_url(uri=get_absolute_url(doctype, name))


def get_absolute_url(doctype: str, name=None) -> str:
    """The desk's path of a document."""
    return f"/app/{quoted(_slug(doctype))}/{quoted(cstr(name))}"


def quoted(url: str) -> str:
    from urllib.parse import quote

    return quote(cstr(url), safe="~@#$&()*!+=:;,.?/'")



def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


# comparing


def _none(value, _other):
    return value is None


OPERATORS = {
    "^": lambda a, b: (a or "").startswith(b),
    "in": lambda a, b: operator.contains(b, a),
    "not in": lambda a, b: not operator.contains(b, a),
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "not None": lambda a, b: a is not None,
    "None": _none,
    "like": lambda a, b: cstr(b).strip("%").lower() in cstr(a).lower(),
    "not like": lambda a, b: cstr(b).strip("%").lower() not in cstr(a).lower(),
    "is": lambda a, b: bool(a) == (b == "set"),
}


def compare(val1, condition: str, val2, fieldtype: str | None = None) -> bool:
    """Whether two values stand in a relation, as get_all's filters put it."""
    if fieldtype:
        val1 = cast_fieldtype(fieldtype, val1)
        val2 = cast_fieldtype(fieldtype, val2)
    if condition not in OPERATORS:
        return False
    try:
        return bool(OPERATORS[condition](val1, val2))
    except TypeError:
        return False


def sanitize_column(column_name: str) -> str:
    """The text of a condition, unless it hides a query of its own."""
    lowered = column_name.lower()
    if re.search(r"(;|\b(union|into|sleep|benchmark)\b|/\*|--|\bselect\b.*\bfrom\b)", lowered):
        frappe.throw(frappe._("Invalid field name {0}").format(column_name), frappe.DataError)
    return column_name
