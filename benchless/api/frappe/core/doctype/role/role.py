"""Roles."""

import frappe
from frappe import _
from frappe.model.document import Document

STANDARD_ROLES = ("Administrator", "System Manager", "Guest", "All", "Desk User")


class Role(Document):
    """What people are allowed to do is said of roles."""

    def validate(self):
        if self.disabled and self.name in STANDARD_ROLES:
            frappe.throw(_("Standard roles cannot be disabled"))

    def on_update(self):
        frappe.cache.delete_value("roles")
        frappe.local.role_permissions = {}

    def on_trash(self):
        frappe.cache.delete_value("roles")
