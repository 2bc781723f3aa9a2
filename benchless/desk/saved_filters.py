"""Filters that were given a name: a List Filter document each, the user's own or everybody's."""

import json

import frappe
from frappe import _

from benchless.desk import charts

MOST = 50


def of_list(doctype: str) -> list[dict]:
    """[{name, label, link, shared, may_drop}] of a list, by label."""
    rows = frappe.get_all(
        "List Filter",
        filters={"reference_doctype": doctype},
        or_filters=[["for_user", "=", frappe.session.user], ["for_user", "is", "not set"]],
        fields=["name", "filter_name", "for_user", "filters", "owner"],
        order_by="filter_name asc",
        limit_page_length=MOST,
    )
    return [
        {
            "name": row.name,
            "label": row.filter_name or row.name,
            "link": charts.as_query(charts.parse_filters(row.filters, doctype)) or "?",
            "shared": not row.for_user,
            "may_drop": may_drop(row),
        }
        for row in rows
    ]


def may_drop(row) -> bool:
    return frappe.session.user in (row.for_user, row.owner) or "System Manager" in frappe.get_roles()


def keep(doctype: str, name: str, filters: list, shared: bool) -> None:
    """Store the list's filters under a name; one of the user's own with that name is replaced."""
    name = name.strip()
    if not name:
        frappe.throw(_("Give the filter a name"), frappe.MandatoryError)
    user = None if shared else frappe.session.user
    same = {"reference_doctype": doctype, "filter_name": name, "owner": frappe.session.user}
    for row in frappe.get_all("List Filter", filters=same, fields=["name", "for_user"]):
        if (row.for_user or None) == user:
            frappe.delete_doc("List Filter", row.name)
    frappe.get_doc(
        {
            "doctype": "List Filter",
            "filter_name": name,
            "reference_doctype": doctype,
            "for_user": user,
            "filters": json.dumps([[*item, False] for item in filters], ensure_ascii=False),
        }
    ).insert()


def drop(name: str) -> None:
    doc = frappe.get_doc("List Filter", name)
    if not may_drop(doc):
        raise frappe.PermissionError
    doc.delete()
