"""Administrative Unit."""

from frappe.utils.nestedset import NestedSet


class AdministrativeUnit(NestedSet):
    pass
