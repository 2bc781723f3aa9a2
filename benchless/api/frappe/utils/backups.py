"""The backup that the scheduler makes every day."""

import frappe


def scheduled_backup() -> str | None:
    """Write a backup into the site's private/backups and keep the newest `backup_limit` (site_config, 3; 0: none).

    frappe.ValidationError where that is not possible (another one is being written, a tool of MariaDB is missing).
    """
    from benchless.backup import KEPT_BY_DEFAULT, backup

    limit = frappe.conf.get("backup_limit")
    keep = KEPT_BY_DEFAULT if limit is None else frappe.utils.cint(limit)
    if keep <= 0:
        return None
    try:
        return backup(keep=keep)
    except SystemExit as refusal:  # meant for the command line; a worker goes on to its next job
        raise frappe.ValidationError(str(refusal)) from refusal
