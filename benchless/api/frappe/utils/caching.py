"""Decorators that keep a function's results."""

from frappe._cache import request_cache, site_cache  # noqa: F401
