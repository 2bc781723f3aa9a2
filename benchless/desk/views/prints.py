"""Paper: the print page with its choice of formats, and the bare print that it frames."""

from urllib.parse import urlencode

import frappe
from django.http import HttpResponse
from django.urls import reverse
from frappe import _
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.translate import print_language
from frappe.utils import cint

from benchless.desk.context import LANGUAGE_NAMES
from benchless.desk.render import page
from benchless.desk.views.forms import document_title

STANDARD = "Standard"
NO_HEAD = "none"
# A print format is a page of the app's own HTML: it may style itself, and nothing else.
PRINT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src 'self' data:; font-src 'self' data:; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


def formats_of(meta) -> list[str]:
    """The print formats of a DocType, its default first; Frappe's plain one last."""
    names = frappe.get_all("Print Format", filters={"doc_type": meta.name, "disabled": 0}, pluck="name", order_by="name")
    default = meta.get("default_print_format")
    if default in names:
        names.remove(default)
        names.insert(0, default)
    return [*names, STANDARD]


def letter_heads() -> list[str]:
    return frappe.get_all("Letter Head", filters={"disabled": 0}, pluck="name", order_by="is_default desc, name asc")


def print_page(request, doctype: str, name: str):
    """The paper in a frame, with the choice of format, letter head and language."""
    doc = frappe.get_doc(doctype, name)
    doc.check_permission("print")
    formats = formats_of(doc.meta)
    chosen = request.GET.get("format")
    chosen = chosen if chosen in formats else formats[0]
    heads, languages = letter_heads(), [code for code, _name in LANGUAGE_NAMES]
    head = request.GET.get("letterhead")
    language = request.GET.get("_lang") if request.GET.get("_lang") in languages else language_of(doc, chosen)
    arguments = {"doctype": doctype, "name": name, "format": chosen}
    if head == NO_HEAD:
        arguments["no_letterhead"] = 1
    elif head in heads:
        arguments["letterhead"] = head
    own = "" if head is None else heads[0] if heads else ""
    context = {
        "formats": [{"name": item, "label": _(item), "chosen": item == chosen} for item in formats],
        "heads": [{"name": item, "label": _(item), "chosen": item == (head or own)} for item in heads]
        + [{"name": NO_HEAD, "label": _("No letter head"), "chosen": head == NO_HEAD}]
        if heads
        else [],
        "languages": [{"name": code, "label": label, "chosen": code == language} for code, label in LANGUAGE_NAMES],
        "frame": "/printview?" + urlencode({**arguments, "_lang": language}),
        "pdf": "/api/method/frappe.utils.print_format.download_pdf?" + urlencode({**arguments, "language": language}),
    }
    crumbs = [
        (_(doctype), reverse("admin:list", args=[doctype])),
        (document_title(doc), reverse("admin:form", args=[doctype, name])),
    ]
    return page(request, "desk/print.html", _("Print"), context, crumbs)


def language_of(doc, print_format: str) -> str:
    """The language a paper comes out in unless another is asked for: the document's, the format's, the reader's."""
    own = None
    if print_format != STANDARD:
        own = frappe.db.get_value("Print Format", print_format, "default_print_language")
    return doc.get("language") or own or frappe.local.lang


def printview(request):
    """Frappe's /printview: the document as HTML in one print format, letter head and language."""
    doctype, name = request.GET.get("doctype", ""), request.GET.get("name", "")
    print_format = request.GET.get("format") or request.GET.get("print_format")
    doc = frappe.get_doc(doctype, name)
    doc.check_permission("print")
    if print_format and print_format != STANDARD and print_format not in formats_of(doc.meta):
        raise frappe.PermissionError
    chosen = STANDARD if print_format in (None, "", STANDARD) else print_format
    make_access_log(doctype=doctype, document=name, file_type="PDF", method="Print")
    language = request.GET.get("_lang")
    language = language if language in dict(LANGUAGE_NAMES) else language_of(doc, chosen)
    bare = request.GET.get("no_letterhead")
    with print_language(language):
        html = frappe.get_print(
            doctype,
            name,
            None if print_format == STANDARD else print_format,
            doc=doc,
            no_letterhead=cint(bare) if bare is not None else None,
            letterhead=request.GET.get("letterhead") or None,
        )
    response = HttpResponse(html)
    response["Content-Security-Policy"] = PRINT_POLICY
    return response
