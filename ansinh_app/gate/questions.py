"""What a request asks by: a field that its reader may not see is no way to filter, sort, group or compute either.

Permission levels hide values; a bench still answers questions about them ("whose number begins with 0201?").
"""

import json
import re
import unicodedata

import frappe
from frappe import _

# The arguments that lists, counts, links, charts, cards and exports are asked by.
_ASKED_BY = (
    "filters", "or_filters", "current_filters", "export_filters", "order_by", "sort_field", "group_by", "having",
    "field", "field_map", "searchfield", "stats",
)  # fmt: skip
# What chooses columns where no host leaves out the hidden ones, or not all of them.
_CHOSEN_BY = ("export_fields", "select_columns", "filter_fields")
_ALSO_BY_CARDS = ("doc", "chart", "filters_json")
_CARDS = ("number_card.", "dashboard_chart.")
# Methods that work on the DocType which a request names; of any other the name says nothing.
_OF_A_DOCTYPE = ("frappe.client.", "frappe.desk.reportview.", "frappe.desk.listview.", "frappe.desk.search.")
_OF_A_METHOD = re.compile(r"/api/(?:v1/|v2/)?method/([\w.]+)/?$")
_OF_A_PATH = re.compile(r"/api/(?:(?:resource|v1/resource|v2/document)/([^/]+)|v2/doctype/([^/]+)/\w+)/?")


def refuse_hidden_questions(doctype: str) -> None:
    """Raise PermissionError where the request in hand asks about a DocType by a field hidden from the user."""
    if not getattr(frappe.local, "request", None) or frappe.session.user == "Administrator":
        return
    if asked_doctype() not in (None, doctype):
        return
    _refuse_pairs(doctype)
    asked = _question(frappe.form_dict)
    if not asked:
        return
    hidden = hidden_fields(doctype, linked=bool(re.search(r"\w\.\w", asked)))
    hidden += [name for child in _tables_named(doctype, asked) for name in above_levels(child, doctype)]
    if not hidden:
        return
    found = re.search(rf"(?<!\w)({'|'.join(map(re.escape, hidden))})(?!\w)", asked)
    if found:
        _refuse(doctype, found[1])


def asked_doctype() -> str | None:
    """The DocType that the request in hand is about, None where its address and method do not tell."""
    request = getattr(frappe.local, "request", None)
    found = _OF_A_PATH.match(request.path) if request else None
    if found:
        return found[1] or found[2]
    return frappe.form_dict.get("doctype") if _method().startswith(_OF_A_DOCTYPE) else None


def _method() -> str:
    """The method that the request in hand calls: as its address says, else as its arguments do."""
    request = getattr(frappe.local, "request", None)
    found = _OF_A_METHOD.match(request.path) if request else None
    return found[1] if found else str(frappe.form_dict.get("cmd") or "")


def asked_text() -> str:
    """All that the request in hand asks by and for, as one text."""
    return "\n".join(filter(None, map(_text, frappe.form_dict.values())))


def hidden_fields(doctype: str, linked: bool = True) -> list[str]:
    """Fields of a DocType the user may not read; `linked`: also those of what it links to, as `link.field`."""
    meta = frappe.get_meta(doctype)
    hidden = above_levels(doctype)
    for link in meta.get_link_fields() if linked else ():
        hidden += [f"{link.fieldname}.{name}" for name in above_levels(link.options)]
    return hidden


def _refuse(doctype: str, fieldname: str) -> None:
    label = _(frappe.get_meta(doctype).get_label(fieldname.rpartition(".")[2]))
    frappe.throw(
        _("You may not see {0}, so it cannot be asked by. Leave it out of filters, order and groups.").format(
            frappe.bold(label)
        ),
        frappe.PermissionError,
    )


def _refuse_pairs(doctype: str) -> None:
    """A bench leaves out a hidden column but overlooks another one right behind it: such a pair is refused."""
    asked = frappe.form_dict.get("fields")
    if not asked:
        return
    try:
        fields = frappe.parse_json(asked) if isinstance(asked, str) and asked[:1] == "[" else asked
    except (ValueError, RecursionError):
        return
    listed = fields if isinstance(fields, list) else []
    names = [
        _plain(str(one)).split(" as ")[0].removeprefix(_plain(f"tab{doctype}.")).strip() for one in listed
    ]
    hidden = set(hidden_fields(doctype))
    for child in frappe.get_meta(doctype).get_table_fields():
        hidden.update(_plain(f"tab{child.options}.{name}") for name in above_levels(child.options, doctype))
    for name, following in zip(names, names[1:], strict=False):
        if name in hidden and following in hidden:
            _refuse(doctype, following)


def _tables_named(doctype: str, asked: str) -> list[str]:
    """The DocTypes of a document's rows that a question names."""
    return [
        field.options
        for field in frappe.get_meta(doctype).get_table_fields()
        if _plain(field.options) in asked
    ]


def above_levels(doctype: str, parent: str | None = None) -> list[str]:
    """Fields of a DocType above the user's levels; of a document's rows those count that he has on the document."""
    meta = frappe.get_meta(doctype)
    fields = [field for field in meta.fields if field.permlevel]
    if not fields:
        return []
    parents = [parent or frappe.form_dict.get("parent_doctype") or frappe.form_dict.get("parent")]
    levels = {0, *meta.get_permlevel_access("read", parenttype=parents[0] if meta.istable else None)}
    return [field.fieldname for field in fields if field.permlevel not in levels]


def _question(arguments) -> str:
    method = _method()
    keys = _ASKED_BY + _CHOSEN_BY + (_ALSO_BY_CARDS if any(part in method for part in _CARDS) else ())
    parts = [_text(arguments.get(key)) for key in keys]
    # A plain column that may not be read is left out by the host; one inside a function may not be.
    fields = _text(arguments.get("fields"))
    if "(" in fields:
        parts.append(fields)
    return "\n".join(part for part in parts if part)


def _text(value) -> str:
    """An argument as the database will read its names: JSON unpacked, without letter case, accents and backticks."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "{", '"'):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return _plain(value)
    if isinstance(value, dict):
        return "\n".join(_text(part) for pair in value.items() for part in pair)
    if isinstance(value, list | tuple):
        return "\n".join(map(_text, value))
    return _plain(value) if isinstance(value, str) else ""


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.replace("`", ""))
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).casefold()
