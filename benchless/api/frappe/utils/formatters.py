"""Values as people read them, by field type."""

import datetime

import frappe
from frappe.utils import (
    cint,
    cstr,
    escape_html,
    flt,
    fmt_money,
    format_datetime,
    format_duration,
    format_time,
    formatdate,
)

NUMBERS = ("Int", "Float", "Currency", "Percent")


def format_value(value, df=None, doc=None, currency=None, translated=False, format=None):
    """A value as its field type is shown: dates and numbers in the site's format, options translated."""
    df = frappe._dict(fieldtype=df) if isinstance(df, str) else df
    if isinstance(df, dict):
        df = frappe._dict(df)
    df = df or frappe._dict(fieldtype=_guess_fieldtype(value))

    if value is None:
        value = ""
    elif translated:
        value = frappe._(value)

    kind = df.get("fieldtype")
    if kind in NUMBERS and df.get("print_hide_if_no_value") and value == 0:
        return ""
    if kind == "Date":
        return formatdate(value)
    if kind == "Datetime":
        return format_datetime(value)
    if kind == "Time":
        return format_time(value)
    if kind == "Currency":
        currency = currency or _currency_of(df, doc) or frappe.db.get_default("currency")
        return fmt_money(value, precision=_precision(df), currency=currency, format=format)
    if kind == "Float":
        precision = 0 if flt(value).is_integer() and not df.get("options") else _precision(df)
        return fmt_money(value, precision=precision, currency=currency)
    if kind == "Percent":
        return f"{flt(value, 2)}%"
    if kind in ("Text", "Small Text"):
        return cstr(value).replace("\n", "<br>")
    if kind == "Duration":
        return format_duration(value, df.get("hide_days"))
    if kind == "Check":
        return value
    if kind == "Select" and isinstance(value, str):
        return frappe._(value, context=df.get("parent") or None)
    if kind in ("Link", "Dynamic Link"):
        return _link_title(value, df, doc)
    return value


def _guess_fieldtype(value) -> str:
    for kind, name in (
        (datetime.datetime, "Datetime"),
        (datetime.date, "Date"),
        (datetime.timedelta, "Time"),
        (bool, "Check"),
        (int, "Int"),
        (float, "Float"),
    ):
        if isinstance(value, kind):
            return name
    return "Data"


def _precision(df) -> int | None:
    if df.get("precision") not in (None, ""):
        return cint(df.get("precision"))
    default = frappe.db.get_default(
        "currency_precision" if df.get("fieldtype") == "Currency" else "float_precision"
    )
    return cint(default) if default not in (None, "") else None


def _currency_of(df, doc) -> str | None:
    """The currency that the field's options name, a field of the document or `DocType:link:field`."""
    options = df.get("options")
    if not (options and doc):
        return None
    if ":" in options:
        doctype, link, fieldname = (options.split(":") + ["", ""])[:3]
        return frappe.get_cached_value(doctype, doc.get(link), fieldname) if doc.get(link) else None
    return doc.get(options)


def _link_title(value, df, doc):
    """The linked document's title, where its DocType wants titles shown in links."""
    if not value or not df.get("options"):
        return value
    doctype = df.options
    if df.get("fieldtype") == "Dynamic Link":
        doctype = doc.get(df.options) if doc else None
        if not doctype:
            return value
    if not frappe.db.exists("DocType", doctype):
        return value
    meta = frappe.get_meta(doctype)
    if not (meta.title_field and cint(meta.get("show_title_field_in_link"))):
        return value
    return frappe.get_cached_value(doctype, value, meta.title_field) or value


def html_value(value, df, doc=None) -> str:
    """format_value made safe to stand in a page: only the types that hold HTML keep it."""
    shown = format_value(value, df, doc)
    kind = df.get("fieldtype") if df else None
    if kind in ("Text Editor", "HTML", "HTML Editor"):
        return cstr(shown)
    if kind in ("Text", "Small Text", "Long Text"):
        return escape_html(cstr(value)).replace("\n", "<br>")
    return escape_html(cstr(shown))
