"""DocType documents: a DocType made on the site (custom) gets its table when it is saved."""

import re

import frappe
from frappe import _
from frappe.core.doctype.doctype._checks import (  # noqa: F401 (apps import the errors from here)
    CannotIndexedError,
    DoctypeLinkError,
    HiddenAndMandatoryWithoutDefaultError,
    IllegalMandatoryError,
    InvalidFieldNameError,
    NonUniqueError,
    UniqueFieldnameError,
    WrongOptionsDoctypeLinkError,
    check_fields,
    check_permissions,
)
from frappe.model.document import Document


class DocType(Document):
    """A definition; saving it creates or extends the table."""

    def validate(self):
        if not re.match(r"^[^\W\d_][\w -]*$", self.name or ""):
            frappe.throw(_("DocType's name should start with a letter and can only consist of letters, numbers, "
                           "spaces, underscores and hyphens"), frappe.NameError)
        self.name_fields()
        check_fields(self)
        if self.istable:
            self.permissions = []
        check_permissions(self)
        if self.is_submittable:
            self.make_amendable()

    def name_fields(self):
        """A field without a name is called after its label."""
        for index, df in enumerate(self.fields):
            if not df.fieldname:
                label = df.label or f"{df.fieldtype} {index + 1}"
                df.fieldname = re.sub(r"\W+", "_", frappe.scrub(label)).strip("_")
            df.fieldname = df.fieldname.lower()

    def make_amendable(self):
        """What can be submitted can be amended."""
        if not any(df.fieldname == "amended_from" for df in self.fields):
            self.append(
                "fields",
                {"label": "Amended From", "fieldtype": "Link", "fieldname": "amended_from", "options": self.name,
                 "read_only": 1, "print_hide": 1, "no_copy": 1, "search_index": 1},
            )  # fmt: skip

    def before_insert(self):
        if not self.custom and not (frappe.flags.in_install or frappe.flags.in_migrate or frappe.flags.in_import):
            if not frappe.conf.developer_mode and not frappe.flags.in_test:
                self.custom = 1
        if self.is_tree:
            self.add_tree_fields()

    def add_tree_fields(self):
        parent_field = self.nsm_parent_field or f"parent_{frappe.scrub(self.name)}"
        known = {df.fieldname for df in self.fields}
        for fieldname, fieldtype, options in (
            ("lft", "Int", None), ("rgt", "Int", None), ("is_group", "Check", None), ("old_parent", "Link", self.name),
            (parent_field, "Link", self.name),
        ):
            if fieldname not in known:
                self.append("fields", {"fieldname": fieldname, "fieldtype": fieldtype, "options": options,
                                       "label": frappe.unscrub(fieldname)})
        self.nsm_parent_field = parent_field

    def on_update(self):
        from benchless.schema import sync_table

        frappe.clear_cache(doctype=self.name)
        sync_table(self.name)

    def on_trash(self):
        frappe.clear_cache(doctype=self.name)

    def after_delete(self):
        frappe.db.sql("delete from `tabDocField` where `parent`=%s", (self.name,))
        frappe.db.sql("delete from `tabSingles` where `doctype`=%s", (self.name,))
        frappe.db.sql_ddl(f"drop table if exists `tab{self.name}`")
        frappe.clear_cache(doctype=self.name)


def validate_fields_for_doctype(doctype: str) -> None:
    """Check a DocType's fields, with those added on the site."""
    check_fields(frappe.get_meta(doctype, cached=False))


def clear_permissions_cache(doctype: str) -> None:
    frappe.clear_cache(doctype=doctype)
