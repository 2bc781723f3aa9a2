"""User Permissions: the documents a user is restricted to."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.types import _dict


class UserPermission(Document):
    """One restriction."""

    def validate(self):
        if self.apply_to_all_doctypes:
            self.applicable_for = None
        duplicate = frappe.db.exists(
            "User Permission",
            {
                "allow": self.allow,
                "for_value": self.for_value,
                "user": self.user,
                "applicable_for": self.applicable_for or "",
                "apply_to_all_doctypes": self.apply_to_all_doctypes,
                "name": ("!=", self.name),
            },
        )
        if duplicate:
            frappe.throw(_("User permission already exists"), frappe.DuplicateEntryError)
        if self.is_default:
            self.validate_default_permission()

    def validate_default_permission(self):
        overlap = frappe.get_all(
            "User Permission",
            filters={"allow": self.allow, "user": self.user, "is_default": 1, "name": ["!=", self.name]},
            or_filters={"applicable_for": self.applicable_for or "", "apply_to_all_doctypes": 1},
            limit=1,
        )
        if overlap:
            frappe.throw(_("{0} has already assigned default value for {1}.").format(overlap[0].name, self.allow))

    def on_update(self):
        forget(self.user)

    def on_trash(self):
        forget(self.user)


def forget(user: str) -> None:
    """Drop what is known of a user's restrictions, in every process."""
    frappe.cache.hdel("user_permissions", user)
    frappe.local.new_doc_templates = {}


@frappe.whitelist()
def get_user_permissions(user: str | None = None):
    """A user's restrictions by DocType, with everything below them in trees."""
    if frappe.local.request and frappe.local.form_dict.cmd == "get_user_permissions":
        user = frappe.session.user
    user = user or frappe.session.user
    if user in ("Administrator", "Guest"):
        return {}
    return frappe.cache.hget("user_permissions", user, lambda: _read(user))


def _read(user: str) -> dict:
    found: dict = _dict()
    rows = frappe.get_all(
        "User Permission",
        fields=["allow", "for_value", "applicable_for", "is_default", "hide_descendants"],
        filters={"user": user},
    )
    for row in rows:
        names = [(row.for_value, row.is_default)]
        if frappe.get_meta(row.allow).is_nested_set() and not row.hide_descendants:
            names += [(name, False) for name in frappe.db.get_descendants(row.allow, row.for_value)]
        for name, is_default in names:
            found.setdefault(row.allow, []).append(
                _dict(doc=name, applicable_for=row.applicable_for, is_default=is_default)
            )
    return found
