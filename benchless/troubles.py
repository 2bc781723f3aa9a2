"""What went wrong in the machine and not in what was asked, in words that somebody at a desk can act on."""

import contextlib
import errno
import logging
import shutil

import frappe
from frappe import _
from frappe.database.errors import number_of

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_FULL_TABLE = (1021, 1114)  # MariaDB: the disk is full, the table is full
_SHARED_MEMORY = 32 * 1024  # bytes of the file beside a database that its readers share
_FULL_STATUS, _LOCKED_STATUS = 507, 508


def _chain(error: BaseException | None):
    seen = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        error = error.__cause__ or error.__context__


def is_full(error: BaseException) -> bool:
    """Whether the disk, or the room the database or the user may take, is used up."""
    for one in _chain(error):
        if isinstance(one, OSError) and one.errno in _FULL:
            return True
        if number_of(one) in _FULL_TABLE or "database or disk is full" in str(one):
            return True
        if "disk I/O error" in str(one) and shutil.disk_usage(frappe.local.site_path).free < _SHARED_MEMORY:
            return True  # SQLite has no room to open the database in
    return False


def is_locked(error: BaseException) -> bool:
    """Whether somebody else's changes were in the way."""
    return any(isinstance(one, (frappe.QueryTimeoutError, frappe.QueryDeadlockError)) for one in _chain(error))


def say(error: BaseException) -> tuple[int, str] | None:
    """HTTP status and sentence for such an error; None for every other."""
    if is_full(error):
        return _FULL_STATUS, _(
            "The server's disk is full, so nothing was changed. Tell whoever looks after the server; "
            "once there is room again, do it once more."
        )
    if is_locked(error):
        return _LOCKED_STATUS, _(
            "Somebody else is changing the same records just now, so nothing was changed. Try again in a minute."
        )
    return None


def log(title: str) -> None:
    """Keep the error in the Error Log where that is possible; what cannot be written must not hide the error."""
    with contextlib.suppress(Exception):
        try:
            frappe.log_error(title=title[:140])
            frappe.db.commit()
        except Exception:
            logging.getLogger("django.request").exception("the error could not be kept in the Error Log")
            frappe.db.rollback()
