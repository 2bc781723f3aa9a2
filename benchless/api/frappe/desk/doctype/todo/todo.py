"""ToDo: a task, mostly one that a document is assigned to somebody with."""

import json
from email.utils import parseaddr

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.permissions import AUTOMATIC_ROLES
from frappe.utils import get_fullname

DONE = ("Cancelled", "Closed")


class ToDo(Document):
    def validate(self):
        self.flags.assignment = None
        me = frappe.session.user
        if self.is_new():
            if self.assigned_by == self.allocated_to:
                text = _("{0} self assigned this task: {1}").format(get_fullname(self.assigned_by), self.description)
            else:
                text = _("{0} assigned {1}: {2}").format(
                    get_fullname(self.assigned_by), get_fullname(self.allocated_to), self.description
                )
            self.flags.assignment = ("Assigned", text)
        elif frappe.db.get_value("ToDo", self.name, "status") != self.status:
            if self.allocated_to == me:
                text = _("{0} removed their assignment.").format(get_fullname(me))
            else:
                text = _("Assignment of {0} removed by {1}").format(get_fullname(self.allocated_to), get_fullname(me))
            self.flags.assignment = ("Assignment Completed", text)

    def on_update(self):
        if self.flags.assignment and self.reference_type and self.reference_name:
            frappe.get_doc(self.reference_type, self.reference_name).add_comment(*self.flags.assignment)
        self.update_in_reference()

    def after_delete(self):
        self.update_in_reference()

    def update_in_reference(self):
        """The document's row names those it is assigned to."""
        if not (self.reference_type and self.reference_name) or frappe.get_meta(self.reference_type).issingle:
            return
        names = frappe.get_all(
            "ToDo",
            filters={
                "reference_type": self.reference_type,
                "reference_name": self.reference_name,
                "status": ("not in", DONE),
                "allocated_to": ("is", "set"),
            },
            order_by="creation asc",
            pluck="allocated_to",
        )
        frappe.db.set_value(
            self.reference_type,
            self.reference_name,
            "_assign",
            json.dumps(names) if names else "",
            update_modified=False,
        )

    @classmethod
    def get_owners(cls, filters=None) -> list[str]:
        """Addresses of those the matching tasks are allocated to."""
        users = frappe.get_all("ToDo", filters=filters or {}, pluck="allocated_to")
        return [parseaddr(user)[1] for user in users if user]


def on_doctype_update():
    frappe.db.add_index("ToDo", ["reference_type", "reference_name"])


def _sees_all(user: str, ptype: str = "read") -> bool:
    """Whether a role of the user (other than everybody's) has the right on every task."""
    given = {rule.role for rule in frappe.get_meta("ToDo").permissions if rule.get(ptype or "read")}
    return bool((given - set(AUTOMATIC_ROLES)) & set(frappe.get_roles(user)))


def get_permission_query_conditions(user: str | None = None) -> str | None:
    """One's own tasks and those one gave."""
    user = user or frappe.session.user
    if user == "Administrator" or _sees_all(user):
        return None
    name = frappe.db.escape(user)
    return f"(`tabToDo`.`allocated_to` = {name} or `tabToDo`.`assigned_by` = {name})"


def has_permission(doc, ptype="read", user=None, debug=False) -> bool:
    user = user or frappe.session.user
    return user == "Administrator" or _sees_all(user, ptype) or user in (doc.allocated_to, doc.assigned_by)
