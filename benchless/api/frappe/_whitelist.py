"""Which functions may be called over HTTP, by whom, and with arguments of which types."""

import inspect
from collections.abc import Callable

from frappe._context import local
from frappe.exceptions import PermissionError as FrappePermissionError

whitelisted: set[Callable] = set()
guest_methods: set[Callable] = set()
xss_safe_methods: set[Callable] = set()
allowed_http_methods_for_whitelisted_func: dict[Callable, list[str]] = {}


def whitelist(allow_guest=False, xss_safe=False, methods=None):
    """Allow a function to be called over HTTP; its arguments are then checked against its annotations."""
    if not methods:
        methods = ["GET", "POST", "PUT", "DELETE"]

    def register(function):
        from frappe.utils.typing_validations import validate_argument_types

        original = function
        plain = getattr(function, "__func__", function)
        checked = validate_argument_types(plain, apply_condition=in_request_or_test)
        checked = staticmethod(checked) if isinstance(original, staticmethod) else checked
        known = getattr(checked, "__func__", checked)
        whitelisted.add(known)
        allowed_http_methods_for_whitelisted_func[known] = methods
        if allow_guest:
            guest_methods.add(known)
        if xss_safe:
            xss_safe_methods.add(known)
        return checked

    return register


def in_request_or_test() -> bool:
    """Types are checked for callers from outside, and in tests so that the check itself is tested."""
    return bool(getattr(local, "request", None)) or bool(getattr(local, "flags", None) and local.flags.in_test)


def is_whitelisted(method: Callable) -> None:
    """Raise PermissionError unless the function may be called by this request's user."""
    from frappe._messages import _, throw

    known = getattr(method, "__func__", method)
    if not inspect.isfunction(known):
        throw(_("Function {0} is not whitelisted.").format(type(known).__name__), FrappePermissionError,
              title=_("Method Not Allowed"))
    if known not in whitelisted or (local.session.user == "Guest" and known not in guest_methods):
        throw(_("Function {0} is not whitelisted.").format(f"{known.__module__}.{known.__qualname__}"),
              FrappePermissionError, title=_("Method Not Allowed"))
