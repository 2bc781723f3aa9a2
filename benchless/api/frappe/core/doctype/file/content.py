"""What a file's bytes are, against what its name says, and how large they become when they are unpacked."""

import io
import os
import zipfile

import frappe
from frappe import _
from frappe.core.doctype.file.exceptions import FileTypeNotAllowed, MaxFileSizeReachedError

MEGABYTE = 1024 * 1024
LARGEST_UNPACKED = 300 * MEGABYTE
MOST_MEMBERS = 10_000
MOST_PIXELS = 50_000_000
ZIPPED = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
# How the content of a file begins whose kind others trust: what a browser shows, what a program unpacks.
BEGINNINGS = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".gif": (b"GIF87a", b"GIF89a"),
    ".webp": (b"RIFF",),
    ".zip": ZIPPED,
    # an Office document with a password is of the older kind inside
    **dict.fromkeys((".xlsx", ".xlsm", ".docx", ".pptx"), (*ZIPPED, b"\xd0\xcf\x11\xe0")),
    **dict.fromkeys((".odt", ".ods", ".odp"), ZIPPED),
}
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp")


def check_content(name: str, content: bytes) -> None:
    """Refuse what unpacks to too much (MaxFileSizeReachedError), and, of what a browser sends, what is not what
    its name says (FileTypeNotAllowed).

    `max_unpacked_size` in site_config, in bytes, moves the limit of archives and workbooks (300 MB).
    """
    if frappe.request:
        check_kind(name, content)
    if os.path.splitext(name or "")[1].lower() in PICTURES:
        check_picture(name, content)
    if content.startswith(ZIPPED):
        check_archive(name, content)


def check_kind(name: str, content: bytes) -> None:
    """Whether the content begins as files of this name do, for the kinds that others trust."""
    extension = os.path.splitext(name or "")[1].lower()
    beginnings = BEGINNINGS.get(extension)
    # A PDF may stand a little behind its start: readers look for it in the first kilobyte.
    found = content[:1024] if extension == ".pdf" else content[:16]
    if beginnings and not any(b in found if extension == ".pdf" else found.startswith(b) for b in beginnings):
        frappe.throw(_("The content of {0} is not what its name says").format(name), FileTypeNotAllowed)


def check_picture(name: str, content: bytes) -> None:
    """Only the picture's head is read: how many pixels it would have."""
    from PIL import Image  # comes with WeasyPrint

    try:
        with Image.open(io.BytesIO(content)) as picture:
            width, height = picture.size
    except Image.DecompressionBombError:
        width = height = MOST_PIXELS
    except (OSError, ValueError, SyntaxError):
        return  # no picture that could be opened, so none that could grow
    if width * height > MOST_PIXELS:
        _too_large(name)


def check_archive(name: str, content: bytes) -> None:
    """The sizes that an archive's own list tells; one that cannot be read cannot be unpacked either."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, RuntimeError):
        return
    limit = frappe.utils.cint(frappe.conf.max_unpacked_size) or LARGEST_UNPACKED
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > limit:
        _too_large(name)


def _too_large(name: str) -> None:
    frappe.throw(_("{0} would become too large when it is opened").format(name), MaxFileSizeReachedError)
