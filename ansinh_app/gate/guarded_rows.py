"""Rows of tables in guarded documents: whoever opens one alone needs the right to the document it stands in."""

import frappe
from frappe.model.document import Document


class GuardedRow(Document):
    """A bench asks for the right to the DocType of the parent only, and so opens the rows of everybody's documents."""

    def has_permission(self, permtype="read", **more) -> bool:
        """Whether the user in session (or `user`) has the right to the row's document as well."""
        if self.flags.ignore_permissions:
            return True
        if not super().has_permission(permtype, **more):
            return False
        parent = self.parenttype and self.parent
        return bool(parent) and bool(
            frappe.has_permission(self.parenttype, permtype, doc=parent, user=more.get("user"))
        )
