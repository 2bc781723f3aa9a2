"""What a request brings along are plain values: an object where a name or a field's value belongs is refused.

Both hosts take an object for a filter wherever they look a document up by its name. Asked for "the entitlement
of this person in this category", they say "not found" or "not yours", and so answer what nobody may ask.
"""

import json
import re

import frappe
from frappe import _

from ansinh_app.utils.ours import is_ours

# Arguments that name documents, and those that are documents or values of one.
_NAMES = frozenset(
    "name names docname docnames doc_name dn old old_name new new_name parent reference_name reference_docname"
    " ref_docname ref_name attached_to_name doctype dt document_type".split()
)
_DOCUMENTS = frozenset("doc docs document fieldname data".split())
_LONGEST, _LARGEST = 1000, 10**15
_DAYS = re.compile(r"month(?!s)|date|as_of|_from$|_to$")
_UNREADABLE = re.compile(r"[\x00-\x08\ud800-\udfff]")
_OF_DOCUMENTS = ("/api/resource/", "/api/v1/resource/", "/api/v2/document/")


def refuse_objects() -> None:
    """Hook `before_request`: raise ValidationError where the request in hand puts an object in a value's place."""
    for key, value in frappe.local.form_dict.items():
        if key in _NAMES:
            _check_names(key, value)
        elif key in _DOCUMENTS:
            for document in _listed(meant(value)):
                _check_document(document)
    if _asks_a_report(frappe.local.form_dict.get("report_name")):
        filters = meant(frappe.local.form_dict.get("filters"))
        check_filters(filters if isinstance(filters, dict) else None)
    request = getattr(frappe.local, "request", None)
    if request and request.method in ("POST", "PUT") and request.path.startswith(_OF_DOCUMENTS):
        _check_document(frappe.local.form_dict)
        if "json" not in (request.content_type or ""):  # the hosts read such a body as JSON all the same
            _check_document(meant(request.get_data(as_text=True)))


def _asks_a_report(name) -> bool:
    """Whether a report of ours is asked for: the host looks at its filters before the report does."""
    return isinstance(name, str) and is_ours(frappe.db.get_value("Report", name, "module"))


def check_filters(filters) -> None:
    """Raise ValidationError where a report's filter is an object, a list, or a text or number no filter can be."""
    for key, value in (filters or {}).items():
        if isinstance(value, dict | list | tuple):
            _refuse(key)
        if isinstance(value, int | float) and not _fits(key, value):
            _refuse_value(key)
        if isinstance(value, str) and (len(value) > _LONGEST or _UNREADABLE.search(value) or value[:4] == "0000"):
            _refuse_value(key)


def _fits(key: str, number: float) -> bool:
    if "year" in key:
        return 1900 <= number <= 2200
    return abs(number) < _LARGEST and not (number and _DAYS.search(key))


def _check_names(key: str, value) -> None:
    said = meant(value)
    one_of_many = isinstance(said, list) and (said is not value or key.endswith("s"))
    if any(isinstance(name, dict | list) for name in (said if one_of_many else [said])):
        _refuse(key)


def _check_document(document) -> None:
    """The values of a document and of the rows of its tables; what begins with _ is the desk's own."""
    if not isinstance(document, dict):
        return
    for key, value in document.items():
        if str(key).startswith("_") or key in _DOCUMENTS or key in ("filters", "args", "kwargs"):
            continue
        if isinstance(value, dict) or (key in _NAMES and isinstance(value, list)):
            _refuse(key)
        for row in _listed(value):
            _check_document(row)


def _listed(value) -> list:
    return value if isinstance(value, list) else [value]


def meant(value):
    """An argument that may be JSON, as it is meant."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value
    return value


def _refuse(key: str) -> None:
    frappe.throw(
        _("{0} must be a plain value, not a list or an object.").format(frappe.utils.escape_html(str(key)))
    )


def _refuse_value(key: str) -> None:
    frappe.throw(_("{0} is no value to look for.").format(frappe.utils.escape_html(str(key))))
