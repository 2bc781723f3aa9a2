"""Sessions of users: Django's, in files of the site; how they begin, end, grow old, and whom they belong to."""

import hashlib
import hmac
import secrets
import time
from pathlib import Path

import frappe
from frappe import _
from frappe.utils import cint

DEFAULT_EXPIRY = "240:00:00"
SEEN_EVERY_SECONDS = 600


def start(store, user: str) -> None:
    """Begin a session for the user in Django's `store`: a new id, so that a cookie planted beforehand is worth
    nothing. Raises ValidationError for a disabled user."""
    if user != "Administrator" and not frappe.db.get_value("User", user, "enabled"):
        frappe.throw(_("User {0} is disabled. Please contact your System Manager.").format(user))
    store.flush()
    store["user"] = user
    store["fingerprint"] = password_fingerprint(user)
    store["seen"] = int(time.time())
    store.set_expiry(get_expiry_in_seconds())
    store.save()
    frappe.set_user(user)
    frappe.local.session.sid = store.session_key
    now = frappe.utils.now()
    values = {"last_login": now, "last_active": now, "last_ip": frappe.local.request_ip}
    frappe.db.set_value("User", user, values, update_modified=False)
    if cint(frappe.conf.deny_multiple_sessions) or cint(frappe.get_system_settings("deny_multiple_sessions")):
        clear_sessions(user, keep_current=True)
    frappe.db.commit()


def resume(store) -> str:
    """The user of Django's session `store`; Guest without one, from an address that is not theirs, or when it is too
    old, or older than the user's password. What is not valid any more is deleted."""
    from frappe.auth import validate_ip_address

    user = store.get("user")
    if not user:
        return "Guest"
    # Seen on a day that is yet to come: the clock was wrong, and the session must not live until then.
    idle, expiry = abs(time.time() - store.get("seen", 0)), get_expiry_in_seconds()
    enabled = user == "Administrator" or frappe.db.get_value("User", user, "enabled")
    known = store.get("fingerprint") or ""
    if idle > expiry or not enabled or not hmac.compare_digest(known, password_fingerprint(user)):
        store.flush()
        return "Guest"
    try:
        validate_ip_address(user)
    except frappe.AuthenticationError:
        frappe.clear_last_message()
        return "Guest"
    if idle > min(SEEN_EVERY_SECONDS, expiry / 10):
        store["seen"] = int(time.time())  # writing it moves the session's end
        store.set_expiry(expiry)
    return user


def get_csrf_token() -> str:
    """The token that this session's writing requests have to bring, made when it is first asked for."""
    store = frappe.local.login_manager.store
    if not store.get("csrf_token"):
        store["csrf_token"] = secrets.token_urlsafe(32)
    return store["csrf_token"]


def password_fingerprint(user: str) -> str:
    """Changes when the password does, so that a changed password ends every other session."""
    stored = frappe.db.sql(
        "select `password` from `__Auth` where `doctype`='User' and `name`=%s and `fieldname`='password'", (user,)
    )
    return hashlib.sha256(f"{user}:{stored[0][0] if stored else ''}".encode()).hexdigest()[:32]


def clear_sessions(user: str | None = None, keep_current: bool = False, force: bool = False) -> None:
    """End a user's sessions; without `force`, as many of the user's own as `simultaneous_sessions` allows stay."""
    user = user or frappe.session.user
    allowed = 0
    if not force and user == frappe.session.user:
        allowed = cint(frappe.db.get_value("User", user, "simultaneous_sessions")) or 1
    sessions = sorted(_sessions_of(user), reverse=True)
    if keep_current:
        allowed = 0 if force else max(0, allowed - 1)
        sessions = [found for found in sessions if found[1] != frappe.session.sid]
    for _seen, key in sessions[allowed:]:
        _store(key).delete()


def clear_all_sessions(reason: str | None = None) -> None:
    """Sign everybody out."""
    frappe.only_for("Administrator")
    for key in _keys():
        _store(key).delete()


def clear_expired_sessions() -> None:
    """Remove the files of sessions that nobody can use any more."""
    for key in _keys():
        store = _store(key)
        if abs(time.time() - store.get("seen", 0)) > get_expiry_in_seconds():
            store.delete()


def get_expiry_period() -> str:
    """How long a session may lie idle, as hours:minutes:seconds."""
    period = frappe.db.get_single_value("System Settings", "session_expiry") or DEFAULT_EXPIRY
    return period if period.count(":") == 2 else f"{period}:00"


def get_expiry_in_seconds(expiry: str | None = None) -> int:
    hours, minutes, seconds = (cint(part) for part in (expiry or get_expiry_period()).split(":")[:3])
    return hours * 3600 + minutes * 60 + seconds


def _sessions_of(user: str) -> list[tuple[int, str]]:
    """(last seen, key) of the user's sessions."""
    found = []
    for key in _keys():
        store = _store(key)
        if store.get("user") == user:
            found.append((store.get("seen", 0), key))
    return found


def _keys() -> list[str]:
    from django.conf import settings

    name = settings.SESSION_COOKIE_NAME
    return [path.name.removeprefix(name) for path in Path(settings.SESSION_FILE_PATH).glob(f"{name}*")]


def _store(key: str):
    from django.contrib.sessions.backends.file import SessionStore

    return SessionStore(key)
