"""What belongs to this app: hooks see the documents and reports of every app on the site."""

import frappe


def is_ours(module: str | None) -> bool:
    """Whether the module of a DocType or a report is one of this app's."""
    return bool(module) and frappe.db.get_value("Module Def", module, "app_name", cache=True) == "ansinh_app"
