"""frappe.cache: what follows from the database, kept in this process and dropped when any process of the site changes it.

Nobody sees through it what another transaction has not committed: what a transaction read after its own first write,
or from before somebody's change, stays its own until it commits.
"""

import fnmatch
import threading
import time
from typing import Any, NamedTuple

from frappe._context import local

from benchless.stamps import CODE, EVERYTHING, Levels, Stamps, places

_lock = threading.RLock()
_sites: dict[str, "_Site"] = {}
# Between the name of a table of `hset` and its key.
_IN = "\0"


class _Site:
    """What this process keeps of one site."""

    def __init__(self, path: str | None) -> None:
        self.stamps = Stamps(path)
        self.kept: dict[str, _Kept] = {}
        self.of_functions: dict = {}
        self.code = self.stamps.now[CODE]


class _Kept(NamedTuple):
    """A value, until when (monotonic seconds), and the number at each of its places under which it was read."""

    value: Any
    until: float | None
    numbers: tuple[tuple[int, int], ...]

    def stands(self, stamps: Stamps) -> bool:
        now = stamps.now
        for place, number in self.numbers:  # asked thousands of times a page: all() would take twice as long
            if now[place] != number:
                return False
        return True

    def changed_last(self, moments: dict[int, int]) -> int:
        """The latest of these moments that is of one of its places; 0 for none."""
        return max(moments.get(place, 0) for place, _number in self.numbers)


class _View:
    """What one thread sees in its present transaction."""

    def __init__(self, site: _Site) -> None:
        self.site = site
        self.began()

    def began(self) -> None:
        """A transaction begins: what it reads is as new as this moment at least."""
        self.numbers = self.site.stamps.copy()
        self.own: dict[str, tuple[_Kept, int]] = {}  # each with the moment it was kept at
        self.said: dict[str, tuple[_Kept, int]] = {}
        self.changed: dict[int, int] = {}  # place: the moment of its last change
        self.moment = 0

    def committed(self) -> None:
        """What was changed is told again, now that others can read it; what was read is everybody's."""
        stamps, kept = self.site.stamps, self.site.kept
        said = {key: found for key, (found, moment) in self.said.items() if moment >= found.changed_last(self.changed)}
        for key, (found, _moment) in self.own.items():
            if key not in self.said and not found.changed_last(self.changed) and found.stands(stamps):
                kept[key] = found
        for place in self.changed:
            stamps.change(place)
        self.began()
        for key, found in said.items():
            kept[key] = _kept(found.value, found.until, _levels(key), stamps.now)

    def find(self, key: str) -> _Kept | None:
        found, moment = self.own.get(key) or (self.site.kept.get(key), 0)
        if found is None or (self.changed and found.changed_last(self.changed) > moment):
            return None
        if key not in self.own and not found.stands(self.site.stamps):
            return None
        return found if found.until is None or found.until > time.monotonic() else None

    def keep(self, key: str, value: Any) -> None:
        """Keep what this transaction read."""
        found = _kept(value, None, _levels(key), self.numbers)
        database = getattr(local, "db", None)
        own = database is not None and database.transaction_writes
        # Where somebody changed it meanwhile, this transaction may still see the former state.
        if own or found.changed_last(self.changed) or not found.stands(self.site.stamps):
            self.own[key] = (found, self.moment)
        else:
            self.site.kept[key] = found

    def put(self, key: str, value: Any, seconds: float | None) -> None:
        """Keep what a caller says, in place of what other processes keep."""
        levels, stamps = _levels(key), self.site.stamps
        stamps.change(levels[-1])
        found = _kept(value, time.monotonic() + seconds if seconds else None, levels, stamps.now)
        self.site.kept[key] = found
        self.own.pop(key, None)
        if found.changed_last(self.changed):
            self.own[key] = self.said[key] = (found, self.moment)

    def forget(self, key: str, levels: Levels) -> None:
        """What stands at this level and below it is read anew: now, and again when this transaction is committed."""
        place = levels[-1]
        self.site.kept.pop(key, None)
        self.site.stamps.change(place)
        self.moment += 1
        self.changed[place] = self.moment


def _kept(value: Any, until: float | None, levels: Levels, numbers: memoryview) -> _Kept:
    return _Kept(value, until, tuple((place, numbers[place]) for place in levels))


def _levels(key: str) -> Levels:
    """A table's key stands below its table, a document below its DocType."""
    return places(*key.replace(_IN, "::").split("::"))


def _view() -> _View:
    view = getattr(local, "cache_view", None)
    if view is None:
        view = local.cache_view = _View(_site(getattr(local, "site_path", None)))
    return view


def _site(path: str | None) -> _Site:
    with _lock:
        site = _sites.get(path or "")
        if site is None or not site.stamps.are_of(path):
            site = _sites[path or ""] = _Site(path)
        return site


def transaction_began() -> None:
    """The thread's database was connected or rolled back."""
    site = _site(local.site_path)
    if site.stamps.now[CODE] != site.code:
        site.code = site.stamps.now[CODE]
        site.of_functions.clear()
        _forget_controllers()
    view = getattr(local, "cache_view", None)
    if view is None or view.site is not site:
        local.cache_view = _View(site)
    else:
        view.began()


def transaction_committed() -> None:
    """The thread's database was committed."""
    _view().committed()


def rolled_back_to_savepoint() -> None:
    """A part of the transaction is undone, and with it what was read of it."""
    _view().own.clear()


def announce_change() -> None:
    """What follows from DocTypes and their code is built anew in every process, each at its next transaction."""
    view = _view()
    view.forget("", (CODE,))
    view.site.code = view.site.stamps.now[CODE]
    view.site.of_functions.clear()


def _forget_controllers() -> None:
    import frappe

    frappe.controllers.pop(local.site, None)


class Cache:
    """The part of Frappe's Redis wrapper that apps use; also callable, as older code does (`frappe.cache()`).

    What a `generator` makes follows from the database. A value set by hand stays this process's: another process that
    set or deleted it makes it forgotten, as a cache may.
    """

    def __call__(self) -> "Cache":
        return self

    @staticmethod
    def make_key(key, user=None, shared=False) -> str:
        if user:
            key = f"user:{local.session.user if user is True else user}:{key}"
        return str(key)

    def set_value(self, key, val, user=None, expires_in_sec=None, shared=False) -> None:
        _view().put(self.make_key(key, user), val, expires_in_sec)

    def get_value(self, key, generator=None, user=None, expires=False, shared=False):
        """The value, or what `generator` makes of it (and that is kept)."""
        found = _view().find(self.make_key(key, user))
        if found is not None:
            return found.value
        if generator is None:
            return None
        val = generator()
        self.keep_value(key, val, user=user)
        return val

    def keep_value(self, key, val, user=None) -> None:
        """Keep what was just read from the database; `set_value` is for what was not."""
        _view().keep(self.make_key(key, user), val)

    def get_all(self, key) -> dict:
        return {name: self.get_value(name) for name in self.get_keys(key)}

    def get_keys(self, key) -> list[str]:
        view = _view()
        with _lock:
            names = [*view.site.kept, *view.own]
        found = dict.fromkeys(name.split(_IN)[0] for name in names if view.find(name) is not None)
        return [name for name in found if fnmatch.fnmatchcase(name, f"{key}*")]

    def delete_keys(self, key) -> None:
        """Forget all keys that begin so; of other processes those below `key`, where that ends in `::`."""
        view, key = _view(), str(key)
        if key.endswith("::"):
            view.forget(key, _levels(key.removesuffix("::")))
        else:
            self.delete_value(self.get_keys(key))

    def delete_value(self, keys, user=None, make_keys=True, shared=False) -> None:
        if not isinstance(keys, (list, tuple, set)):
            keys = (keys,)
        view = _view()
        for key in keys:
            name = self.make_key(key, user)
            view.forget(name, _levels(name))

    def exists(self, key, user=None, shared=False) -> bool:
        return self.get_value(key, user=user) is not None

    def hset(self, name, key, value, shared=False) -> None:
        _view().put(f"{name}{_IN}{key}", value, None)

    def hget(self, name, key, generator=None, shared=False):
        found = _view().find(f"{name}{_IN}{key}")
        if found is not None and (generator is None or found.value is not None):
            return found.value
        if generator is None:
            return None
        value = generator()
        _view().keep(f"{name}{_IN}{key}", value)
        return value

    def hdel(self, name, keys, shared=False) -> None:
        if not isinstance(keys, (list, tuple, set)):
            keys = (keys,)
        view = _view()
        for key in keys:
            name_and_key = f"{name}{_IN}{key}"
            view.forget(name_and_key, _levels(name_and_key))

    def flushall(self) -> None:
        view = _view()
        with _lock:
            view.site.kept.clear()
        view.forget("", (EVERYTHING,))
        view.site.of_functions.clear()


cache = Cache()


def site_cache(func=None, ttl: int | None = None, maxsize: int | None = None):
    """A decorator: keep a function's results for the process and site (frappe.utils.caching.site_cache)."""
    return _memoise(func, ttl, lambda: _view().site.of_functions)


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
