"""DocType documents: a DocType made on the site (custom) gets its table when it is saved."""

import re

import frappe
from frappe import _
from frappe.model import data_fieldtypes, table_fields
from frappe.model.document import Document

RESERVED = frozenset(
    ("name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "parent", "parentfield",
     "parenttype", "doctype", "meta", "flags")
)


class InvalidFieldNameError(frappe.ValidationError):
    pass


class DocType(Document):
    """A definition; saving it creates or extends the table."""

    def validate(self):
        if not re.match(r"^[^\W\d_][\w -]*$", self.name or ""):
            frappe.throw(_("DocType's name should start with a letter and can only consist of letters, numbers, "
                           "spaces, underscores and hyphens"), frappe.NameError)
        self.validate_fields()

    def validate_fields(self):
        seen = set()
        for index, df in enumerate(self.fields):
            if not df.fieldname:
                label = df.label or f"{df.fieldtype} {index + 1}"
                df.fieldname = re.sub(r"\W+", "_", frappe.scrub(label)).strip("_")
            df.fieldname = df.fieldname.lower()
            if df.fieldname in RESERVED and df.fieldtype in data_fieldtypes:
                frappe.throw(_("Fieldname {0} is reserved").format(frappe.bold(df.fieldname)), InvalidFieldNameError)
            if not re.fullmatch(r"\w+", df.fieldname):
                frappe.throw(_("Fieldname {0} is not valid").format(frappe.bold(df.fieldname)), InvalidFieldNameError)
            if df.fieldname in seen:
                frappe.throw(_("Fieldname {0} appears multiple times").format(frappe.bold(df.fieldname)))
            if df.fieldtype in ("Link", *table_fields) and not df.options:
                frappe.throw(_("Options required for Link or Table type field {0}").format(frappe.bold(df.label)))
            seen.add(df.fieldname)

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
