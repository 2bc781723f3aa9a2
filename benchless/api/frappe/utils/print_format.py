"""Downloads of print views and reports as PDF."""

import frappe
from frappe.translate import print_language
from frappe.utils import cstr
from frappe.utils.print_utils import get_print


@frappe.whitelist()
def download_pdf(
    doctype: str,
    name: str,
    format: str | None = None,
    doc=None,
    no_letterhead: int = 0,
    language: str | None = None,
    letterhead: str | None = None,
) -> None:
    """Answer the request with a document's PDF."""
    from frappe.www.printview import validate_print_permission

    doc = doc or frappe.get_doc(doctype, name)
    validate_print_permission(doc)
    with print_language(language):
        content = get_print(
            doctype, name, format, doc=doc, as_pdf=True, letterhead=letterhead, no_letterhead=no_letterhead
        )
    frappe.response.filename = "{}.pdf".format(cstr(name).replace(" ", "-").replace("/", "-"))
    frappe.response.filecontent = content
    frappe.response.type = "pdf"
