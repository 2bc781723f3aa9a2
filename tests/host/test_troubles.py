"""Errors of the machine in words: a full disk, somebody else's locks; every other error keeps its secrets."""

import errno

import frappe
import pytest
from django.db import utils as db_errors

from benchless import troubles
from benchless.desk import messages


def chained(cause: Exception) -> Exception:
    try:
        try:
            raise cause
        except Exception as error:
            raise RuntimeError("while it was written down") from error
    except RuntimeError as error:
        return error


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (chained(OSError(errno.EDQUOT, "Disk quota exceeded")), 507),
        (db_errors.OperationalError("database or disk is full"), 507),
        (db_errors.OperationalError(1021, "Disk full"), 507),
        (frappe.QueryTimeoutError(1205, "database is locked"), 508),
        (chained(frappe.QueryDeadlockError(1213, "Deadlock found")), 508),
        (OSError(errno.EACCES, "Permission denied"), 500),
        (db_errors.OperationalError("disk I/O error"), 500),  # there is room: something else is broken
        (ValueError("full"), 500),
    ],
)
def test_what_is_said_of_an_error(site, error, status):
    site.local.lang = "vi"
    try:
        said = troubles.say(error)
        shown = messages.of_error(error)[0]["message"]
    finally:
        site.local.lang = "en"
    assert (said[0] if said else 500) == status
    assert ("chưa có gì thay đổi" in shown) == (status > 500)
