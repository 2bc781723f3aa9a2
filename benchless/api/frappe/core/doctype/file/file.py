"""File: a file on the site's disk, who it belongs to, and who may read it."""

import mimetypes
import os
import shutil
from urllib.parse import unquote

import frappe
from frappe import _
from frappe.core.doctype.file.content import check_content
from frappe.core.doctype.file.exceptions import (
    AttachmentLimitReached,
    FileTypeNotAllowed,
    FolderNotEmpty,
    MaxFileSizeReachedError,
)
from frappe.core.doctype.file.utils import (
    decode_file_content,
    delete_file,
    files_path,
    generate_file_name,
    get_content_hash,
    get_max_file_size,
    is_safe_path,
    safe_file_name,
)
from frappe.model.db_query import DatabaseQuery
from frappe.model.document import Document
from frappe.utils import cint

URL_PREFIXES = ("http://", "https://")


class File(Document):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.content = self.get("content") or b""
        self.decode = self.get("decode", False)

    @property
    def is_remote_file(self) -> bool:
        if self.file_url:
            return self.file_url.startswith(URL_PREFIXES)
        return not self.content

    def autoname(self):
        if self.is_folder:
            self.name = f"{self.folder}/{self.file_name}" if self.folder else self.file_name
        else:
            self.name = frappe.generate_hash(length=10)

    def before_insert(self):
        self.file_url = unquote(self.file_url) if self.file_url else self.file_url
        self.set_folder_name()
        self.set_is_private()
        self.set_file_name()
        self.validate_attachment_limit()
        self.set_file_type()
        self.validate_file_extension()
        if self.is_folder:
            return
        if self.content:
            self.file_url = None
            self.flags.new_file = True
            self.save_file(content=self.get_content())
        elif not self.is_remote_file:
            self.validate_reuse()
            self.generate_content_hash()

    def after_insert(self):
        if not self.is_folder:
            self.add_comment_in_reference_doc("Attachment", _("Added {0}").format(self.file_name))

    def validate(self):
        if self.is_folder:
            return
        self.file_url = unquote(self.file_url) if self.file_url else ""
        self.validate_attachment_references()
        if not self.is_new() and self.has_value_changed("file_url"):
            self.set_is_private()
            self.validate_reuse()
        if not self.is_new() and self.has_value_changed("is_private"):
            self.handle_is_private_changed()
        self.validate_file_path()
        self.validate_file_on_disk()

    def on_trash(self):
        if self.is_home_folder or self.is_attachments_folder:
            frappe.throw(_("Cannot delete Home and Attachments folders"))
        if self.is_folder:
            if frappe.get_all("File", filters={"folder": self.name}, limit=1):
                frappe.throw(_("Folder {0} is not empty").format(self.name), FolderNotEmpty)
            return
        shared = frappe.get_all(
            "File", filters={"file_url": self.file_url, "name": ("!=", self.name)}, limit=1
        )
        if not shared and not self.is_remote_file:
            url = self.file_url
            # the bytes go only when the record is gone for good
            frappe.db.after_commit.add(lambda: delete_file(url))
        self.add_comment_in_reference_doc("Attachment Removed", _("Removed {0}").format(self.file_name))

    def set_folder_name(self):
        if self.folder or self.is_home_folder:
            return
        make_home_folders()
        self.folder = "Home/Attachments" if self.attached_to_doctype else "Home"

    def set_is_private(self):
        if self.file_url and not self.content:
            self.is_private = cint(self.file_url.startswith("/private"))
        self.is_private = cint(self.is_private)

    def set_file_name(self):
        if not self.file_name and not self.file_url:
            frappe.throw(
                _("Fields `file_name` or `file_url` must be set for File"), exc=frappe.MandatoryError
            )
        if not self.file_name:
            self.file_name = self.file_url.split("/")[-1]
        self.file_name = safe_file_name(self.file_name)

    def set_file_type(self):
        if self.is_folder:
            return
        extension = os.path.splitext(self.file_name)[1].lstrip(".").upper()
        guessed = mimetypes.guess_type(self.file_name)[0]
        canonical = mimetypes.guess_extension(guessed) if guessed else None
        self.file_type = (canonical.lstrip(".").upper() if canonical else extension)[:140] or None

    def validate_file_extension(self):
        """Only for what a browser sends, not for what the site itself makes."""
        if not self.file_type or not frappe.request:
            return
        allowed = frappe.get_system_settings("allowed_file_extensions")
        if allowed and self.file_type not in allowed.splitlines():
            frappe.throw(_("File type of {0} is not allowed").format(self.file_type), exc=FileTypeNotAllowed)

    def validate_attachment_references(self):
        if self.attached_to_doctype and not (
            self.attached_to_name and isinstance(self.attached_to_name, str | int)
        ):
            frappe.throw(_("Attached To Name must be a string or an integer"))

    def validate_attachment_limit(self):
        if not (self.attached_to_doctype and self.attached_to_name):
            return
        limit = cint(frappe.get_meta(self.attached_to_doctype).get("max_attachments"))
        if not limit:
            return
        attached = frappe.db.count(
            "File",
            {"attached_to_doctype": self.attached_to_doctype, "attached_to_name": self.attached_to_name},
        )
        if attached >= limit:
            frappe.throw(
                _("Maximum Attachment Limit of {0} has been reached for {1} {2}.").format(
                    frappe.bold(limit), self.attached_to_doctype, self.attached_to_name
                ),
                exc=AttachmentLimitReached,
                title=_("Attachment Limit Reached"),
            )

    def validate_file_path(self):
        if not self.is_remote_file:
            self.get_full_path()

    def validate_file_on_disk(self):
        if not self.is_remote_file and not self.exists_on_disk():
            frappe.throw(_("File {0} does not exist").format(self.file_url), IOError)

    def validate_reuse(self):
        """A record may point to a private file that is there only if its maker may read that file."""
        if not self.is_private or self.flags.ignore_permissions or frappe.session.user == "Administrator":
            return
        others = frappe.get_all("File", filters={"file_url": unquote(self.file_url)}, pluck="name")
        if not any(has_permission(frappe.get_doc("File", name), "read") for name in others):
            frappe.throw(_("You do not have permission to access this file"), frappe.PermissionError)

    def generate_content_hash(self):
        if not self.file_url:
            return
        path = self.get_full_path()
        if not os.path.exists(path):
            frappe.throw(_("File {0} does not exist").format(self.file_url), IOError)
        with open(path, "rb") as file:
            content = file.read()
        self.content_hash = get_content_hash(content)
        self.file_size = len(content)

    def handle_is_private_changed(self):
        """Move the file between the public and the private folder, with every record that points to it."""
        if self.is_remote_file:
            return
        old_url, name = self.file_url, self.file_url.split("/")[-1]
        new_url = f"/private/files/{name}" if cint(self.is_private) else f"/files/{name}"
        if new_url == old_url:
            return
        source = files_path(name, is_private=not cint(self.is_private))
        target = files_path(name, is_private=cint(self.is_private))
        if not os.path.exists(source):
            frappe.throw(_("Cannot find file {} on disk").format(name), exc=FileNotFoundError)
        if os.path.exists(target):
            frappe.throw(_("A file with same name {} already exists").format(name), exc=FileExistsError)
        shutil.move(source, target)
        frappe.db.after_rollback.add(lambda: shutil.move(target, source))
        self.file_url = new_url
        for other in frappe.get_all(
            "File", filters={"file_url": old_url, "name": ("!=", self.name)}, pluck="name"
        ):
            frappe.db.set_value("File", other, {"file_url": new_url, "is_private": self.is_private})
        if self.attached_to_doctype and self.attached_to_name and self.attached_to_field:
            frappe.db.set_value(
                self.attached_to_doctype, self.attached_to_name, self.attached_to_field, new_url
            )

    def exists_on_disk(self) -> bool:
        return os.path.exists(self.get_full_path())

    def get_full_path(self) -> str:
        """The file's path; refuses one that is not in the site's file folders."""
        url = self.file_url or self.file_name
        if url.startswith(URL_PREFIXES):
            return url
        if "/" not in url:
            url = f"/private/files/{url}" if self.is_private else f"/files/{url}"

        if url.startswith("/private/files/"):
            path = files_path(*url.split("/private/files/", 1)[1].split("/"), is_private=True)
        elif url.startswith("/files/"):
            path = files_path(*url.split("/files/", 1)[1].split("/"))
        else:
            frappe.throw(_("There is some problem with the file url: {0}").format(url))

        if ".." in url.split("/") or "\0" in url or not is_safe_path(path):
            frappe.throw(_("Cannot access file path {0}").format(url))
        return path

    def get_content(self) -> bytes | str:
        """The content: text where it is UTF-8, else bytes."""
        if self.is_folder:
            frappe.throw(_("Cannot get file contents of a Folder"))
        if self.get("content"):
            self._content = self.content
            if self.decode:
                self._content = decode_file_content(self._content)
                self.decode = False
            return self._content
        if self.is_remote_file:
            frappe.throw(_("There is some problem with the file url: {0}").format(self.file_url))
        with open(self.get_full_path(), "rb") as file:
            self._content = file.read()
        try:
            self._content = self._content.decode()
        except UnicodeDecodeError:
            pass
        return self._content

    def save_file(self, content=None, decode=False, ignore_existing_file_check=False, overwrite=False):
        """Write the content to disk; where an equal file of the same privacy is there, point to that one."""
        if content is not None:
            self.content = content
            self.decode = decode
        content = self.get_content()
        if isinstance(content, str):
            content = content.encode()
        self.content = content
        self.is_private = cint(self.is_private)
        self.file_size = self.check_max_file_size(content)
        check_content(self.file_name, content)
        self.content_hash = get_content_hash(content)

        if not ignore_existing_file_check and not overwrite:
            same = frappe.get_all(
                "File",
                filters={"content_hash": self.content_hash, "is_private": self.is_private, "is_folder": 0},
                fields=["name", "file_url"],
                limit=1,
            )
            if same and frappe.get_doc("File", same[0].name).exists_on_disk():
                self.file_url = same[0].file_url
                return {"file_name": self.file_name, "file_url": self.file_url}

        if not overwrite and not self._left_behind(content):
            self.file_name = generate_file_name(
                self.file_name, suffix=self.content_hash[-6:], is_private=self.is_private
            )
        self.file_url = f"/private/files/{self.file_name}" if self.is_private else f"/files/{self.file_name}"
        path = self.get_full_path()
        former = None
        if os.path.exists(path):
            with open(path, "rb") as file:
                former = file.read()
        _write(path, content)
        frappe.db.after_rollback.add(lambda: _undo_write(path, former))
        return {"file_name": os.path.basename(path), "file_url": self.file_url}

    def _left_behind(self, content: bytes) -> bool:
        """Whether these bytes lie under this name and no File knows them: a process died before its commit."""
        folder = "/private/files" if self.is_private else "/files"
        path = files_path(self.file_name, is_private=self.is_private)
        if not is_safe_path(path) or not os.path.isfile(path) or os.path.getsize(path) != len(content):
            return False
        if frappe.db.exists("File", {"file_url": f"{folder}/{self.file_name}"}):
            return False
        with open(path, "rb") as file:
            return file.read() == content

    def check_max_file_size(self, content: bytes) -> int:
        largest = get_max_file_size()
        if len(content) > largest:
            frappe.throw(
                _("File size exceeded the maximum allowed size of {0} MB").format(largest / 1048576),
                exc=MaxFileSizeReachedError,
            )
        return len(content)

    def is_downloadable(self) -> bool:
        """Whether the session's user may fetch the file."""
        return has_permission(self, "read")

    def add_comment_in_reference_doc(self, comment_type, text):
        if not (self.attached_to_doctype and self.attached_to_name):
            return
        if frappe.get_meta(self.attached_to_doctype).issingle:
            return
        if frappe.db.exists(self.attached_to_doctype, self.attached_to_name):
            frappe.get_doc(self.attached_to_doctype, self.attached_to_name).add_comment(comment_type, text)


def _write(path: str, content: bytes) -> None:
    """In one step: who reads meanwhile, a backup too, has the former content or the new one."""
    unfinished = f"{path}.{frappe.generate_hash(length=8)}.part"
    try:
        with open(unfinished, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)
    finally:
        if os.path.exists(unfinished):
            os.remove(unfinished)


def _undo_write(path: str, former: bytes | None) -> None:
    """After a rollback the disk is as it was before."""
    if former is not None:
        _write(path, former)
    elif os.path.exists(path):
        os.remove(path)


def make_home_folders() -> None:
    """The two folders every site has."""
    for name, folder, flag in (
        ("Home", None, "is_home_folder"),
        ("Attachments", "Home", "is_attachments_folder"),
    ):
        full = f"{folder}/{name}" if folder else name
        if not frappe.db.exists("File", full):
            frappe.get_doc(
                {"doctype": "File", "file_name": name, "folder": folder, "is_folder": 1, flag: 1}
            ).insert(ignore_permissions=True)


def has_permission(doc, ptype=None, user=None, debug=False) -> bool:
    """Public files are everybody's to read; a private one is its owner's, and theirs who may read (or,
    to change it, write) the document it is attached to."""
    user = user or frappe.session.user
    if user == "Administrator":
        return True
    if ptype == "create":
        return bool(frappe.has_permission("File", "create", user=user))
    if not doc.is_private and ptype in ("read", "select"):
        return True
    if user != "Guest" and doc.owner == user:
        return True
    if not (doc.attached_to_doctype and doc.attached_to_name):
        return False

    try:
        reference = frappe.get_doc(doc.attached_to_doctype, doc.attached_to_name)
    except frappe.DoesNotExistError:
        frappe.clear_last_message()
        return False
    wanted = "write" if ptype in ("write", "create", "delete") else "read"
    return bool(frappe.has_permission(reference.doctype, wanted, doc=reference, user=user))


def get_permission_query_conditions(user: str | None = None) -> str:
    """Lists show public files, one's own, and those attached to documents that one may read."""
    user = user or frappe.session.user
    if user == "Administrator":
        return ""
    own = f"`tabFile`.`owner` = {frappe.db.escape(user)}"
    if "Desk User" not in frappe.get_roles(user):
        return own
    allowed = ["`tabFile`.`is_private` = 0", own]
    doctypes = frappe.get_all("File", {"attached_to_doctype": ("is", "set")}, distinct=True, pluck="attached_to_doctype")
    for doctype in doctypes:
        if not frappe.db.exists("DocType", doctype) or not frappe.has_permission(doctype, "read", user=user):
            continue
        condition = f"`tabFile`.`attached_to_doctype` = {frappe.db.escape(doctype)}"
        match = "" if frappe.get_meta(doctype).issingle else DatabaseQuery(doctype, user).build_match_conditions()
        if match:
            condition += f" and `tabFile`.`attached_to_name` in (select `name` from `tab{doctype}` where {match})"
        allowed.append(condition)
    return "(" + ") or (".join(allowed) + ")"


def find_file_by_url(url: str, name: str | None = None):
    """The File of a URL that the session's user may read, else None: what serves files asks here."""
    filters = {"file_url": unquote(url)}
    if name:
        filters["name"] = name
    for found in frappe.get_all("File", filters=filters, pluck="name"):
        doc = frappe.get_doc("File", found)
        if doc.is_downloadable():
            return doc
    return None
