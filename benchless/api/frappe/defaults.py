"""Default values per user and for the site (tabDefaultValue)."""

import frappe
from frappe.types import _dict


def set_default(key: str, value, parent: str = "__default", parenttype: str | None = None) -> None:
    """Replace a default."""
    frappe.db.sql("delete from `tabDefaultValue` where `defkey`=%s and `parent`=%s", (key, parent))
    if value is not None:
        add_default(key, value, parent, parenttype)
    clear_defaults_cache(parent)


def add_default(key: str, value, parent: str, parenttype: str | None = None) -> None:
    stamp = frappe.utils.now()
    frappe.db.sql(
        "insert into `tabDefaultValue` (`name`, `creation`, `modified`, `owner`, `modified_by`, `parent`, "
        "`parenttype`, `parentfield`, `defkey`, `defvalue`) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            frappe.generate_hash(length=10), stamp, stamp, frappe.session.user, frappe.session.user, parent,
            parenttype or "__default", "system_defaults", key, str(value),
        ),
    )
    clear_defaults_cache(parent)


def get_defaults_for(parent: str = "__default") -> _dict:
    def read():
        rows = frappe.db.sql(
            "select `defkey`, `defvalue` from `tabDefaultValue` where `parent`=%s order by `creation`", (parent,)
        )
        values = _dict()
        for key, value in rows:
            known = values.get(key)
            values[key] = value if known is None else [*(known if isinstance(known, list) else [known]), value]
        return values

    return frappe.cache.hget("defaults", parent, read)


def get_defaults(user: str | None = None) -> _dict:
    """The site's defaults with the user's own over them."""
    user = user or frappe.session.user
    values = _dict(get_defaults_for("__default"))
    values.update(get_defaults_for(user))
    values["user"] = values["owner"] = user
    return values


def get_user_default(key: str, user: str | None = None):
    value = get_defaults(user).get(key)
    if value is None:
        value = get_defaults(user).get(frappe.scrub(key))
    return value[0] if isinstance(value, list) else value


def clear_defaults_cache(parent: str | None = None) -> None:
    frappe.cache.delete_value("defaults")
    frappe.cache.delete_value("installed_apps")
    frappe.local.new_doc_templates = {}
