"""Small helpers apps use everywhere; dates, numbers and text are in utils.data."""

import functools
import re

import frappe
from frappe._hooks import get_site_path, scrub, unscrub  # noqa: F401
from frappe.utils.data import *  # noqa: F403
from frappe.utils.data import cstr

EMAIL_PATTERN = re.compile(r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$")
PHONE_PATTERN = re.compile(r"^([0-9 +_\-,.*#()]){1,20}$")
NAME_PATTERN = re.compile(r"^[\w][\w\'\-]*( \w[\w\'\-]*)*$")
URL_PATTERN = re.compile(r"^(https?|ftp)://[^\s/]+(/\S*)?$", re.IGNORECASE)


def get_fullname(user: str | None = None) -> str:
    """The full name of a user, or the user's id."""
    user = user or frappe.session.user
    names = frappe.get_cached_value("User", user, ["first_name", "last_name"]) or []
    return " ".join(name for name in names if name) or user


def get_user_lang(user: str | None = None) -> str:
    """The language a user reads: his own, else the site's."""
    user = user or frappe.session.user
    own = frappe.get_cached_value("User", user, "language") if user != "Guest" else None
    return own or frappe.get_system_settings("language") or frappe.local.conf.lang or "en"


def get_site_url(site: str) -> str:
    return frappe.local.conf.host_name or f"http://{site}:{frappe.local.conf.webserver_port or 8000}"


def get_url(uri: str | None = None, full_address: bool = False) -> str:
    """An absolute URL on this site: by configuration, else by the request's host, else by the site's name."""
    host = frappe.local.conf.host_name
    request = frappe.local.request
    if not host and request is not None:
        headers = getattr(request, "headers", {}) or {}
        if headers.get("Host"):
            scheme = headers.get("X-Forwarded-Proto") or getattr(request, "scheme", None) or "http"
            host = f"{scheme}://{headers['Host']}"
    host = host or get_site_url(frappe.local.site)
    if not host.startswith(("http://", "https://")):
        host = "http://" + host
    return host.rstrip("/") + "/" + (uri or "").lstrip("/") if uri else host


def validate_email_address(email_str: str, throw: bool = False) -> str:
    """The addresses that are well-formed; an ill-formed one raises when `throw`."""
    valid = []
    for part in split_emails(email_str or ""):
        address = extract_email_id(part)
        if address and EMAIL_PATTERN.match(address):
            valid.append(address)
        elif throw:
            frappe.throw(
                frappe._("{0} is not a valid Email Address").format(frappe.bold(escape_html(part))),  # noqa: F405
                frappe.InvalidEmailAddressError,
            )
    return ", ".join(valid)


def extract_email_id(email: str) -> str:
    from email.utils import parseaddr

    return parseaddr(email)[1]


def split_emails(txt: str) -> list[str]:
    if not txt:
        return []
    parts = re.split(r"[,\n](?=(?:[^\"]|\"[^\"]*\")*$)", cstr(txt))
    return [part.strip() for part in parts if part.strip()]


def validate_phone_number(phone_number: str, throw=False) -> bool:
    if not phone_number:
        return False
    match = bool(PHONE_PATTERN.match(phone_number.strip()))
    if not match and throw:
        frappe.throw(frappe._("{0} is not a valid Phone Number").format(phone_number),
                     frappe.InvalidPhoneNumberError)
    return match


def validate_phone_number_with_country_code(phone_number: str, fieldname: str) -> None:
    if phone_number and not re.match(r"^\+?[\d\- ]{4,20}$", phone_number):
        frappe.throw(frappe._("Phone Number {0} set in field {1} is not valid.").format(phone_number, fieldname),
                     frappe.InvalidPhoneNumberError)


def validate_name(name: str, throw=False) -> bool:
    if not name:
        return False
    match = bool(NAME_PATTERN.match(name.strip()))
    if not match and throw:
        frappe.throw(frappe._("{0} is not a valid Name").format(name), frappe.InvalidNameError)
    return match


def validate_url(txt: str, throw=False, valid_schemes=None) -> bool:
    valid = bool(URL_PATTERN.match(txt or ""))
    if valid and valid_schemes:
        schemes = [valid_schemes] if isinstance(valid_schemes, str) else valid_schemes
        valid = txt.split(":", 1)[0] in schemes
    if not valid and throw:
        frappe.throw(frappe._("'{0}' is not a valid URL").format(frappe.bold(txt)))
    return valid


def validate_python_code(string: str, fieldname=None, is_expression: bool = True) -> None:
    if not string:
        return
    import ast

    try:
        ast.parse(string, mode="eval" if is_expression else "exec")
    except SyntaxError as error:
        frappe.throw(frappe._("Invalid expression in {0}: {1}").format(frappe.bold(fieldname), error.msg))


def get_traceback(with_context=False) -> str:
    return frappe.get_traceback(with_context)


def set_default(key, val):
    return frappe.db.set_default(key, val)


def unique(seq) -> list:
    return list(dict.fromkeys(seq))


def dictify(arg):
    if isinstance(arg, list):
        return [dictify(item) for item in arg]
    return frappe._dict(arg) if isinstance(arg, dict) else arg


def sanitize_html(html, linkify=False, always_sanitize=False, disallowed_tags=None):
    from frappe.utils.html_utils import sanitize_html as clean

    return clean(html)


def is_a_property(x) -> bool:
    return isinstance(x, (property, functools.cached_property))


def get_safe_filters(filters):
    try:
        return frappe.parse_json(filters)
    except ValueError:
        return filters
