"""Serve the site's files: /files to everyone, /private/files to those who may read the File document."""

import mimetypes
from pathlib import Path

import frappe
from django.http import FileResponse, Http404, HttpResponse
from django.utils.http import content_disposition_header
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.core.doctype.file.file import find_file_by_url

SHOWN_IN_A_BROWSER = (".pdf", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".txt")


def public_file(request, path: str) -> HttpResponse:
    return send(Path(frappe.get_site_path("public", "files")), path)


def private_file(request, path: str) -> HttpResponse:
    file = None if frappe.session.user == "Guest" else find_file_by_url(f"/private/files/{path}")
    if not file:
        raise frappe.PermissionError(frappe._("You don't have permission to access this file"))
    make_access_log(doctype="File", document=file.name, file_type=Path(path).suffix[1:])
    return send(Path(frappe.get_site_path("private", "files")), path)


def send(folder: Path, path: str) -> HttpResponse:
    """Send folder/path, never anything outside of folder, and nothing that could run as a page of this site."""
    target = (folder / path).resolve()
    if not target.is_relative_to(folder.resolve()) or not target.is_file():
        raise Http404
    # An uploaded script must not become a script of this site: with an unknown type (and nosniff) no page runs it.
    shown = target.suffix.lower() in SHOWN_IN_A_BROWSER
    content_type = (shown and mimetypes.guess_type(target.name)[0]) or "application/octet-stream"
    response = FileResponse(target.open("rb"), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not shown, target.name)
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    return response
