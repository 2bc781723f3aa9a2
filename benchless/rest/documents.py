"""One document over HTTP: make, read, change, delete it, and run its whitelisted methods.

What the user may not read is never in the answer, also not after writing.
"""

import frappe
from frappe import _, handler
from frappe.model.document import Document

PROTECTED = ("flags", "doctype", "name")


def create(doctype: str):
    check_doctype(doctype)
    data = form_data()
    for name in ("flags", "doctype"):
        data.pop(name, None)
    return shown(frappe.get_doc({**data, "doctype": doctype}).insert())


def read(doctype: str, name: str):
    check_doctype(doctype)
    doc = frappe.get_doc(doctype, name)
    doc.check_permission("read")
    return shown(doc)


def update(doctype: str, name: str):
    """Set the fields that were sent, and save; `modified`, when sent, must be the document's."""
    check_doctype(doctype)
    data = form_data()
    for protected in PROTECTED:
        data.pop(protected, None)
    doc = frappe.get_doc(doctype, name, for_update=True)
    doc.update(data)
    doc.save()
    if doc.get("parenttype") and doc.get("parent"):
        frappe.get_doc(doc.parenttype, doc.parent).save()
    return shown(doc)


def delete(doctype: str, name: str) -> str:
    check_doctype(doctype)
    frappe.delete_doc(doctype, name, ignore_missing=False)
    frappe.local.response.http_status_code = 202
    return "ok"


def run(doctype: str, name: str, method: str | None = None):
    """Run a whitelisted method of the document: by GET for who may read it, by POST for who may write it."""
    check_doctype(doctype)
    form = frappe.local.form_dict
    method = method or form.pop("run_method", None)
    if not method:
        frappe.throw(_("Invalid request arguments"))
    doc = frappe.get_doc(doctype, name)
    doc.is_whitelisted(method)
    handler.is_valid_http_method(getattr(doc, method))
    doc.check_permission("read" if frappe.request.method == "GET" else "write")
    result = doc.run_method(method, **form)
    return shown(result) if isinstance(result, Document) else result


def run_sent(method: str, document, kwargs=None):
    """The same of a document that was sent; what became of it stands in `docs`."""
    doc = handler.sent_document(document)
    doc.check_permission("read" if frappe.request.method == "GET" else "write")
    doc.is_whitelisted(method)
    function = getattr(doc, method)
    handler.is_valid_http_method(function)
    arguments = frappe.get_newargs(function, frappe.parse_json(kwargs) or {})
    result = doc.run_method(method, **arguments)
    frappe.local.response.setdefault("docs", []).append(shown(doc))
    return shown(result) if isinstance(result, Document) else result


def shown(doc: Document) -> dict:
    """What the user may read of it, without empty values, as Frappe sends documents."""
    return without_nulls(doc.readable_dict())


def without_nulls(values: dict) -> dict:
    return {
        key: [without_nulls(row) for row in value] if isinstance(value, list) else value
        for key, value in values.items()
        if value is not None
    }


def check_doctype(doctype: str) -> None:
    if not frappe.db.exists("DocType", doctype):
        frappe.throw(_("DocType {0} not found").format(doctype), frappe.DoesNotExistError)


def form_data() -> dict:
    """The document in the request: `data` as JSON, else the arguments themselves."""
    form = frappe.local.form_dict
    if form.get("data") is not None:
        try:
            data = frappe.parse_json(form["data"])
        except (ValueError, RecursionError):
            data = None
        if isinstance(data, dict):
            return dict(data)
        frappe.throw(_("Invalid request arguments"))
    return dict(form)
