"""Sessions of users: kept by Django in files of the site; this is what the API's callers need of them."""

from pathlib import Path

import frappe


def clear_sessions(user: str | None = None, keep_current: bool = False, force: bool = False) -> None:
    """End a user's sessions; the web layer also ends them by itself when the password changes."""
    from django.conf import settings
    from django.contrib.sessions.backends.file import SessionStore

    user = user or frappe.session.user
    current = frappe.session.sid if keep_current else None
    for path in Path(settings.SESSION_FILE_PATH).glob(f"{settings.SESSION_COOKIE_NAME}*"):
        key = path.name.removeprefix(settings.SESSION_COOKIE_NAME)
        if key != current and SessionStore(key).load().get("user") == user:
            SessionStore().delete(key)
