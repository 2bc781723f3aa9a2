"""From module names to apps, folders and Python modules."""

import importlib

import frappe
from frappe._hooks import get_all_apps, get_module_list, scrub


def get_module_map() -> dict[str, str]:
    """Which app a module belongs to, by scrubbed module name: of the site's apps, and of one that is being installed."""
    apps = list(dict.fromkeys([*get_all_apps(), *filter(None, [frappe.flags.in_install])]))

    def build():
        found = {}
        for app in apps:
            for module in get_module_list(app):
                found.setdefault(scrub(module), app)
        return found

    return frappe.cache.get_value("module_app:" + ",".join(apps), build)


def get_module_app(module: str) -> str:
    app = get_module_map().get(scrub(module))
    if app is None:
        frappe.throw(frappe._("Module {} not found").format(module), frappe.DoesNotExistError)
    return app


def get_doctype_module(doctype: str) -> str:
    """The module of a DocType."""
    module = frappe.db.get_value("DocType", doctype, "module", cache=True)
    if not module:
        frappe.throw(frappe._("DocType {} not found").format(doctype), frappe.DoesNotExistError)
    return module


def get_module_name(doctype: str, module: str, prefix="", suffix="", app: str | None = None) -> str:
    """The dotted path of a DocType's Python module."""
    app = scrub(app or get_module_app(module))
    return f"{app}.{scrub(module)}.doctype.{scrub(doctype)}.{prefix}{scrub(doctype)}{suffix}"


def load_doctype_module(doctype: str, module=None, prefix="", suffix=""):
    """Import a DocType's Python module; ImportError names what is missing."""
    module = module or get_doctype_module(doctype)
    path = get_module_name(doctype, module, prefix, suffix)
    try:
        return importlib.import_module(path)
    except ImportError as error:
        raise ImportError(f"Module import failed for {doctype}, the DocType you're trying to open might be "
                          f"deleted. Error: {error}") from error


def get_module_path(module: str, *joins) -> str:
    return frappe.get_module_path(module, *joins)


def reload_doc(module: str, dt=None, dn=None, force=False, reset_permissions=False) -> bool:
    """Import one JSON file of a module again."""
    from frappe.modules.import_file import import_file

    return import_file(module, dt, dn, force=force, reset_permissions=reset_permissions)
