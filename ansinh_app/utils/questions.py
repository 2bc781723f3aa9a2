"""What a request asks by: a field that its reader may not see is no way to filter, sort, group or compute either.

Permission levels hide values; a bench still answers questions about them ("whose number begins with 0201?").
"""

import re

import frappe
from frappe import _

# The arguments that lists, counts, links, charts and cards are asked by.
_ASKED_BY = ("filters", "or_filters", "order_by", "group_by", "having", "field", "searchfield")
_ALSO_BY_CARDS = ("doc", "chart", "filters_json")
_CARDS = ("number_card.", "dashboard_chart.")


def refuse_hidden_questions(doctype: str) -> None:
    """Raise PermissionError where the request in hand asks about a DocType by a field hidden from the user."""
    if not getattr(frappe.local, "request", None) or frappe.session.user == "Administrator":
        return
    _refuse_pairs(doctype)
    asked = _question(frappe.form_dict)
    if not asked or frappe.form_dict.get("doctype") not in (None, doctype):
        return
    hidden = hidden_fields(doctype, linked=bool(re.search(r"\w\.\w", asked)))
    if not hidden:
        return
    found = re.search(rf"(?<!\w)({'|'.join(map(re.escape, hidden))})(?!\w)", asked)
    if found:
        label = _(frappe.get_meta(doctype).get_label(found[1].rpartition(".")[2]))
        frappe.throw(
            _(
                "You may not see {0}, so it cannot be asked by. Leave it out of filters, order and groups."
            ).format(frappe.bold(label)),
            frappe.PermissionError,
        )


def hidden_fields(doctype: str, linked: bool = True) -> list[str]:
    """Fields of a DocType the user may not read; `linked`: also those of what it links to, as `link.field`."""
    meta = frappe.get_meta(doctype)
    hidden = _above(meta)
    for link in meta.get_link_fields() if linked else ():
        hidden += [f"{link.fieldname}.{name}" for name in _above(frappe.get_meta(link.options))]
    return hidden


def _refuse_pairs(doctype: str) -> None:
    """A bench leaves out a hidden column but overlooks another one right behind it: such a pair is refused."""
    asked = frappe.form_dict.get("fields")
    if not asked or frappe.form_dict.get("doctype") not in (None, doctype):
        return
    try:
        fields = frappe.parse_json(asked) if isinstance(asked, str) and asked[:1] == "[" else asked
    except ValueError:
        return
    listed = fields if isinstance(fields, list) else []
    names = [str(one).split(" as ")[0].rpartition(".")[2].strip("` ") for one in listed]
    hidden = set(_above(frappe.get_meta(doctype)))
    for name, following in zip(names, names[1:], strict=False):
        if name in hidden and following in hidden:
            frappe.throw(
                _(
                    "You may not see {0}, so it cannot be asked by. Leave it out of filters, order and groups."
                ).format(frappe.bold(_(frappe.get_meta(doctype).get_label(following)))),
                frappe.PermissionError,
            )


def _above(meta) -> list[str]:
    levels = {0, *meta.get_permlevel_access("read")}
    return [field.fieldname for field in meta.get_high_permlevel_fields() if field.permlevel not in levels]


def _question(arguments) -> str:
    method = str(arguments.get("cmd") or "")
    keys = _ASKED_BY + (_ALSO_BY_CARDS if any(part in method for part in _CARDS) else ())
    parts = [_text(arguments.get(key)) for key in keys]
    # A plain column that may not be read is left out by the host; one inside a function may not be.
    fields = _text(arguments.get("fields"))
    if "(" in fields:
        parts.append(fields)
    return "\n".join(part for part in parts if part)


def _text(value) -> str:
    return value if isinstance(value, str) else frappe.as_json(value) if value else ""
