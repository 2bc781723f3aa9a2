"""List Filter: filters under a name, one user's or everybody's. Those of others are nobody else's to read."""

import frappe
from frappe.model.document import Document


class ListFilter(Document):
    pass


def get_permission_query_conditions(user: str | None = None) -> str:
    own = frappe.db.escape(user or frappe.session.user)
    return f"(ifnull(`tabList Filter`.`for_user`, '') = '' or `tabList Filter`.`for_user` = {own})"


def has_permission(doc, ptype=None, user: str | None = None, debug=False) -> bool:
    return doc.get("for_user") in (None, "", user or frappe.session.user)
