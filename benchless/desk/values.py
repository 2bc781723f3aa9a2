"""Field values between documents and people: how they are shown, and how what was typed is read."""

import datetime
import html
import re
from html.parser import HTMLParser

import frappe
from frappe import _
from frappe.utils import cint, cstr, flt, get_datetime, get_number_format_info, getdate

NUMBER_TYPES = ("Int", "Float", "Currency", "Percent")
LAYOUT_TYPES = ("Section Break", "Column Break", "Tab Break", "Fold")
NO_VALUE_TYPES = (*LAYOUT_TYPES, "HTML", "Button", "Heading", "Image")
TABLE_TYPES = ("Table", "Table MultiSelect")
LONG_TEXT_TYPES = ("Text", "Long Text", "Small Text", "Text Editor", "Code", "HTML Editor", "Markdown Editor", "JSON")
ALLOWED_TAGS = {"b", "strong", "i", "em", "u", "br", "p", "ul", "ol", "li", "code", "pre", "small", "div", "span",
                "table", "thead", "tbody", "tr", "td", "th", "hr", "h4", "h5", "h6"}  # fmt: skip


def show(df, value, doc=None) -> str:
    """The value of a field as a person reads it (text, not HTML)."""
    fieldtype = df.fieldtype
    if value is None or value == "":
        return ""
    if fieldtype in ("Int", "Check", "Float", "Currency", "Percent", "Rating", "Duration"):
        if fieldtype == "Check":
            return _("Yes") if cint(value) else _("No")
        if fieldtype == "Int":
            return show_whole(cint(value))
        text = show_number(value, cint(df.precision) if df.precision else None, bool(df.get("fixed")))
        return text + "%" if fieldtype == "Percent" else text
    if fieldtype in ("Date", "Datetime"):
        return show_moment(value)
    if fieldtype == "Time":
        return show_clock(value)
    if fieldtype == "Select":
        return _(cstr(value))
    if fieldtype == "Link":
        return link_title(df.options, value)
    if fieldtype == "Dynamic Link" and doc is not None and doc.get(df.options):
        return link_title(doc.get(df.options), value)
    if fieldtype in ("Text Editor", "HTML Editor"):
        return strip_tags(cstr(value))
    if fieldtype == "Password":
        return "••••••"
    return cstr(value)


def worked_out(doc, df):
    """The value of a virtual field: the property of its name, else its expression; it stands on no row."""
    if isinstance(getattr(type(doc), df.fieldname, None), property):
        return getattr(doc, df.fieldname)
    return doc.as_dict().get(df.fieldname)


def show_clock(value) -> str:
    """hh:mm:ss of a Time, which databases also give as 7:30:00 and with fractions of a second."""
    hours, _colon, rest = cstr(value).partition(":")
    return f"{hours:0>2}:{rest}"[:8]


def show_moment(value) -> str:
    """dd/mm/yyyy, with hours and minutes for a moment."""
    if not value:
        return ""
    try:
        if isinstance(value, str):
            value = get_datetime(value) if len(value) > 10 else getdate(value)
    except Exception:
        return cstr(value)
    if isinstance(value, datetime.datetime):
        return value.strftime("%d/%m/%Y %H:%M")
    if isinstance(value, datetime.date):
        return value.strftime("%d/%m/%Y")
    return cstr(value)


def separators() -> tuple[str, str]:
    """(thousands, decimal) marks of the session's language."""
    return (".", ",") if (frappe.local.lang or "").startswith("vi") else (",", ".")


def with_marks(text: str) -> str:
    """A number written in the site's format, with the marks of the session's language."""
    point, thousands, _decimals = get_number_format_info(frappe.get_system_settings("number_format") or "")
    marks = dict(zip((thousands, point), separators(), strict=True))
    known = "|".join(re.escape(mark) for mark in marks if mark)
    return re.sub(rf"(?<=\d)(?:{known})(?=\d)", lambda found: marks[found[0]], text)


def group_digits(number: int) -> str:
    return f"{number:,}".replace(",", separators()[0])


def show_whole(number: int) -> str:
    """A whole number, thousands marked from five digits on: four may be a year."""
    return str(number) if abs(number) < 10_000 else group_digits(number)


def show_number(value, precision: int | None = None, fixed: bool = False) -> str:
    """A number with its thousands marked; a fraction only when there is one, or `fixed` to the precision."""
    thousands, point = separators()
    number = flt(value)
    text = f"{number:,.{precision if precision is not None else 2}f}"
    whole, _dot, fraction = text.partition(".")
    fraction = fraction if fixed else fraction.rstrip("0")
    return whole.replace(",", thousands) + (point + fraction if fraction else "")


def read_number(text: str) -> float:
    """What a person typed as an amount; raises frappe.ValidationError if it is no number."""
    thousands, point = separators()
    cleaned = re.sub(r"[\s\u00a0₫đ%]", "", text)
    if not cleaned:
        return 0.0
    grouped = re.fullmatch(rf"-?\d{{1,3}}(\{thousands}\d{{3}})+(\{point}\d*)?", cleaned)
    # A mark that does not part three digits is meant as the fraction's: 1.5 is never 15.
    if grouped or cleaned.count(thousands) != 1 or point in cleaned:
        cleaned = cleaned.replace(thousands, "") if grouped else cleaned
        cleaned = cleaned.replace(point, ".") if point == "," else cleaned
    else:
        cleaned = cleaned.replace(thousands, ".")
    try:
        return float(cleaned)
    except ValueError:
        frappe.throw(_("{0} is not a valid number").format(frappe.bold(html.escape(text))))


def read_decimal(text: str) -> float:
    """A typed number that has no thousands marks: a comma and a point both mark the fraction."""
    cleaned = re.sub(r"[\s\u00a0%]", "", text)
    try:
        return float(cleaned.replace(",", ".")) if cleaned else 0.0
    except ValueError:
        frappe.throw(_("{0} is not a valid number").format(frappe.bold(html.escape(text))))


def read(df, text: str | None):
    """The typed text as the field's value."""
    text = (text or "").strip() if df.fieldtype not in LONG_TEXT_TYPES else (text or "").replace("\r\n", "\n")
    if df.fieldtype == "Check":
        return 1 if text in ("1", "on", "true") else 0
    if df.fieldtype in ("Currency", "Int"):
        number = read_number(text)
        return int(number) if number == int(number) else number
    if df.fieldtype in ("Float", "Percent", "Rating", "Duration"):
        return read_decimal(text)
    if df.fieldtype in ("Date", "Datetime") and text:
        return read_moment(text, df.fieldtype)
    if not text and df.fieldtype in ("Date", "Datetime", "Time"):
        return None
    return text


DATE = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")


def read_moment(text: str, fieldtype: str) -> str:
    """A typed date, day first (05/03/1950) or as 1950-03-05, perhaps with a time; raises ValidationError."""
    day, _space, clock = text.replace("T", " ").partition(" ")
    if match := DATE.match(day):
        day = f"{match[3]}-{int(match[2]):02}-{int(match[1]):02}"
    try:
        date = datetime.date.fromisoformat(day)
        moment = datetime.time.fromisoformat(clock.strip()) if clock.strip() else datetime.time()
    except ValueError:
        frappe.throw(_("{0} is not a valid date (day/month/year)").format(frappe.bold(html.escape(text))))
    return str(date) if fieldtype == "Date" else f"{date} {moment.isoformat()}"


def for_input(df, value) -> str:
    """The value as its HTML input wants it."""
    if value is None or value == "":
        return ""
    if df.fieldtype == "Date":
        return show_moment(getdate(value))
    if df.fieldtype == "Datetime":
        return get_datetime(value).strftime("%d/%m/%Y %H:%M:%S")
    if df.fieldtype == "Currency":
        return show_number(value)
    if df.fieldtype == "Int":
        return show_whole(cint(value))
    if df.fieldtype in ("Float", "Percent", "Rating", "Duration"):
        return f"{flt(value):.9f}".rstrip("0").rstrip(".").replace(".", separators()[1])
    if df.fieldtype == "Time":
        return show_clock(value)
    return cstr(value)


def link_title(doctype: str, name) -> str:
    """What a link shows: the linked document's title where its DocType says so, else its name."""
    if not (doctype and name):
        return cstr(name)
    if doctype == "User":
        return cstr(frappe.db.get_value("User", name, "full_name", cache=True)) or cstr(name)
    meta = frappe.get_meta(doctype)
    if meta.shows_title_in_link:
        known = titles_of_request()
        if (doctype, name) not in known:
            known[(doctype, name)] = cstr(frappe.db.get_value(doctype, name, meta.title_field)) or cstr(name)
        return known[(doctype, name)]
    return _(cstr(name)) if meta.get("translated_doctype") else cstr(name)


def titles_of_request() -> dict[tuple, str]:
    """Titles of linked documents that this request has read already."""
    request = getattr(frappe.local, "request", None)
    if request is None:
        return {}
    if not hasattr(request, "desk_titles"):
        request.desk_titles = {}
    return request.desk_titles


def know_titles(links) -> None:
    """Read the titles of many linked documents (pairs of DocType and name) with one query for each DocType."""
    wanted = {}
    for doctype, name in links:
        if doctype and name:
            wanted.setdefault(doctype, set()).add(name)
    for doctype, names in wanted.items():
        if not frappe.db.exists("DocType", doctype):
            continue
        meta = frappe.get_meta(doctype)
        if meta.shows_title_in_link:
            rows = frappe.get_all(doctype, filters={"name": ["in", list(names)]}, fields=["name", meta.title_field])
            titles_of_request().update({(doctype, row.name): cstr(row[meta.title_field]) or row.name for row in rows})


class _TextOnly(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_data(self, data):
        self.parts.append(data)


def strip_tags(text: str) -> str:
    parser = _TextOnly()
    parser.feed(text)
    return " ".join("".join(parser.parts).split())


class _Cleaner(HTMLParser):
    """Keeps simple formatting tags without their attributes, and links inside this site."""

    def __init__(self):
        super().__init__()
        self.parts = []
        self.silent = 0

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style"):
            self.silent += 1
        elif tag == "a":
            href = dict(attrs).get("href") or ""
            if href.startswith("/") and not href.startswith("//"):
                self.parts.append(f'<a href="{html.escape(href)}">')
            else:
                self.parts.append("<a>")
        elif tag in ALLOWED_TAGS:
            self.parts.append(f"<{tag}>")

    def handle_endtag(self, tag):
        if tag in ("script", "style"):
            self.silent = max(0, self.silent - 1)
        elif tag in ALLOWED_TAGS or tag == "a":
            self.parts.append(f"</{tag}>")

    def handle_data(self, data):
        if not self.silent:
            self.parts.append(html.escape(data))


def clean_html(text: str) -> str:
    """HTML that may be shown inside a desk page: no scripts, no attributes, no links to elsewhere."""
    cleaner = _Cleaner()
    cleaner.feed(text)
    cleaner.close()
    return "".join(cleaner.parts)
