"""Paper: the print page with its choice of formats, and the bare print that it frames."""

from urllib.parse import urlencode

import frappe
from django.http import HttpResponse
from django.urls import reverse
from frappe import _

from benchless.desk.render import page
from benchless.desk.views.forms import document_title

STANDARD = "Standard"
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


def print_page(request, doctype: str, name: str):
    doc = frappe.get_doc(doctype, name)
    doc.check_permission("print")
    formats = formats_of(doc.meta)
    chosen = request.GET.get("format")
    chosen = chosen if chosen in formats else formats[0]
    arguments = urlencode({"doctype": doctype, "name": name, "format": chosen})
    context = {
        "formats": [{"name": item, "label": _(item), "chosen": item == chosen} for item in formats],
        "frame": f"/printview?{arguments}",
        "pdf": f"/api/method/frappe.utils.print_format.download_pdf?{arguments}",
    }
    crumbs = [
        (_(doctype), reverse("admin:list", args=[doctype])),
        (document_title(doc), reverse("admin:form", args=[doctype, name])),
    ]
    return page(request, "desk/print.html", _("Print"), context, crumbs)


def printview(request):
    """Frappe's /printview: the document as HTML in one print format."""
    doctype, name = request.GET.get("doctype", ""), request.GET.get("name", "")
    print_format = request.GET.get("format") or request.GET.get("print_format")
    doc = frappe.get_doc(doctype, name)
    doc.check_permission("print")
    if print_format and print_format != STANDARD and print_format not in formats_of(doc.meta):
        raise frappe.PermissionError
    html = frappe.get_print(doctype, name, None if print_format == STANDARD else print_format, doc=doc)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = PRINT_POLICY
    return response
