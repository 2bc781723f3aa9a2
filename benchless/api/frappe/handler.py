"""Methods over HTTP: find, check, call; uploads, downloads, and calls on documents."""

import os
from mimetypes import guess_type

import frappe
from frappe import _, ping
from frappe.utils import cint

# what people without the desk may upload
ALLOWED_MIMETYPES = (
    "image/png", "image/jpeg", "application/pdf", "application/msword",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet", "text/plain", "text/csv", "video/quicktime", "video/mp4",
)  # fmt: skip


def execute_cmd(cmd: str):
    """Call the whitelisted method at a dotted path (or one of this module's) with the request's arguments."""
    for hook in reversed((frappe.get_hooks("override_whitelisted_methods") or {}).get(cmd, [])):
        cmd = hook
        break
    try:
        method = get_attr(cmd)
    except (ImportError, AttributeError, KeyError, ValueError, frappe.AppNotInstalledError) as error:
        frappe.throw(_("Failed to get method for command {0} with {1}").format(cmd, error))
    frappe.is_whitelisted(method)
    is_valid_http_method(method)
    return frappe.call(method, **frappe.form_dict)


def get_attr(cmd: str):
    """The function of a dotted path; a name without dots is one of this module's whitelisted functions."""
    if "." in cmd:
        return frappe.get_attr(cmd)
    return SHORT_NAMES[cmd]


def is_valid_http_method(method) -> None:
    """Refuse a method that was not opened to this kind of request (GET for one that writes)."""
    known = getattr(method, "__func__", method)
    if frappe.request.method not in (frappe.allowed_http_methods_for_whitelisted_func.get(known) or ()):
        frappe.throw(_("Not permitted"), frappe.PermissionError)


@frappe.whitelist(allow_guest=True)
def logout() -> None:
    """End the session."""
    frappe.local.login_manager.logout()
    frappe.db.commit()


@frappe.whitelist(allow_guest=True)
def upload_file():
    """Save the posted `file` (or link `file_url`, or a file that is there: `library_file_name`) as a File, attached to
    `doctype`/`docname`/`fieldname`; `is_private` is 1 unless it is 0. Not for guests."""
    if frappe.session.user == "Guest":
        raise frappe.PermissionError
    form, content = frappe.local.form_dict, None
    filename, file_url, is_private = form.file_name, form.file_url, form.is_private
    if form.library_file_name:
        known = frappe.get_doc("File", form.library_file_name)
        known.check_permission("read")
        filename, file_url, is_private = known.file_name, known.file_url, known.is_private
    check_write_permission(form.doctype, form.docname)
    posted = frappe.request.files.get("file")
    if posted:
        content, filename = posted.stream.read(), os.path.basename(posted.filename or "")
        check_type(filename)
    frappe.local.uploaded_file_url = file_url
    frappe.local.uploaded_file, frappe.local.uploaded_filename = content, filename
    if form.method:
        method = frappe.get_attr(form.method)
        frappe.is_whitelisted(method)
        is_valid_http_method(method)
        return method()
    if content is None and not file_url:
        frappe.throw(_("No file attached"), frappe.MandatoryError)
    return frappe.get_doc(
        {
            "doctype": "File",
            "attached_to_doctype": form.doctype,
            "attached_to_name": form.docname,
            "attached_to_field": form.fieldname,
            "folder": form.folder or "Home",
            "file_name": filename,
            "file_url": file_url,
            "is_private": 1 if is_private is None else cint(is_private),
            "content": content,
        }
    ).save()


def check_type(filename: str) -> None:
    """Who has no desk uploads pictures, PDF, text and office documents only."""
    if frappe.db.get_value("User", frappe.session.user, "user_type") != "Website User":
        return
    if guess_type(filename)[0] not in ALLOWED_MIMETYPES:
        frappe.throw(_("You can only upload JPG, PNG, PDF, TXT, CSV or Microsoft documents."))


def check_write_permission(doctype: str | None = None, name: str | None = None) -> None:
    """Who attaches a file to a document must be allowed to write it, or to make it where it is not there yet."""
    if not doctype:
        return
    if not name:
        frappe.has_permission(doctype, "write", throw=True)
    elif frappe.db.exists(doctype, name):
        frappe.get_doc(doctype, name).check_permission("write")
    else:
        frappe.has_permission(doctype, "create", throw=True)


@frappe.whitelist(allow_guest=True)
def download_file(file_url: str) -> None:
    """Answer with the content of the File at `file_url`, if the user may read it."""
    from frappe.core.doctype.file.file import find_file_by_url

    file = find_file_by_url(file_url)
    if not file:
        frappe.get_doc("File", {"file_url": file_url})  # 404 where there is none
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
        doc = sent_document(docs)
    doc.check_permission("read")
    doc.is_whitelisted(method)
    is_valid_http_method(getattr(doc, method))
    try:
        arguments = frappe.parse_json(args or arg)
    except ValueError:
        arguments = args or arg
    if arguments is None:
        result = doc.run_method(method)
    elif isinstance(arguments, dict):
        result = doc.run_method(method, **arguments)
    else:
        result = doc.run_method(method, arguments)
    frappe.local.response.setdefault("docs", []).append(doc.readable_dict())
    return result


def sent_document(docs):
    """The document a client sent, which must be as new as the stored one; the caller may read the stored one, too:
    what was sent could have been made to look like his own."""
    doc = frappe.get_doc(frappe.parse_json(docs))
    doc._original_modified = doc.modified
    doc.check_if_latest()
    if stored := doc.get_doc_before_save():
        stored.check_permission("read")
    return doc


SHORT_NAMES = {
    "ping": ping,
    "logout": logout,
    "web_logout": logout,
    "upload_file": upload_file,
    "download_file": download_file,
    "run_doc_method": run_doc_method,
    "runserverobj": run_doc_method,
}
