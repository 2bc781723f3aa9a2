"""Who is asking: sign in with a password, the session cookie, API keys, and the request-forgery check."""

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from urllib.parse import urlsplit

import frappe
from frappe import _
from frappe.utils.password import check_password, get_decrypted_password

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
ATTEMPTS_ALLOWED = 5  # wrong passwords in a row before an account, or an address, has to wait
WAIT_SECONDS = 300
ADDRESS_ATTEMPTS_ALLOWED = 50  # an office shares one address
MAX_PASSWORD_SIZE = 512
MOST_KEYS = 10_000

_attempts: dict[str, list[float]] = {}
_attempts_lock = threading.Lock()


def find_user(name: str) -> str | None:
    """The enabled user who signs in as `name` (e-mail, user name or id), or None."""
    name = (name or "").strip()
    for field in ("name", "email", "username"):
        if user := frappe.db.get_value("User", {field: name}, "name"):
            enabled = frappe.db.get_value("User", user, "enabled")
            return user if enabled or user == "Administrator" else None
    return None


def check_credentials(usr: str, pwd: str, address: str) -> str:
    """Return the user's id. Raises frappe.AuthenticationError, or SecurityException after too many failures."""
    account_key, address_key = f"user:{(usr or '').strip().lower()}", f"ip:{address}"
    wait_if_locked(account_key, ATTEMPTS_ALLOWED)
    wait_if_locked(address_key, ADDRESS_ATTEMPTS_ALLOWED)
    user = None
    if usr and pwd and len(pwd) <= MAX_PASSWORD_SIZE:
        # An unknown name costs the same hashing time as a wrong password, so that names cannot be probed.
        known = find_user(usr)
        try:
            user = check_password(known or "Guest", pwd)
        except frappe.AuthenticationError:
            user = None
        if not known or user == "Guest":
            user = None
    if not user:
        note_failure(account_key)
        note_failure(address_key)
        raise frappe.AuthenticationError(_("Invalid login credentials"))
    with _attempts_lock:
        _attempts.pop(account_key, None)
    return user


def wait_if_locked(key: str, allowed: int) -> None:
    with _attempts_lock:
        recent = [moment for moment in _attempts.get(key, []) if moment > time.monotonic() - WAIT_SECONDS]
        if recent:
            _attempts[key] = recent
        else:
            _attempts.pop(key, None)
    if len(recent) >= allowed:
        frappe.throw(
            _("Too many failed attempts. Please try again after {0} seconds").format(WAIT_SECONDS),
            frappe.SecurityException,
        )


def note_failure(key: str) -> None:
    now = time.monotonic()
    with _attempts_lock:
        if len(_attempts) >= MOST_KEYS:  # made-up names must not fill the memory
            for old in [k for k, moments in _attempts.items() if moments[-1] < now - WAIT_SECONDS]:
                del _attempts[old]
        _attempts.setdefault(key, []).append(now)


def start_session(request, user: str) -> None:
    """Begin a new session for `user`: a new id, so that a cookie planted beforehand is worth nothing."""
    request.session.flush()
    request.session["user"] = user
    request.session["fingerprint"] = password_fingerprint(user)
    request.session["seen"] = int(time.time())
    frappe.set_user(user)
    frappe.db.set_value("User", user, "last_login", frappe.utils.now(), update_modified=False)
    run_hooks("on_login")
    run_hooks("on_session_creation")


def end_session(request) -> None:
    run_hooks("on_logout")
    request.session.flush()
    frappe.set_user("Guest")


def run_hooks(event: str) -> None:
    manager = frappe._dict(user=frappe.session.user)
    for method in frappe.get_hooks(event) or []:
        frappe.call(frappe.get_attr(method), login_manager=manager)


def session_user(request) -> str:
    """The user of the session cookie; Guest when there is none, or it is older than the user's password."""
    user = request.session.get("user")
    if not user:
        return "Guest"
    enabled = user == "Administrator" or frappe.db.get_value("User", user, "enabled")
    known = request.session.get("fingerprint") or ""
    if not enabled or not hmac.compare_digest(known, password_fingerprint(user)):
        request.session.flush()
        return "Guest"
    if time.time() - request.session.get("seen", 0) > 600:
        request.session["seen"] = int(time.time())  # writing it moves the session's end: hours since the last use
    return user


def password_fingerprint(user: str) -> str:
    """Changes when the password does, so that a changed password ends every other session."""
    stored = frappe.db.sql(
        "select `password` from `__Auth` where `doctype`='User' and `name`=%s and `fieldname`='password'", (user,)
    )
    return hashlib.sha256(f"{user}:{stored[0][0] if stored else ''}".encode()).hexdigest()[:32]


def token_user(header: str) -> str | None:
    """The user of an `Authorization: token key:secret` (or Basic) header; None without one. Raises if it is wrong."""
    if not header:
        return None
    scheme, _space, credentials = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            credentials = base64.b64decode(credentials).decode()
        except (binascii.Error, ValueError):
            raise frappe.AuthenticationError from None
    elif scheme.lower() != "token":
        raise frappe.AuthenticationError
    key, _colon, secret = credentials.partition(":")
    user = key and secret and frappe.db.get_value("User", {"api_key": key, "enabled": 1}, "name")
    if user:
        expected = get_decrypted_password("User", user, "api_secret", raise_exception=False)
        if expected and hmac.compare_digest(expected.encode(), secret.encode()):
            return user
    raise frappe.AuthenticationError


def csrf_token(request) -> str:
    """The session's token for scripts, made when the desk is first shown (as on Frappe)."""
    if not request.session.get("csrf_token"):
        request.session["csrf_token"] = secrets.token_urlsafe(32)
    return request.session["csrf_token"]


def check_forgery(request, form_token: str | None) -> None:
    """Refuse a writing request that another site made the browser send. Raises frappe.CSRFTokenError."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.get_host():
        frappe.throw(_("Invalid Request"), frappe.CSRFTokenError)
    saved = request.session.get("csrf_token")
    given = request.headers.get("X-Frappe-CSRF-Token") or form_token or ""
    if saved and not hmac.compare_digest(saved.encode(), given.encode()):
        frappe.throw(_("Invalid Request"), frappe.CSRFTokenError)
