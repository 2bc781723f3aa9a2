"""What can be wrong with a file."""

import frappe


class MaxFileSizeReachedError(frappe.ValidationError):
    """Larger than site_config's max_file_size."""


class FileTypeNotAllowed(frappe.ValidationError):
    """An extension that System Settings do not allow."""


class AttachmentLimitReached(frappe.ValidationError):
    """The document has as many files as its DocType allows."""


class FolderNotEmpty(frappe.ValidationError):
    """A folder with files in it cannot be deleted."""
