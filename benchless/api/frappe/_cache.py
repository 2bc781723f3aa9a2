"""frappe.cache: values kept in this process, per site; dropped when another process changed what they depend on."""

import fnmatch
import os
import threading
import time
from pathlib import Path

from frappe._context import local

_lock = threading.RLock()
_sites: dict[str, dict] = {}
_stamps: dict[str, float] = {}


def _store() -> dict:
    return _sites.setdefault(getattr(local, "site_path", None) or "", {})


class Cache:
    """The part of Frappe's Redis wrapper that apps use; also callable, as older code does (`frappe.cache()`)."""

    def __call__(self) -> "Cache":
        return self

    @staticmethod
    def make_key(key, user=None, shared=False) -> str:
        if user:
            key = f"user:{local.session.user if user is True else user}:{key}"
        return str(key)

    def set_value(self, key, val, user=None, expires_in_sec=None, shared=False) -> None:
        until = time.monotonic() + expires_in_sec if expires_in_sec else None
        with _lock:
            _store()[self.make_key(key, user)] = (val, until)

    def get_value(self, key, generator=None, user=None, expires=False, shared=False):
        """The value, or what `generator` makes of it (and that is kept)."""
        with _lock:
            found = _store().get(self.make_key(key, user))
        if found is not None and (found[1] is None or found[1] > time.monotonic()):
            return found[0]
        if generator is None:
            return None
        val = generator()
        self.set_value(key, val, user=user)
        return val

    def get_all(self, key) -> dict:
        return {name: self.get_value(name) for name in self.get_keys(key)}

    def get_keys(self, key) -> list[str]:
        with _lock:
            return [name for name in _store() if fnmatch.fnmatchcase(name, f"{key}*")]

    def delete_keys(self, key) -> None:
        self.delete_value(self.get_keys(key))

    def delete_value(self, keys, user=None, make_keys=True, shared=False) -> None:
        if not isinstance(keys, (list, tuple, set)):
            keys = (keys,)
        with _lock:
            for key in keys:
                _store().pop(self.make_key(key, user), None)

    def exists(self, key, user=None, shared=False) -> bool:
        return self.get_value(key, user=user) is not None

    def hset(self, name, key, value, shared=False) -> None:
        with _lock:
            table = _store().setdefault(str(name), ({}, None))[0]
            table[key] = value

    def hget(self, name, key, generator=None, shared=False):
        with _lock:
            table = _store().get(str(name), ({}, None))[0]
            if key in table and (generator is None or table[key] is not None):
                return table[key]
        if generator is None:
            return None
        value = generator()
        self.hset(name, key, value)
        return value

    def hdel(self, name, keys, shared=False) -> None:
        if not isinstance(keys, (list, tuple, set)):
            keys = (keys,)
        with _lock:
            table = _store().get(str(name), ({}, None))[0]
            for key in keys:
                table.pop(key, None)

    def flushall(self) -> None:
        with _lock:
            _store().clear()


cache = Cache()


def _stamp_file() -> Path:
    return Path(local.site_path, "locks", "cache.stamp")


def _read_stamp() -> float:
    try:
        return _stamp_file().stat().st_mtime_ns
    except OSError:
        return 0


def announce_change() -> None:
    """Tell the site's other processes to drop their caches at their next connect."""
    if not getattr(local, "site_path", None) or not os.path.isdir(local.site_path):
        return
    path = _stamp_file()
    path.parent.mkdir(exist_ok=True)
    path.touch()
    os.utime(path)
    _stamps[local.site_path] = _read_stamp()


def forget_if_changed_elsewhere() -> None:
    """Drop the cache when another process of this site announced a change."""
    stamp = _read_stamp()
    if _stamps.setdefault(local.site_path, stamp) != stamp:
        _stamps[local.site_path] = stamp
        cache.flushall()


def site_cache(func=None, ttl: int | None = None, maxsize: int | None = None):
    """A decorator: keep a function's results for the process and site (frappe.utils.caching.site_cache)."""
    return _memoise(func, ttl, lambda: _store().setdefault("site_cache", ({}, None))[0])


def request_cache(func):
    """A decorator: keep a function's results until the request ends (frappe.utils.caching.request_cache)."""

    def table():
        if getattr(local, "request_cache", None) is None:
            local.request_cache = {}
        return local.request_cache

    return _memoise(func, None, table)


def _memoise(func, ttl, table):
    import functools

    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            key = (function.__module__, function.__qualname__, args, tuple(sorted(kwargs.items())))
            try:
                known = table().get(key)
            except TypeError:  # an argument that cannot be a key
                return function(*args, **kwargs)
            if known is not None and (known[1] is None or known[1] > time.monotonic()):
                return known[0]
            value = function(*args, **kwargs)
            table()[key] = (value, time.monotonic() + ttl if ttl else None)
            return value

        def clear_cache():
            for key in [k for k in table() if k[1] == function.__qualname__]:
                table().pop(key, None)

        wrapper.clear_cache = clear_cache
        return wrapper

    return decorate(func) if func else decorate
