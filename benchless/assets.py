"""Where the files of apps that everyone may fetch lie."""

from pathlib import Path

import frappe


def asset_path(path: str) -> str | None:
    """The file behind /assets/<path>: <app>/… of an installed app's `public` folder; None where there is none."""
    app, _slash, rest = path.partition("/")
    if app not in [*frappe.get_installed_apps(), "frappe"]:
        return None
    root = Path(frappe.get_app_path(app, "public")).resolve()
    found = (root / rest).resolve()
    return str(found) if found.is_relative_to(root) and found.is_file() else None
