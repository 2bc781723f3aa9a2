"""Number Card: one figure of a DocType, a report or a method, as the user may see it."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt

FUNCTIONS = {"Count": "count", "Sum": "sum", "Average": "avg", "Minimum": "min", "Maximum": "max"}


class NumberCard(Document):
    def autoname(self):
        if not self.name:
            self.name = self.label
        if frappe.db.exists("Number Card", self.name):
            count = frappe.db.count("Number Card", {"name": ("like", f"{self.name}%")})
            self.name = f"{self.name}-{count}"

    def validate(self):
        if self.type == "Document Type" and not (self.document_type and self.function):
            frappe.throw(_("Document Type and Function are required to create a number card"))
        if self.type == "Report" and not (self.report_name and self.report_field and self.function):
            frappe.throw(_("Report Name, Report Field and Fucntion are required to create a number card"))
        if self.type == "Custom" and not self.method:
            frappe.throw(_("Method is required to create a number card"))


@frappe.whitelist()
def get_result(doc, filters=None, to_date=None) -> float:
    """The figure of a Document Type card, over the rows that the session's user may read."""
    doc = frappe.parse_json(doc) if isinstance(doc, str) else doc
    function = FUNCTIONS[doc.get("function")]
    column = "*"
    if function != "count":
        column = doc.get("aggregate_function_based_on")
        if not frappe.get_meta(doc.get("document_type")).get_field(column):
            frappe.throw(_("{0} is not a field of {1}").format(column, doc.get("document_type")))

    filters = frappe.parse_json(filters) if isinstance(filters, str) else list(filters or [])
    if isinstance(filters, dict):
        filters = [[doc.get("document_type"), key, "=", value] for key, value in filters.items()]
    if to_date:
        filters.append([doc.get("document_type"), "creation", "<", to_date])
    rows = frappe.get_list(
        doc.get("document_type"),
        fields=[f"{function}({column}) as result"],
        filters=filters,
        parent_doctype=doc.get("parent_document_type"),
    )
    return flt(rows[0].result) if rows else 0.0


def has_permission(doc, ptype=None, user=None, debug=False) -> bool:
    """A card is seen by those who may read what it counts."""
    if ptype not in (None, "read", "select") or doc.type == "Custom":
        return True
    if doc.type == "Report":
        return bool(doc.report_name) and frappe.get_doc("Report", doc.report_name).is_permitted()
    return bool(frappe.has_permission(doc.document_type, "read", user=user))
