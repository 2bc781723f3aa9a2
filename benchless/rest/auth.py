"""Keys in the Authorization header, and the check against forged requests."""

import base64
import binascii
import hmac
from urllib.parse import urlsplit

import frappe
from frappe import _
from frappe.auth import SAFE_HTTP_METHODS
from frappe.utils.password import get_decrypted_password


def use_key(header: str) -> None:
    """Act as the user of an `Authorization: token KEY:SECRET` (or Basic) header, unless a session says who asks.

    Raises AuthenticationError for a wrong key or an unknown scheme. A header of another shape is not looked at.
    """
    parts = header.split(" ")
    if len(parts) != 2:
        return
    user = user_of_key(*parts)
    if frappe.session.user == "Guest":
        form = frappe.local.form_dict
        frappe.set_user(user)
        frappe.local.form_dict = form


def user_of_key(scheme: str, credentials: str) -> str:
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


def check_forgery(request, form_token: str | None, signs_in: bool = False) -> None:
    """Refuse a writing request that another site made the browser send. Raises frappe.CSRFTokenError.

    A request that signs in begins a session of its own and needs no token of the one before.
    """
    if request.method in SAFE_HTTP_METHODS:
        return
    origin = request.headers.get("Origin")
    if origin and urlsplit(origin).netloc != request.get_host() and not allowed_origin(origin):
        frappe.throw(_("Invalid Request"), frappe.CSRFTokenError)
    saved = None if signs_in else request.session.get("csrf_token")
    given = request.headers.get("X-Frappe-CSRF-Token") or form_token or ""
    if saved and not hmac.compare_digest(saved.encode(), str(given).encode()):
        frappe.throw(_("Invalid Request"), frappe.CSRFTokenError)


def allowed_origin(origin: str) -> bool:
    """Whether site_config's `allow_cors` (an origin, a list of them, or "*") names this one."""
    allowed = frappe.conf.allow_cors or []
    return allowed == "*" or origin in (allowed if isinstance(allowed, list) else [allowed])


def cors_headers(request) -> dict[str, str]:
    """What lets scripts of another, allowed origin read the answer."""
    origin = request.headers.get("Origin")
    if not origin or not allowed_origin(origin):
        return {}
    headers = {"Access-Control-Allow-Credentials": "true", "Access-Control-Allow-Origin": origin, "Vary": "Origin"}
    if request.method == "OPTIONS":
        for asked in ("Method", "Headers"):
            if wanted := request.headers.get(f"Access-Control-Request-{asked}"):
                headers[f"Access-Control-Allow-{asked}{'s' if asked == 'Method' else ''}"] = wanted
        headers["Access-Control-Max-Age"] = "86400"
    return headers
