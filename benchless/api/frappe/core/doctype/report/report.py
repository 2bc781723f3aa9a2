"""Report: who may run it, and how its own code is called."""

import frappe
from frappe import _
from frappe.model.document import Document


class Report(Document):
    def validate(self):
        if not self.module:
            self.module = frappe.db.get_value("DocType", self.ref_doctype, "module")
        if not self.is_standard:
            self.is_standard = "No"
        if self.is_standard == "Yes" and frappe.session.user != "Administrator":
            frappe.throw(_("Only Administrator can save a standard report. Please rename and save."))
        if self.is_standard == "No" and self.report_type in ("Query Report", "Script Report"):
            frappe.only_for("Script Manager", True)

    def before_insert(self):
        self.set_doctype_roles()

    def on_trash(self):
        if self.is_standard == "Yes" and not (
            frappe.conf.developer_mode
            or frappe.flags.in_migrate
            or frappe.flags.in_patch
            or frappe.flags.in_uninstall
        ):
            frappe.throw(_("You are not allowed to delete Standard Report"))

    def set_doctype_roles(self):
        """A report of the site's own starts with the roles that may read its DocType."""
        if not self.get("roles") and self.is_standard == "No":
            permissions = frappe.get_meta(self.ref_doctype).permissions
            self.set("roles", [{"role": row.role} for row in permissions if not row.permlevel])

    def get_columns(self) -> list:
        return [
            {
                "fieldname": c.fieldname,
                "label": c.label,
                "fieldtype": c.fieldtype,
                "options": c.options,
                "width": c.width,
            }
            for c in self.columns
        ]

    def is_permitted(self) -> bool:
        """True where the report names no role, or one of the user's."""
        allowed = {row.role for row in self.roles}
        return not allowed or bool(allowed.intersection(frappe.get_roles()))

    def execute_query_report(self, filters) -> list:
        """Run the report's SELECT with the filters as named values."""
        if not self.query:
            frappe.throw(_("Must specify a Query to run"), title=_("Report Document Error"))
        if not self.query.strip().lower().startswith(("select", "with")):
            frappe.throw(_("Query must be of SELECT or read-only WITH type."))
        rows = frappe.db.sql(self.query, filters or {}, as_dict=True)
        columns = self.get_columns() or [str(name) for name in (rows[0] if rows else ())]
        return [columns, [list(row.values()) for row in rows]]

    def execute_script_report(self, filters):
        """Call `execute(filters)` of the report's module; scripts kept in the database are not run here."""
        if self.is_standard != "Yes":
            frappe.throw(_("Only standard Script Reports (of an app) can be run"))
        return self.execute_module(filters)

    def execute_module(self, filters):
        module = self.module or frappe.db.get_value("DocType", self.ref_doctype, "module")
        return frappe.get_attr(get_report_module_dotted_path(module, self.name) + ".execute")(
            frappe._dict(filters or {})
        )

    def get_data(
        self,
        filters=None,
        limit=None,
        user=None,
        as_dict=False,
        ignore_prepared_report=False,
        are_default_filters=True,
    ):
        """(columns, rows) of the report; rows as dicts by label where `as_dict`; `limit` is for Report Builder."""
        from frappe.desk.query_report import run

        if self.report_type == "Report Builder":
            columns, result = self.run_standard_report(filters, limit, user)
        else:
            data = run(self.name, filters=filters, user=user, are_default_filters=are_default_filters)
            columns, result = data["columns"], data["result"]
        if as_dict:
            result = [
                row if isinstance(row, dict) else dict(zip([c.fieldname for c in columns], row, strict=False))
                for row in result
            ]
        return columns, result


    def run_standard_report(self, filters=None, limit=None, user=None) -> tuple[list, list]:
        """(columns, rows as lists) of what the report view kept: fields, filters, order; `user`'s rights."""
        kept = frappe.parse_json(self.json or "{}")
        meta = frappe.get_meta(self.ref_doctype)
        fields = kept.get("fields") or kept.get("columns")
        if not fields:
            fields = [["name", self.ref_doctype]]
            fields += [[df.fieldname, self.ref_doctype] for df in meta.fields if df.in_list_view]
        wanted = list(kept.get("filters") or [])
        for field, value in (filters or {}).items():
            wanted.append([field, *(value if isinstance(value, (list, tuple)) else ("=", value))])
        order = kept.get("order_by") or f"`tab{self.ref_doctype}`.`modified` desc"
        if kept.get("sort_by"):
            doctype, _dot, field = kept["sort_by"].rpartition(".")
            order = f"`tab{doctype or self.ref_doctype}`.`{field}` {kept.get('sort_order') or 'desc'}"
        rows = frappe.get_list(
            self.ref_doctype,
            fields=[f"`tab{doctype}`.`{field}`" for field, doctype in fields],
            filters=wanted,
            order_by=order,
            as_list=True,
            limit=limit,
            user=user,
        )
        return [_builder_column(field, doctype) for field, doctype in fields], [list(row) for row in rows]


def _builder_column(field: str, doctype: str) -> frappe._dict:
    meta = frappe.get_meta(doctype)
    if df := meta.get_field(field):
        return frappe._dict(fieldname=field, label=df.label, fieldtype=df.fieldtype, options=df.options)
    kind = {"fieldtype": "Link", "options": doctype} if field == "name" else {}
    return frappe._dict(fieldname=field, label=meta.get_label(field), **kind)


def get_report_module_dotted_path(module: str, report_name: str) -> str:
    """Where a standard report's Python lives."""
    from frappe.modules import get_module_app

    name = frappe.scrub(report_name)
    return f"{get_module_app(module)}.{frappe.scrub(module)}.report.{name}.{name}"
