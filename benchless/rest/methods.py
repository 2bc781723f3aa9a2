"""The whitelisted methods that belong to the HTTP interface itself (Frappe's frappe.handler)."""

import os

import frappe
from frappe import _
from frappe.utils import cint


@frappe.whitelist(allow_guest=True)
def ping():
    return "pong"


@frappe.whitelist()
def get_logged_user():
    return frappe.session.user


@frappe.whitelist(methods=["POST"])
def upload_file():
    """Save the posted `file` (or link `file_url`) as a File, attached to doctype/docname when these are given."""
    if frappe.session.user == "Guest":
        raise frappe.PermissionError
    form = frappe.local.form_dict
    check_attach_permission(form.doctype, form.docname)
    filename, content = form.file_name, None
    posted = frappe.request.files.get("file")
    if posted:
        content, filename = posted.stream.read(), os.path.basename(posted.filename or "")
    if content is None and not form.file_url:
        frappe.throw(_("No file attached"))
    if form.method:
        frappe.local.uploaded_file, frappe.local.uploaded_filename = content, filename
        method = frappe.get_attr(form.method)
        frappe.is_whitelisted(method)
        return method()
    return frappe.get_doc(
        {
            "doctype": "File",
            "attached_to_doctype": form.doctype,
            "attached_to_name": form.docname,
            "attached_to_field": form.fieldname,
            "folder": form.folder or "Home",
            "file_name": filename,
            "file_url": form.file_url,
            "is_private": 1 if form.is_private is None else cint(form.is_private),
            "content": content,
        }
    ).save()


def check_attach_permission(doctype: str | None, name: str | None) -> None:
    """Who attaches a file to a document must be allowed to write it."""
    if not doctype:
        return
    if not name:
        frappe.has_permission(doctype, "write", throw=True)
    elif frappe.db.exists(doctype, name):
        frappe.get_doc(doctype, name).check_permission("write")
    else:
        frappe.has_permission(doctype, "create", throw=True)


@frappe.whitelist(allow_guest=True)
def download_file(file_url: str):
    """Answer with the content of the File at `file_url`, if the user may read it."""
    from benchless.rest.files import find_readable_file

    file = find_readable_file(file_url)
    if not file:
        raise frappe.PermissionError
    frappe.local.response.filename = os.path.basename(file_url)
    frappe.local.response.filecontent = file.get_content()
    frappe.local.response.type = "download"


@frappe.whitelist(methods=["GET", "POST"])
def run_doc_method(method, docs=None, dt=None, dn=None, arg=None, args=None):
    """Run a whitelisted method of a document: a stored one (dt, dn) or the one in `docs`, which must be the latest."""
    if dt:
        doc = frappe.get_doc(dt, dn or dt)
    else:
        doc = frappe.get_doc(frappe.parse_json(docs))
        doc._original_modified = doc.modified
        doc.check_if_latest()
        if stored := doc.get_doc_before_save():
            stored.check_permission("read")  # what the caller sent could have been made to look like his own
    doc.check_permission("read")
    doc.is_whitelisted(method)
    check_http_method(getattr(doc, method))
    arguments = frappe.parse_json(args or arg) if (args or arg) else None
    if arguments is None:
        result = doc.run_method(method)
    elif isinstance(arguments, dict):
        result = doc.run_method(method, **arguments)
    else:
        result = doc.run_method(method, arguments)
    frappe.local.response.setdefault("docs", []).append(doc)
    return result


def check_http_method(method) -> None:
    """Refuse a method that was not opened to this kind of request (GET for one that writes)."""
    known = getattr(method, "__func__", method)
    if frappe.request.method not in (frappe.allowed_http_methods_for_whitelisted_func.get(known) or ()):
        frappe.throw(_("Not permitted"), frappe.PermissionError)


BY_NAME = {
    "ping": ping,
    "frappe.ping": ping,
    "upload_file": upload_file,
    "frappe.handler.upload_file": upload_file,
    "download_file": download_file,
    "frappe.handler.download_file": download_file,
    "frappe.core.doctype.file.file.download_file": download_file,
    "run_doc_method": run_doc_method,
    "frappe.handler.run_doc_method": run_doc_method,
    "frappe.auth.get_logged_user": get_logged_user,
}
