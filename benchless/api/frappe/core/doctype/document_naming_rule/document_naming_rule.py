"""Document Naming Rule: names a site gives the documents of a DocType that meet its conditions."""

import frappe
from frappe import _
from frappe.model._customize import has_table
from frappe.model.document import Document
from frappe.model.naming import parse_naming_series
from frappe.utils import cint, compare


class DocumentNamingRule(Document):
    def validate(self):
        meta = frappe.get_meta(self.document_type)
        for condition in self.conditions:
            if not meta.has_field(condition.field):
                frappe.throw(
                    _("{0} is not a field of doctype {1}").format(
                        frappe.bold(condition.field), frappe.bold(_(self.document_type))
                    )
                )

    def apply(self, doc) -> None:
        """Name the document, where it meets every condition."""
        for row in self.conditions:
            df = doc.meta.get_field(row.field)
            if not compare(doc.get(row.field), row.condition, row.value, df.fieldtype if df else None):
                return
        counter = cint(frappe.db.get_value(self.doctype, self.name, "counter", for_update=True)) + 1
        doc.name = f"{parse_naming_series(self.prefix, doc=doc)}{counter:0{cint(self.prefix_digits)}d}"
        frappe.db.set_value(self.doctype, self.name, "counter", counter)


def rules_of(doctype: str) -> list[str]:
    """Names of a DocType's rules that are in force, the first to try first."""
    if not has_table("Document Naming Rule"):
        return []
    return frappe.db.sql(
        "select `name` from `tabDocument Naming Rule` where `document_type`=%s and `disabled`=0 "
        "order by `priority` desc",
        (doctype,),
        pluck=True,
    )
