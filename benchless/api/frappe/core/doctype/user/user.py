"""Users: name from the e-mail address, roles, password."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import validate_email_address

STANDARD_USERS = frappe.STANDARD_USERS


class User(Document):
    """A person (or machine) that may log in."""

    __new_password = None

    def __setup__(self):
        self.flags.in_insert = False

    def autoname(self):
        if self.get("is_admin") or self.get("is_guest"):
            self.name = self.first_name
        else:
            self.email = (self.email or "").strip().lower()
            self.name = self.email

    def before_insert(self):
        self.flags.in_insert = True

    def before_validate(self):
        self.__new_password = self.get("new_password")
        self.new_password = ""

    def validate(self):
        if self.name not in STANDARD_USERS:
            self.email = (self.email or "").strip().lower()
            validate_email_address(self.email, throw=True)
        self.full_name = " ".join(part for part in (self.first_name, self.last_name) if part)
        self.remove_repeated_roles()
        self.set_system_user()
        if self.name == "Administrator" and not self.enabled:
            frappe.throw(_("User {0} cannot be disabled").format(self.name))

    def remove_repeated_roles(self):
        seen = set()
        for row in list(self.roles):
            if row.role in seen:
                self.remove(row)
            seen.add(row.role)

    def set_system_user(self):
        """Whoever has a role with desk access works at the desk."""
        if self.name in STANDARD_USERS:
            return
        roles = [row.role for row in self.roles]
        desk = roles and frappe.get_all("Role", {"name": ("in", roles), "desk_access": 1}, limit=1)
        self.user_type = "System User" if desk else "Website User"

    def on_update(self):
        if self.__new_password:
            from frappe.utils.password import update_password

            update_password(self.name, self.__new_password)
            self.__new_password = None
        if self.has_value_changed("enabled") and not self.enabled:
            self.end_sessions()
        frappe.clear_cache(user=self.name)

    def end_sessions(self):
        """A disabled user is logged out at once."""
        from frappe.sessions import clear_sessions

        clear_sessions(user=self.name, force=True)

    def on_trash(self):
        if self.name in STANDARD_USERS:
            frappe.throw(_("User {0} cannot be deleted").format(self.name))
        frappe.db.delete("User Permission", {"user": self.name})
        self.end_sessions()
        frappe.clear_cache(user=self.name)

    def add_roles(self, *roles):
        """Give roles and save."""
        self.append_roles(*roles)
        self.save()

    def append_roles(self, *roles):
        known = {row.role for row in self.roles}
        for role in roles:
            if role not in known:
                self.append("roles", {"role": role})

    def remove_roles(self, *roles):
        for row in [row for row in self.roles if row.role in roles]:
            self.remove(row)
        self.save()

    def get_fullname(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)
