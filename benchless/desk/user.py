"""The signed-in Frappe user, in the shape Django's and unfold's templates ask for."""

import frappe


class DeskUser:
    """Reads of the User document only what the shell shows. Rights are always asked of Frappe, never of this."""

    is_active = True

    def __init__(self, name: str):
        self.name = self.pk = name
        self.is_authenticated = name != "Guest"
        self.is_anonymous = not self.is_authenticated
        row = None
        if self.is_authenticated:
            row = frappe.db.get_value("User", name, ["full_name", "email", "user_type"], as_dict=True)
        self.full_name = (row and row.full_name) or name
        self.email = (row and row.email) or ""
        self.is_staff = self.is_authenticated and (row is None or row.user_type != "Website User")
        self.has_usable_password = self.is_authenticated

    def get_username(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.full_name

    get_short_name = get_full_name

    def has_perm(self, _permission, _obj=None) -> bool:
        return False

    def has_module_perms(self, _app_label) -> bool:
        return False

    def __str__(self) -> str:
        return self.full_name
