"""Property Setter: another value for a property of a DocType, or of one of its fields, on this site."""

import frappe
from frappe import _
from frappe.model.document import Document

FIXED_TYPE = ("naming_series",)


class PropertySetter(Document):
    def autoname(self):
        self.name = f"{self.doc_type}-{self.field_name or self.row_name or 'main'}-{self.property}"

    def validate(self):
        if self.property == "fieldtype" and self.field_name in FIXED_TYPE:
            frappe.throw(_("Field type cannot be changed for {0}").format(self.field_name))
        if self.is_new():
            delete_property_setter(self.doc_type, self.property, self.field_name, self.row_name)
        frappe.clear_cache(doctype=self.doc_type)

    def on_update(self):
        frappe.clear_cache(doctype=self.doc_type)
        if self.flags.validate_fields_for_doctype and not self.flags.ignore_validate and not frappe.flags.in_patch:
            from frappe.core.doctype.doctype.doctype import validate_fields_for_doctype

            validate_fields_for_doctype(self.doc_type)

    def on_trash(self):
        frappe.clear_cache(doctype=self.doc_type)

    def after_delete(self):
        frappe.clear_cache(doctype=self.doc_type)


def make_property_setter(
    doctype, fieldname, property, value, property_type, for_doctype=False, validate_fields_for_doctype=True
):
    """Set a property of a field (or, `for_doctype`, of the DocType), whatever the user's rights."""
    setter = frappe.get_doc(
        {
            "doctype": "Property Setter",
            "doctype_or_field": "DocType" if for_doctype else "DocField",
            "doc_type": doctype,
            "field_name": fieldname,
            "property": property,
            "value": value,
            "property_type": property_type,
        }
    )
    setter.flags.ignore_permissions = True
    setter.flags.validate_fields_for_doctype = validate_fields_for_doctype
    return setter.insert()


def delete_property_setter(doc_type, property, field_name=None, row_name=None) -> None:
    """Forget what was set before."""
    filters = {"doc_type": doc_type, "property": property}
    if field_name:
        filters["field_name"] = field_name
    if row_name:
        filters["row_name"] = row_name
    frappe.db.delete("Property Setter", filters)
