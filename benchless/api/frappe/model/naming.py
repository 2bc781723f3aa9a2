"""How documents get their names."""

import base64
import re
from secrets import token_bytes

import frappe
from frappe import _
from frappe.model import core_doctypes_list
from frappe.utils import cint, cstr, now_datetime

BRACED_HASHES = re.compile(r"(\{[#]+\})")


def set_new_name(doc) -> None:
    """Name a new document: amended, single, autoname() of the controller, the DocType's rule, or a hash."""
    doc.run_method("before_naming")
    meta = frappe.get_meta(doc.doctype)
    autoname = meta.autoname or ""
    if autoname.lower() != "prompt" and not frappe.flags.in_import:
        doc.name = None
    if meta.is_autoincremented:
        doc.name = frappe.db.get_next_sequence_val(doc.doctype)
        return
    if getattr(doc, "amended_from", None):
        _set_amended_name(doc)
        if doc.name:
            return
    elif meta.issingle:
        doc.name = doc.doctype
    if not doc.name:
        set_naming_from_document_naming_rule(doc)
    if not doc.name:
        doc.run_method("autoname")
    if not doc.name and autoname:
        set_name_from_naming_options(autoname, doc)
    if not doc.name:
        doc.name = make_autoname("hash", doc.doctype)
    doc.name = validate_name(doc.doctype, doc.name)


def set_naming_from_document_naming_rule(doc) -> None:
    """Name a document by the first of the site's rules whose conditions it meets."""
    from frappe.core.doctype.document_naming_rule.document_naming_rule import rules_of

    if frappe.flags.in_install or doc.doctype in core_doctypes_list:
        return
    for rule in rules_of(doc.doctype):
        frappe.get_cached_doc("Document Naming Rule", rule).apply(doc)
        if doc.name:
            return


def set_name_from_naming_options(autoname: str, doc) -> None:
    rule = autoname.lower()
    if rule.startswith("field:"):
        doc.name = cstr(doc.get(autoname[6:])).strip()
        if not doc.name:
            frappe.throw(_("{0} is required").format(_(doc.meta.get_label(autoname[6:]))))
    elif rule.startswith("naming_series:"):
        set_name_by_naming_series(doc)
    elif rule.startswith("prompt"):
        if not doc.name:
            frappe.throw(_("Please set the document name"))
    elif rule.startswith("format:"):
        doc.name = _format_autoname(autoname, doc)
    elif "#" in autoname:
        doc.name = make_autoname(autoname, doc=doc)


def set_name_by_naming_series(doc) -> None:
    if not doc.get("naming_series"):
        doc.naming_series = get_default_naming_series(doc.doctype)
    if not doc.naming_series:
        frappe.throw(_("Naming Series mandatory"))
    doc.name = make_autoname(doc.naming_series + ".#####", "", doc)


def get_default_naming_series(doctype: str) -> str | None:
    return next((option for option in frappe.get_meta(doctype).get_naming_series_options() if option), None)


def make_autoname(key="", doctype="", doc="", *, ignore_validate=False) -> str:
    """A name from a pattern: parts between dots, `####` the counter, `YYYY`, `MM`, `{field}`; or `hash`."""
    if key == "hash":
        return _random_name(10)
    if "#" not in key:
        key += ".#####"
    elif "." not in key:
        frappe.throw(_("Invalid naming series {}: dot (.) missing").format(frappe.bold(key)),
                     frappe.exceptions.ValidationError)
    return parse_naming_series(key, doc=doc or None)


def _random_name(length: int) -> str:
    return base64.b32hexencode(token_bytes(length)).decode()[:length].lower()


def parse_naming_series(parts, doctype=None, doc=None, number_generator=None, key: str | None = None) -> str:
    """Put a name together; the counter runs under what stands before it."""
    if isinstance(parts, str):
        parts = parts.split(".")
    number_generator = number_generator or getseries
    name = ""
    counted = False
    today = now_datetime()
    dates = {"YY": "%y", "MM": "%m", "DD": "%d", "YYYY": "%Y"}
    missing = object()
    for part in parts:
        if not part:
            continue
        value = ""
        if part.startswith("#"):
            if not counted:
                value = number_generator(key or name, len(part))
                counted = True
        elif part in dates:
            value = today.strftime(dates[part])
        elif part == "WW":
            value = _consecutive_week(today)
        elif part == "timestamp":
            value = str(today)
        elif doc and (part.startswith("{") or doc.get(part, missing) is not missing):
            value = doc.get(part.replace("{", "").replace("}", ""))
        elif method := frappe.get_hooks("naming_series_variables", {}).get(part):
            value = frappe.get_attr(method[0])(doc, part)
        else:
            value = part
        name += cstr(value).strip() if value is not None and not isinstance(value, str) else value or ""
    return name


def _consecutive_week(day) -> str:
    week = day.strftime("%V")
    if day.month == 1 and int(week) >= 52:
        return "00"
    return "53" if day.month == 12 and int(week) <= 1 else week


def next_number(key: str) -> int:
    """Count a series one further; the lock that the statement takes makes two callers get two numbers."""
    frappe.db.sql(
        "insert into `tabSeries` (`name`, `current`) values (%s, 1) "
        + frappe.db.get_on_duplicate_update("name")
        + "`current` = `current` + 1",
        (key,),
    )
    return cint(frappe.db.sql("select `current` from `tabSeries` where `name`=%s", (key,))[0][0])


def raise_number_to(key: str, value: int) -> None:
    """Make a series go on after `value`, if it is not further already."""
    frappe.db.sql(
        "insert into `tabSeries` (`name`, `current`) values (%s, %s) "
        + frappe.db.get_on_duplicate_update("name")
        + "`current` = case when `current` < %s then %s else `current` end",
        (key, value, value, value),
    )


def getseries(key: str, digits: int) -> str:
    return f"{next_number(key):0{digits}d}"


def revert_series_if_last(key: str, name: str, doc=None) -> None:
    """Give back the number of a document that is deleted, when it was the last one."""
    if ".#" in key:
        prefix, hashes = key.rsplit(".", 1)
        if "#" not in hashes:
            found = re.search("#+", key)
            if not found:
                return
            name = name.replace(hashes, "")
            prefix = prefix.replace(found.group(), "")
    else:
        prefix = key
    if "." in prefix:
        prefix = parse_naming_series(prefix.split("."), doc=doc)
    count = cint(cstr(name).replace(prefix, ""))
    frappe.db.sql(
        "update `tabSeries` set `current` = `current` - 1 where `name`=%s and `current`=%s", (prefix, count)
    )


def append_number_if_name_exists(doctype: str, value: str, fieldname="name", separator="-", filters=None) -> str:
    """The value, or where it is taken `value-1`, `value-2`, … after the highest that exists."""
    if not frappe.db.exists(doctype, {**(filters or {}), fieldname: value}):
        return value
    start = f"{value}{separator}"
    taken = frappe.get_all(doctype, filters={fieldname: ("like", f"{start}%")}, pluck=fieldname)
    numbers = [int(name[len(start) :]) for name in taken if name.startswith(start) and name[len(start) :].isdigit()]
    return f"{start}{max(numbers, default=0) + 1}"


def validate_name(doctype: str, name):
    """The name without blanks around it, if it can be one."""
    if not name:
        frappe.throw(_("No Name Specified for {0}").format(doctype))
    if isinstance(name, int):
        if frappe.get_meta(doctype).is_autoincremented:
            frappe.db.set_next_sequence_val(doctype, name, is_val_used=True)
            return name
        frappe.throw(_("Invalid name type (integer) for varchar name column"), frappe.NameError)
    if name.startswith("New " + doctype):
        frappe.throw(_("There were some errors setting the name, please contact the administrator"), frappe.NameError)
    name = name.strip()
    if not frappe.get_meta(doctype).issingle and doctype == name and name != "DocType":
        frappe.throw(_("Name of {0} cannot be {1}").format(doctype, name), frappe.NameError)
    if re.search("[<>]", name):
        frappe.throw(_("Name cannot contain special characters like {0}").format("'<', '>'"), frappe.NameError)
    return name


def _set_amended_name(doc) -> str:
    """An amendment is called as the first document, with -1, -2, … behind it."""
    number, prefix = 1, doc.amended_from
    if frappe.db.get_value(doc.doctype, doc.amended_from, "amended_from"):
        prefix, _dash, last = doc.amended_from.rpartition("-")
        number = cint(last) + 1
    doc.name = f"{prefix}-{number}"
    return doc.name


def _format_autoname(autoname: str, doc) -> str:
    pattern = autoname[autoname.find(":") + 1 :]

    def word(match):
        return parse_naming_series([match.group()[1:-1]], doc=doc)

    def hashes(match):
        return parse_naming_series([match.group()[1:-1]], doc=doc, key=filled[: filled.find(match.group())])

    filled = re.sub(r"\{(?!#+\})[^{}]+\}", word, pattern)
    return BRACED_HASHES.sub(hashes, filled)
