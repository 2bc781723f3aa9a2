"""Saving, finding and removing files, under Frappe's older names."""

import os

import frappe
from frappe.core.doctype.file.exceptions import MaxFileSizeReachedError
from frappe.core.doctype.file.utils import (
    get_content_hash,
    get_max_file_size,
    is_safe_path,
)

__all__ = [
    "MaxFileSizeReachedError",
    "get_content_hash",
    "get_file",
    "get_file_path",
    "get_max_file_size",
    "is_safe_path",
    "remove_all",
    "remove_file",
    "remove_file_by_url",
    "save_file",
    "save_url",
]


def save_file(fname, content, dt, dn, folder=None, decode=False, is_private=0, df=None):
    """Save content as a file of document dt/dn; returns the File."""
    return frappe.get_doc(
        {
            "doctype": "File",
            "file_name": fname,
            "attached_to_doctype": dt,
            "attached_to_name": dn,
            "attached_to_field": df,
            "folder": folder,
            "is_private": is_private,
            "content": content,
            "decode": decode,
        }
    ).save()


def save_url(file_url, filename, dt, dn, folder=None, is_private=0, df=None):
    """Attach a file that is on the site (or elsewhere) already; returns the File."""
    return frappe.get_doc(
        {
            "doctype": "File",
            "file_url": file_url,
            "file_name": filename,
            "attached_to_doctype": dt,
            "attached_to_name": dn,
            "attached_to_field": df,
            "folder": folder,
            "is_private": is_private,
        }
    ).insert()


def get_file(fname):
    """[name, content] of a file by File name, file name or URL."""
    path = get_file_path(fname)
    with open(path, "rb") as file:
        content = file.read()
    try:
        content = content.decode()
    except UnicodeDecodeError:
        pass
    return [os.path.basename(path), content]


def get_file_path(file_name):
    """Path on disk of a file by File name, file name or URL; None for one that climbs out."""
    if "../" in file_name:
        return None
    for filters in ({"name": file_name}, {"file_name": file_name}, {"file_url": file_name}):
        found = frappe.db.get_value("File", filters)
        if found:
            return frappe.get_doc("File", found).get_full_path()
    url = file_name if "/" in file_name else f"/files/{file_name}"
    return frappe.get_doc(
        {"doctype": "File", "file_url": url, "file_name": url.split("/")[-1]}
    ).get_full_path()


def remove_file(
    fid=None, attached_to_doctype=None, attached_to_name=None, from_delete=False, delete_permanently=False
):
    """Delete a File whose document the user may write."""
    if not (attached_to_doctype and attached_to_name):
        attached_to_doctype, attached_to_name = frappe.db.get_value(
            "File", fid, ["attached_to_doctype", "attached_to_name"]
        ) or (None, None)
    ignore = False
    if attached_to_doctype and attached_to_name and not from_delete:
        ignore = bool(frappe.get_doc(attached_to_doctype, attached_to_name).has_permission("write"))
    frappe.delete_doc("File", fid, ignore_permissions=ignore or from_delete)


def remove_file_by_url(file_url, doctype=None, name=None):
    """Delete the File of a URL, of one document where doctype and name are given."""
    filters = {"file_url": file_url}
    if doctype and name:
        filters.update({"attached_to_doctype": doctype, "attached_to_name": name})
    fid = frappe.db.get_value("File", filters)
    if fid:
        remove_file(fid=fid)


def remove_all(dt, dn, from_delete=False, delete_permanently=False):
    """Delete all files of a document, with the document."""
    for fid in frappe.get_all("File", {"attached_to_doctype": dt, "attached_to_name": dn}, pluck="name"):
        if from_delete:
            frappe.delete_doc("File", fid, ignore_permissions=True)
        else:
            remove_file(fid=fid, attached_to_doctype=dt, attached_to_name=dn)
