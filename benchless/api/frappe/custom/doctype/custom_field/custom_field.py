"""Custom Field: a field that a site or an app adds to a DocType of another app."""

import re

import frappe
from frappe import _
from frappe.core.doctype.doctype._checks import RESERVED
from frappe.model.document import Document
from frappe.utils import cstr

LAYOUT_TYPES = ("Section Break", "Column Break", "Tab Break")


class CustomField(Document):
    """Saving it adds the column and makes the field part of the DocType's meta, form and list."""

    def autoname(self):
        self.set_fieldname()
        self.name = f"{self.dt}-{self.fieldname}"

    def before_insert(self):
        self.set_fieldname()

    def set_fieldname(self):
        """Without a name it is called `custom_` and its label."""
        if not self.fieldname:
            label = self.label
            if not label and self.fieldtype in LAYOUT_TYPES:
                label = f"{self.fieldtype}_{frappe.generate_hash(length=5)}"
            if not label:
                frappe.throw(_("Label is mandatory"))
            self.fieldname = "custom_" + re.sub(r"\W", "", cstr(label).replace(" ", "_"))
        self.fieldname = self.fieldname.lower()
        if self.fieldname in RESERVED:
            self.fieldname += "1"

    def validate(self):
        meta = frappe.get_meta(self.dt, cached=False)
        names = [df.fieldname for df in meta.fields]
        if self.is_new() and self.fieldname in names:
            frappe.throw(
                _("A field with the name {0} already exists in {1}").format(frappe.bold(self.fieldname), self.dt)
            )
        if self.insert_after == "append":
            self.insert_after = names[-1]
        if self.insert_after in names:
            self.idx = names.index(self.insert_after) + 1
        before = self.get_doc_before_save()
        if before and before.fieldtype != self.fieldtype and not same_column(before.fieldtype, self.fieldtype):
            frappe.throw(
                _("Fieldtype cannot be changed from {0} to {1}").format(before.fieldtype, self.fieldtype)
            )
        if callable(getattr(Document, self.fieldname, None)):
            frappe.throw(_("Fieldname {0} conflicting with meta object").format(self.fieldname))

    def on_update(self):
        frappe.clear_cache(doctype=self.dt)
        if not self.flags.ignore_validate:
            from frappe.core.doctype.doctype.doctype import validate_fields_for_doctype

            validate_fields_for_doctype(self.dt)
        if not frappe.flags.in_create_custom_fields:
            sync(self.dt)

    def on_trash(self):
        if self.owner == "Administrator" and frappe.session.user != "Administrator":
            frappe.throw(
                _(
                    "Custom Field {0} is created by the Administrator and can only be deleted through the "
                    "Administrator account."
                ).format(frappe.bold(self.label))
            )
        frappe.db.delete("Property Setter", {"doc_type": self.dt, "field_name": self.fieldname})
        frappe.clear_cache(doctype=self.dt)

    def after_delete(self):
        frappe.clear_cache(doctype=self.dt)


def same_column(old: str, new: str) -> bool:
    """Whether values of one field type can be shown as another without another column."""
    known = frappe.db.type_map
    return old in known and new in known and known[old][0] == known[new][0]


def sync(doctype: str) -> None:
    """Bring meta and table of a DocType up to its custom fields."""
    from benchless.schema import sync_table

    frappe.clear_cache(doctype=doctype)
    sync_table(doctype)
    frappe.clear_cache(doctype=doctype)


def create_custom_field(doctype: str, df: dict, ignore_validate=False, is_system_generated=True):
    """Add one field, unless the DocType has a custom field of that name; returns it."""
    df = frappe._dict(df)
    if not df.fieldname and df.label:
        df.fieldname = frappe.scrub(df.label)
    if frappe.db.get_value("Custom Field", {"dt": doctype, "fieldname": df.fieldname}):
        return None
    field = frappe.get_doc(
        {"doctype": "Custom Field", "dt": doctype, "fieldtype": "Data", "is_system_generated": is_system_generated,
         **df}
    )  # fmt: skip
    field.flags.ignore_validate = ignore_validate
    return field.insert()


def create_custom_fields(custom_fields: dict, ignore_validate=False, update=True) -> None:
    """Add fields to several DocTypes, or change those that are there: `{"DocType" or (…): [{…}, …] or {…}}`."""
    frappe.flags.in_create_custom_fields = True
    touched: dict[str, None] = {}
    try:
        for doctypes, fields in custom_fields.items():
            for doctype in (doctypes,) if isinstance(doctypes, str) else doctypes:
                touched[doctype] = None
                for df in [fields] if isinstance(fields, dict) else fields:
                    _create_or_update(doctype, df, ignore_validate, update)
    finally:
        frappe.flags.in_create_custom_fields = False
    for doctype in touched:
        sync(doctype)


def _create_or_update(doctype: str, df: dict, ignore_validate: bool, update: bool) -> None:
    name = frappe.db.get_value("Custom Field", {"dt": doctype, "fieldname": df["fieldname"]})
    if not name:
        create_custom_field(doctype, {**df, "owner": "Administrator"}, ignore_validate=ignore_validate)
    elif update:
        field = frappe.get_doc("Custom Field", name)
        field.flags.ignore_validate = ignore_validate
        field.update(df)
        field.save()
