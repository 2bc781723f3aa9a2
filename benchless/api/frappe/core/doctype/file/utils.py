"""File names, paths and hashes."""

import hashlib
import os
import re
import secrets
import time

import frappe
from frappe import _

MAX_NAME_LENGTH = 140
MAX_NAME_BYTES = 200
UNFINISHED = re.compile(r"\.[0-9a-f]{8}\.part$")
UNSAFE_CHARACTERS = re.compile(r"[/\\\x00-\x1f\x7f]")


def files_path(*parts: str, is_private=False) -> str:
    """Path of a site's file; the folder is made when it is not there."""
    folder = frappe.get_site_path("private" if is_private else "public", "files")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, *parts)


def safe_file_name(name: str) -> str:
    """A name that is one path component: no separators, control characters or leading dots, not too long."""
    name = UNSAFE_CHARACTERS.sub("", name or "").strip().lstrip(".")
    stem, extension = os.path.splitext(name)
    extension = extension[:20]
    while len(stem + extension) > MAX_NAME_LENGTH or len((stem + extension).encode()) > MAX_NAME_BYTES:
        stem = stem[:-1]
    return (stem + extension) or "file"


def generate_file_name(name: str, suffix: str | None = None, is_private: bool = False) -> str:
    """The name, with the suffix (else a random one) before its extension where the name is taken."""
    candidate = name
    stem, extension = os.path.splitext(name)
    while os.path.exists(files_path(candidate, is_private=is_private)):
        candidate = f"{stem}{suffix or secrets.token_hex(4)}{extension}"
        suffix = None
    return candidate


def get_content_hash(content: bytes | str) -> str:
    """MD5 of the content: it finds equal files, it protects nothing."""
    if isinstance(content, str):
        content = content.encode()
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def decode_file_content(content: bytes | str) -> bytes:
    """The bytes of a base64 text, with or without a data: URI's head."""
    import base64

    if isinstance(content, str):
        content = content.encode()
    if b"," in content:
        content = content.split(b",", 1)[1]
    return base64.b64decode(content)


def is_safe_path(path: str) -> bool:
    """Whether a path lies in the site's file folders (symbolic links followed)."""
    real = os.path.realpath(path)
    return any(
        os.path.commonpath((root, real)) == root
        for root in (
            os.path.realpath(files_path(is_private=False)),
            os.path.realpath(files_path(is_private=True)),
        )
    )


def delete_file(path: str | None) -> None:
    """Remove a file of the site by its URL; one that is gone already is no error."""
    if not path:
        return
    if ".." in path.split("/"):
        frappe.throw(
            _("It is risky to delete this file: {0}. Please contact your System Manager.").format(path)
        )
    folder, name = os.path.split(path.strip("/"))
    full = files_path(name, is_private=folder != "files")
    if os.path.exists(full):
        os.remove(full)


def remove_unfinished() -> int:
    """Daily: what a process that was killed while it wrote a file left behind; returns how many.

    Such a file has a name of its own that no record knows; who writes one now takes less than a day.
    """
    removed, old = 0, time.time() - 24 * 3600
    for private in (False, True):
        for entry in os.scandir(files_path(is_private=private)):
            if UNFINISHED.search(entry.name) and entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < old:
                url = ("/private/files/" if private else "/files/") + entry.name
                if not frappe.db.exists("File", {"file_url": url}):
                    os.remove(entry.path)
                    removed += 1
    return removed


def get_max_file_size() -> int:
    """Largest allowed file in bytes."""
    return int(frappe.conf.max_file_size or 25 * 1024 * 1024)


def attach_files_to_document(doc, event=None) -> None:
    """On every save: the files that a document's Attach fields name belong to the document.

    A file uploaded before the document had a name is taken over; for one that belongs elsewhere a
    second record points to the same bytes. A private file that the user may not read stays where it is:
    writing its URL into a field must not open it.
    """
    from frappe.core.doctype.file.file import find_file_by_url

    for df in doc.meta.get("fields", {"fieldtype": ("in", ("Attach", "Attach Image"))}):
        url = doc.get(df.fieldname)
        if not isinstance(url, str) or not url.startswith(("/files/", "/private/files/")):
            continue
        owner = {"attached_to_doctype": doc.doctype, "attached_to_name": doc.name}
        if frappe.db.exists("File", {"file_url": url, **owner}):
            continue
        if not find_file_by_url(url):
            continue
        loose = frappe.db.get_value(
            "File", {"file_url": url, "attached_to_name": ("is", "not set"), "is_folder": 0}, "name"
        )
        if loose:
            frappe.db.set_value("File", loose, {**owner, "attached_to_field": df.fieldname})
        else:
            frappe.get_doc(
                {"doctype": "File", "file_url": url, "attached_to_field": df.fieldname, **owner}
            ).insert(ignore_permissions=True)
