"""The backup that the scheduler makes every day."""

import frappe


def scheduled_backup() -> str | None:
    """Write a backup into the site's private/backups and keep the newest `backup_limit` (site_config, 3; 0: none)."""
    from benchless.backup import KEPT_BY_DEFAULT, backup

    limit = frappe.conf.get("backup_limit")
    keep = KEPT_BY_DEFAULT if limit is None else frappe.utils.cint(limit)
    return backup(keep=keep) if keep > 0 else None
