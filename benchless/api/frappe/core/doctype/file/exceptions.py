"""What can be wrong with a file."""

import frappe
from frappe.exceptions import AttachmentLimitReached  # noqa: F401


class MaxFileSizeReachedError(frappe.ValidationError):
    """Larger than site_config's max_file_size."""


class FileTypeNotAllowed(frappe.ValidationError):
    """An extension that System Settings do not allow."""


class FolderNotEmpty(frappe.ValidationError):
    """A folder with files in it cannot be deleted."""
