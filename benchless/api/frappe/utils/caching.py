"""Decorators that keep a function's results."""

from frappe._cache import request_cache, site_cache  # noqa: F401


def redis_cache(ttl: int = 3600, user=False, shared=False):
    """Keep results for the site, for `ttl` seconds (this host keeps them in its own process)."""
    if callable(ttl):
        return site_cache(ttl, ttl=3600)
    return site_cache(ttl=ttl)
