"""What a user chose for a DocType's views (columns, order), kept in `__UserSettings` as JSON."""

import json

import frappe


def get_user_settings(doctype: str, for_update: bool = False) -> str:
    """The session user's settings for a DocType, as JSON text; `{}` where nothing was chosen."""
    rows = frappe.db.sql(
        "select `data` from `__UserSettings` where `user`=%s and `doctype`=%s", (frappe.session.user, doctype)
    )
    return (rows and rows[0][0]) or "{}"


def update_user_settings(doctype: str, user_settings: dict, for_update: bool = False) -> None:
    """Set the given keys; the others stay."""
    current = {} if for_update else json.loads(get_user_settings(doctype))
    current.update(frappe.parse_json(user_settings))
    key = (frappe.session.user, doctype)
    frappe.db.sql("delete from `__UserSettings` where `user`=%s and `doctype`=%s", key)
    frappe.db.sql(
        "insert into `__UserSettings` (`user`, `doctype`, `data`) values (%s, %s, %s)", (*key, json.dumps(current))
    )


@frappe.whitelist()
def save(doctype: str, user_settings: str) -> dict:
    """Merge JSON into the settings; returns what was given."""
    settings = json.loads(user_settings or "{}")
    update_user_settings(doctype, settings)
    return settings


@frappe.whitelist()
def get(doctype: str) -> str:
    return get_user_settings(doctype)
