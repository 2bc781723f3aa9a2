"""Column types by field type: what a DocType field becomes in the database, and how long it may be."""

import frappe

# field type -> (declared type, length as text). The declared type also decides what Python value comes back.
TYPE_MAP = {
    "Currency": ("decimal", "21,9"),
    "Int": ("int", "11"),
    "Long Int": ("bigint", "20"),
    "Float": ("decimal", "21,9"),
    "Percent": ("decimal", "21,9"),
    "Check": ("int", "1"),
    "Small Text": ("text", ""),
    "Long Text": ("longtext", ""),
    "Code": ("longtext", ""),
    "Text Editor": ("longtext", ""),
    "Markdown Editor": ("longtext", ""),
    "HTML Editor": ("longtext", ""),
    "Date": ("date", ""),
    "Datetime": ("datetime", "6"),
    "Time": ("timedelta", "6"),
    "Text": ("text", ""),
    "Data": ("varchar", "140"),
    "Link": ("varchar", "140"),
    "Dynamic Link": ("varchar", "140"),
    "Password": ("text", ""),
    "Select": ("varchar", "140"),
    "Rating": ("decimal", "3,2"),
    "Read Only": ("varchar", "140"),
    "Attach": ("text", ""),
    "Attach Image": ("text", ""),
    "Signature": ("longtext", ""),
    "Color": ("varchar", "140"),
    "Barcode": ("longtext", ""),
    "Geolocation": ("longtext", ""),
    "Duration": ("decimal", "21,9"),
    "Icon": ("varchar", "140"),
    "Phone": ("varchar", "140"),
    "Autocomplete": ("varchar", "140"),
    "JSON": ("longtext", ""),
}

NUMERIC_NOT_NULL = {"Check", "Int", "Currency", "Float", "Percent", "Rating"}
# Defaults that are worked out when a document is made.
DEFAULT_SHORTCUTS = ("_Login", "__user", "_Full Name", "Today", "__today", "now", "Now")


def column_definition(fieldtype: str, length=None, default=None) -> str | None:
    """The SQL type and default of a column on the site's engine; None where the field has no column."""
    types = frappe.db.type_map
    if fieldtype not in types:
        return None
    declared, size = types[fieldtype]
    if declared == "varchar" and length:
        size = str(length)
    if declared == "int" and length and int(length) > 11:
        declared, size = "bigint", "20"
    definition = f"{declared}({size})" if size else declared
    if fieldtype in NUMERIC_NOT_NULL:
        return f"{definition} not null default {_number(default)}"
    if declared in ("varchar", "text", "longtext"):
        definition += frappe.db.TEXT_ORDER
    if default and default not in DEFAULT_SHORTCUTS and not str(default).startswith(":"):
        return f"{definition} default {frappe.db.escape(default, percent=False)}"
    return definition


def _number(default) -> str:
    try:
        value = float(default or 0)
    except (TypeError, ValueError):
        return "0"
    return str(int(value)) if value == int(value) else str(value)
