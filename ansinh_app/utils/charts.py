"""Data of desk charts that a plain grouping cannot give: choices in the reader's language."""

import frappe
from frappe import _


def by_choice(doctype: str, field: str, filters: dict | None = None) -> dict:
    """How many of the documents the reader may see have each value of a Select, the most frequent first."""
    rows = frappe.get_list(
        doctype,
        filters={field: ("is", "set"), **(filters or {})},
        fields=[field, "count(name) as total"],
        group_by=field,
        order_by="total desc",
        limit_page_length=0,
    )
    return {
        "labels": [_(row[field]) for row in rows],
        "datasets": [{"name": _(doctype), "values": [row.total for row in rows]}],
    }
