"""Print views as pages and PDF: what frappe.get_print and frappe.attach_print do."""

import frappe
from frappe.translate import print_language
from frappe.utils import cint, cstr


def get_print(
    doctype=None,
    name=None,
    print_format=None,
    style=None,
    as_pdf=False,
    doc=None,
    output=None,
    no_letterhead=0,
    password=None,
    pdf_options=None,
    letterhead=None,
):
    """A document's print view as an HTML page, or as PDF (appended to `output`, a pypdf writer, if given)."""
    from frappe.utils.pdf import get_pdf
    from frappe.www.printview import get_page

    html = get_page(
        doc or frappe.get_doc(doctype, name),
        print_format=print_format,
        style=style,
        no_letterhead=no_letterhead,
        letterhead=letterhead,
    )
    if not as_pdf:
        return html
    options = dict(pdf_options or {})
    if password:
        options["password"] = password
    return get_pdf(html, options=options, output=output)


def attach_print(
    doctype,
    name,
    file_name=None,
    print_format=None,
    style=None,
    html=None,
    doc=None,
    lang=None,
    print_letterhead=True,
    password=None,
    letterhead=None,
) -> dict:
    """{"fname", "fcontent"} of a document's print view, for sendmail, whatever the user's rights."""
    from frappe.utils.pdf import get_pdf
    from frappe.www.printview import get_print_settings

    as_pdf = cint(get_print_settings().send_print_as_pdf)
    former = frappe.flags.ignore_print_permissions
    frappe.flags.ignore_print_permissions = True
    try:
        with print_language(lang or frappe.local.lang):
            if html:
                content = (
                    get_pdf(html, options={"password": password} if password else None) if as_pdf else html
                )
            else:
                content = get_print(
                    doctype,
                    name,
                    print_format=print_format,
                    style=style,
                    as_pdf=bool(as_pdf),
                    doc=doc,
                    no_letterhead=not print_letterhead,
                    password=password,
                    letterhead=letterhead,
                )
    finally:
        frappe.flags.ignore_print_permissions = former

    if isinstance(content, str):
        content = content.encode()
    fname = cstr(file_name or name).replace(" ", "").replace("/", "-") + (".pdf" if as_pdf else ".html")
    return {"fname": fname, "fcontent": content}
