"""Apps on the site: where they are, which modules they have, what their hooks say, and calling what those name."""

import importlib
import inspect
import json
import os
from collections.abc import Callable
from functools import lru_cache

from frappe._cache import cache
from frappe._context import local
from frappe.exceptions import AppNotInstalledError
from frappe.types import _dict


def scrub(txt: str) -> str:
    """A name as Python and files spell it: `Sales Order` → `sales_order`."""
    return str(txt).replace(" ", "_").replace("-", "_").lower()


def unscrub(txt: str) -> str:
    return str(txt).replace("_", " ").replace("-", " ").title()


def get_module(modulename: str):
    return importlib.import_module(modulename)


def get_attr(method_string: str):
    """The object a dotted path names, in an installed app."""
    import frappe

    app_name = method_string.split(".", 1)[0]
    if not local.flags.in_uninstall and not local.flags.in_install and app_name not in frappe.get_installed_apps():
        from frappe._messages import _, throw

        throw(_("App {0} is not installed").format(app_name), AppNotInstalledError)
    modulename, _dot, name = method_string.rpartition(".")
    return getattr(get_module(modulename), name)


def call(fn: str | Callable, *args, **kwargs):
    """Call a function (or what a dotted path names) with those keyword arguments it knows."""
    if isinstance(fn, str):
        fn = get_attr(fn)
    return fn(*args, **get_newargs(fn, kwargs))


def get_newargs(fn: Callable, kwargs: dict) -> dict:
    """The keyword arguments a function takes; `ignore_permissions` and `flags` never pass from outside."""
    if hasattr(fn, "fnargs"):
        names, takes_any = fn.fnargs, fn.fnargs_any
    else:
        parameters = inspect.signature(fn).parameters.values()
        names = [p.name for p in parameters if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
        takes_any = any(p.kind == p.VAR_KEYWORD for p in parameters)
    passed = {key: value for key, value in kwargs.items() if takes_any or key in names}
    passed.pop("ignore_permissions", None)
    passed.pop("flags", None)
    return passed


# apps and paths


def get_all_apps(with_internal_apps=True, sites_path=None) -> list[str]:
    """Apps this bench knows: those of sites/apps.txt and those installed on the site."""
    path = os.path.join(local.sites_path, "apps.txt")
    apps = ["frappe"]
    if os.path.exists(path):
        apps += get_file_items(path)
    return list(dict.fromkeys([*apps, *(get_installed_apps() if local.db else [])]))


def get_installed_apps(**kwargs) -> list[str]:
    """Apps installed on the site, `frappe` first."""
    if local.flags.in_install_db or not getattr(local, "db", None):
        return ["frappe"]

    def read():
        return json.loads(local.db.get_global("installed_apps") or '["frappe"]')

    return list(cache.get_value("installed_apps", read))


@lru_cache(maxsize=64)
def get_pymodule_path_of(package: str) -> str:
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)
    return os.path.dirname(spec.origin)


def get_pymodule_path(modulename: str, *joins) -> str:
    return os.path.abspath(os.path.join(get_pymodule_path_of(modulename), *(str(j) for j in joins)))


def get_app_path(app_name: str, *joins) -> str:
    """A path inside an app's package."""
    return get_pymodule_path(app_name, *joins)


def get_module_path(module: str, *joins) -> str:
    """The folder of a module (`Sales Orders` → …/shop/sales_orders)."""
    from frappe.modules import get_module_app

    return get_pymodule_path(get_module_app(module), scrub(module), *(scrub(j) for j in joins))


def get_site_path(*joins) -> str:
    return os.path.join(local.site_path, *joins)


def get_module_list(app_name: str) -> list[str]:
    return get_file_items(get_app_path(app_name, "modules.txt"))


def get_file_items(path: str, raise_not_found=False, ignore_empty_lines=True) -> list[str]:
    """The lines of a text file, without comments."""
    text = read_file(path, raise_not_found=raise_not_found)
    if not text:
        return []
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if (line or not ignore_empty_lines) and not line.startswith("#")]


def read_file(path: str, raise_not_found=False) -> str | None:
    if os.path.exists(path):
        with open(path, encoding="utf-8") as source:
            return source.read()
    if raise_not_found:
        raise OSError(f"{path} Not Found")
    return None


# hooks


def get_hooks(hook: str | None = None, default="_KEEP_DEFAULT_LIST", app_name: str | None = None):
    """What the hooks.py of one or all installed apps say, every value gathered into lists."""
    if app_name:
        hooks = _load_app_hooks(app_name)
    else:
        key = "app_hooks:" + ",".join(get_installed_apps())
        hooks = cache.get_value(key, _load_app_hooks)
    if hook:
        return hooks.get(hook) or ([] if default == "_KEEP_DEFAULT_LIST" else default)
    return _dict(hooks)


def _load_app_hooks(app_name: str | None = None) -> dict:
    hooks: dict = {}
    for app in [app_name] if app_name else get_installed_apps():
        try:
            module = importlib.import_module(f"{app}.hooks")
        except ModuleNotFoundError as error:
            if error.name != f"{app}.hooks":
                raise
            continue
        for key, value in inspect.getmembers(module):
            if not key.startswith("_") and not inspect.ismodule(value) and not inspect.isfunction(value):
                append_hook(hooks, key, value)
    return hooks


def append_hook(target: dict, key: str, value) -> None:
    """Gather a value: dictionaries level by level, anything else into a list."""
    if isinstance(value, dict):
        inner = target.setdefault(key, {})
        for name, item in value.items():
            append_hook(inner, name, item)
    else:
        gathered = target.setdefault(key, [])
        gathered.extend(value if isinstance(value, (list, tuple)) else [value])


def get_doc_hooks() -> dict:
    """doc_events by DocType and event, for this request; a tuple of DocTypes as key stands for each of them."""
    import frappe

    if getattr(local, "doc_events_hooks", None) is None:
        events: dict = {}
        for doctypes, handlers in frappe.get_hooks("doc_events", {}).items():
            for doctype in doctypes if isinstance(doctypes, tuple) else (doctypes,):
                for event, methods in handlers.items():
                    events.setdefault(doctype, {}).setdefault(event, []).extend(methods)
        local.doc_events_hooks = events
    return local.doc_events_hooks
