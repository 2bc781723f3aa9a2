"""Limits: calls of one method by one caller (a decorator), and the site's time per window (site_config's rate_limit).

All processes of the site count together (benchless.shared_values).
"""

import time
from functools import wraps

import frappe
from frappe import _

from benchless import shared_values

MICROSECONDS = 1_000_000


def rate_limit(key: str | None = None, limit=5, seconds: int = 86_400, methods="ALL", ip_based: bool = True):
    """A decorator: at most `limit` calls in `seconds` by one address, one value of the argument `key`, or both;
    RateLimitExceededError (429) after that. Calls from Python are not counted."""

    def decorate(function):
        @wraps(function)
        def wrapper(*args, **kwargs):
            request = frappe.local.request
            if not request or (methods != "ALL" and request.method not in methods):
                return function(*args, **kwargs)
            parts = [frappe.local.request_ip] if ip_based else []
            if key:
                parts.append(str(frappe.form_dict.get(key, "")))
            if not any(parts):
                frappe.throw(_("Either key or IP flag is required."))
            name = f"calls:{function.__module__}.{function.__qualname__}:{':'.join(parts)}"
            if shared_values.add(name, 1, seconds) > (limit() if callable(limit) else limit):
                frappe.throw(
                    _("You hit the rate limit because of too many requests. Please try after sometime."),
                    frappe.RateLimitExceededError,
                )
            return function(*args, **kwargs)

        return wrapper

    return decorate


class RateLimiter:
    """One request under site_config's `rate_limit` {"limit": seconds of work, "window": seconds}."""

    def __init__(self, limit: float, window: int):
        self.limit, self.window = int(limit * MICROSECONDS), int(window)
        self.began = time.monotonic()
        number, spent = divmod(int(time.time()), self.window)
        self.reset = self.window - spent
        self.name = f"window:{number}"
        self.counter = shared_values.add(self.name, 0, self.window)
        self.rejected = self.counter > self.limit

    def finish(self) -> dict[str, str]:
        """Count the request's time; the headers that tell the caller."""
        used = int((time.monotonic() - self.began) * MICROSECONDS)
        shared_values.add(self.name, used, self.window)
        headers = {
            "X-RateLimit-Limit": self.limit,
            "X-RateLimit-Remaining": max(self.limit - self.counter, 0),
            "X-RateLimit-Reset": self.reset,
        }
        headers.update({"Retry-After": self.reset} if self.rejected else {"X-RateLimit-Used": used})
        return {name: str(value) for name, value in headers.items()}


def apply() -> RateLimiter | None:
    """The limiter of this request, where the site has one."""
    conf = frappe.conf.rate_limit
    return RateLimiter(conf["limit"], conf["window"]) if conf else None
