"""What a DocType says about its documents: fields, permissions, naming, order."""

import json
from functools import cache
from pathlib import Path

import frappe
import frappe.share
from frappe import _
from frappe.model import (
    child_table_fields,
    data_fieldtypes,
    default_fields,
    display_fieldtypes,
    optional_fields,
    std_fields,
    table_fields,
)
from frappe.model._customize import customize
from frappe.types import _dict

# How a DocType itself is stored: these five child tables, whose own definitions come from the host's files.
DOCTYPE_TABLES = {
    "fields": "DocField",
    "permissions": "DocPerm",
    "actions": "DocType Action",
    "links": "DocType Link",
    "states": "DocType State",
}
DOCTYPES_FOR_DOCTYPE = {"DocType", *DOCTYPE_TABLES.values()}


class DocField(_dict):
    """One field; an attribute that is not set is None."""

    __slots__ = ()

    def as_dict(self) -> dict:
        return dict(self)


def core_doctype_folder() -> Path:
    """Where the host's own DocTypes are."""
    import benchless

    return Path(benchless.__file__).parent / "core" / "doctype"


@cache
def _bootstrap_definition(doctype: str) -> str:
    name = frappe.scrub(doctype)
    return (core_doctype_folder() / name / f"{name}.json").read_text(encoding="utf-8")


def get_meta(doctype, cached: bool = True) -> "Meta":
    """The Meta of a DocType, kept until its definition changes."""
    if not isinstance(doctype, str):
        doctype = doctype.doctype
    if cached:
        return frappe.cache.hget("meta", doctype, lambda: Meta(doctype))
    return Meta(doctype)


def clear_meta_cache(doctype: str | None = None) -> None:
    """Forget one definition (or all), and every other one that embeds it as a child table."""
    if doctype:
        frappe.cache.hdel("meta", doctype)
        frappe.cache.hdel("is_single", doctype)
        frappe.cache.hdel("workflow", doctype)
        frappe.controllers.get(frappe.local.site, {}).pop(doctype, None)
    else:
        for name in ("meta", "is_single", "workflow"):
            frappe.cache.delete_value(name)
    frappe.cache.delete_value("link_fields_of")
    frappe.cache.delete_value("dynamic_link_fields")
    frappe.local.new_doc_templates = {}
    frappe.local.valid_columns = {}
    frappe.local.role_permissions = {}


def is_single(doctype: str) -> bool:
    if doctype in DOCTYPES_FOR_DOCTYPE or doctype.startswith("__") or doctype in ("Singles", "Series"):
        return False
    return bool(get_meta(doctype).issingle)


def get_table_columns(doctype: str) -> list[str]:
    return frappe.db.get_table_columns(doctype)


def get_default_df(fieldname: str) -> DocField | None:
    """The field behind a standard column."""
    if fieldname in (*default_fields, *child_table_fields):
        if fieldname in ("creation", "modified"):
            return DocField(fieldname=fieldname, fieldtype="Datetime")
        if fieldname in ("idx", "docstatus"):
            return DocField(fieldname=fieldname, fieldtype="Int")
        if fieldname in ("owner", "modified_by"):
            return DocField(fieldname=fieldname, fieldtype="Link", options="User")
        return DocField(fieldname=fieldname, fieldtype="Data")
    return None


class Meta:
    """A DocType's definition with the questions documents ask of it."""

    default_fields = list(default_fields)[1:]

    def __init__(self, doctype: str):
        self.doctype = "DocType"
        self.name = doctype
        definition = self._read(doctype)
        tables = {key: definition.pop(key, None) or [] for key in DOCTYPE_TABLES}
        self.__dict__.update(definition)
        self.name = doctype
        self.fields = [DocField(row, parent=doctype, idx=i + 1) for i, row in enumerate(tables["fields"])]
        self.permissions = [_dict(row) for row in tables["permissions"]]
        self.actions = [_dict(row) for row in tables["actions"]]
        self.links = [_dict(row) for row in tables["links"]]
        self.states = [_dict(row) for row in tables["states"]]
        if doctype not in DOCTYPES_FOR_DOCTYPE:
            customize(self)
        self.sort_field = self.get("sort_field") or "modified"
        self.sort_order = self.get("sort_order") or "DESC"
        self._by_name = {df.fieldname: df for df in self.fields if df.fieldname}
        self._selections: dict = {}
        self._set_tree_defaults()

    def __getattr__(self, key):
        if key.startswith("__"):
            raise AttributeError(key)
        return None

    @staticmethod
    def _read(doctype: str) -> dict:
        if doctype in DOCTYPES_FOR_DOCTYPE:
            return json.loads(_bootstrap_definition(doctype))
        rows = frappe.db.sql("select * from `tabDocType` where `name`=%s", (doctype,), as_dict=True)
        if not rows:
            frappe.throw(_("DocType {0} not found").format(doctype), frappe.DoesNotExistError)
        definition = rows[0]
        for key, table in DOCTYPE_TABLES.items():
            rows = frappe.db.sql(f"select * from `tab{table}` where `parent`=%s order by `idx`", (doctype,), as_dict=True)
            own = [row for row in rows if row.parenttype == "DocType"]
            definition[key] = own + [row for row in rows if row.custom and row.parenttype != "DocType"]
        return definition

    def _set_tree_defaults(self) -> None:
        if self.get("is_tree") and not self.get("nsm_parent_field"):
            self.nsm_parent_field = f"parent_{frappe.scrub(self.name)}"

    # reading values as from a document

    def get(self, key, filters=None, limit=None, default=None):
        value = self.__dict__.get(key)
        if value is None:
            return default
        if isinstance(filters, dict) and isinstance(value, list):
            from frappe.model.base_document import filter_rows

            return filter_rows(value, filters, limit)
        return value[:limit] if limit and isinstance(value, list) else value

    def as_dict(self, no_nulls=False) -> _dict:
        """The definition as plain values."""
        values = _dict(
            {key: value for key, value in self.__dict__.items() if not key.startswith("_") and not callable(value)}
        )
        for key in DOCTYPE_TABLES:
            values[key] = [_dict(row) for row in values[key]]
        return values

    # fields

    def get_field(self, fieldname) -> DocField | None:
        return self._by_name.get(fieldname)

    def has_field(self, fieldname) -> bool:
        return fieldname in self._by_name

    def _select(self, key, test) -> list[DocField]:
        if key not in self._selections:
            self._selections[key] = [df for df in self.fields if test(df)]
        return self._selections[key]

    def get_table_fields(self, include_computed=False) -> list[DocField]:
        return list(self._select("table", lambda df: df.fieldtype in table_fields and not df.is_virtual))

    def get_link_fields(self) -> list[DocField]:
        return list(
            self._select("link", lambda df: df.fieldtype == "Link" and df.options != "[Select]")
        )

    def get_dynamic_link_fields(self) -> list[DocField]:
        return list(self._select("dynamic", lambda df: df.fieldtype == "Dynamic Link"))

    def get_data_fields(self) -> list[DocField]:
        return self._select("data", lambda df: df.fieldtype == "Data")

    def get_phone_fields(self) -> list[DocField]:
        return self._select("phone", lambda df: df.fieldtype == "Phone")

    def get_select_fields(self) -> list[DocField]:
        return self._select(
            "select", lambda df: df.fieldtype == "Select" and df.options not in ("[Select]", "Loading...")
        )

    def get_code_fields(self) -> list[DocField]:
        return self._select("code", lambda df: df.fieldtype == "Code")

    def get_set_only_once_fields(self) -> list[DocField]:
        return self._select("once", lambda df: df.set_only_once)

    def get_high_permlevel_fields(self) -> list[DocField]:
        return self._select("high", lambda df: df.permlevel and df.permlevel > 0)

    def get_fields_to_fetch(self, link_fieldname=None) -> list[DocField]:
        """Fields filled from the document a Link names."""
        found = self._select("fetch", lambda df: df.fetch_from and "." in df.fetch_from)
        if not link_fieldname:
            return list(found)
        return [df for df in found if df.fetch_from.split(".", 1)[0] == link_fieldname]

    def get_search_fields(self) -> list[str]:
        fields = [part.strip() for part in (self.search_fields or "name").split(",") if part.strip()]
        return fields if "name" in fields else [*fields, "name"]

    def get_title_field(self) -> str:
        return self.title_field or ("title" if self.has_field("title") else "name")

    @property
    def shows_title_in_link(self) -> bool:
        """Whether Links show the title instead of the name: a title that not every reader may see is not shown."""
        df = self.get_field(self.title_field) if self.show_title_field_in_link else None
        return bool(df and not df.permlevel)

    def get_label(self, fieldname: str) -> str:
        if df := self.get_field(fieldname):
            return df.label or fieldname
        for standard in std_fields:
            if standard["fieldname"] == fieldname:
                return standard["label"]
        return frappe.unscrub(fieldname)

    def get_options(self, fieldname: str):
        return self.get_field(fieldname).options

    def get_table_field_doctype(self, fieldname: str):
        return self.get_options(fieldname)

    def get_naming_series_options(self) -> list[str]:
        df = self.get_field("naming_series")
        return (df.options or "").split("\n") if df else []

    def get_valid_columns(self) -> list[str]:
        """The columns of the table, in the order a document is written."""
        if "_columns" not in self.__dict__:
            if self.name in DOCTYPES_FOR_DOCTYPE and frappe.db and frappe.db.table_exists(self.name):
                columns = [c for c in get_table_columns(self.name) if c not in optional_fields]
            else:
                columns = list(self.default_fields)
                if self.istable:
                    columns += child_table_fields
                columns += [
                    df.fieldname
                    for df in self.fields
                    if df.fieldtype in data_fieldtypes and not df.is_virtual and df.fieldname not in columns
                ]
            self._columns = columns
        return self._columns

    @property
    def is_autoincremented(self) -> bool:
        return self.autoname == "autoincrement" and not self.issingle

    def is_nested_set(self) -> bool:
        return self.has_field("lft") and self.has_field("rgt")

    def get_workflow(self) -> str | None:
        from frappe.model.workflow import get_workflow_name

        return get_workflow_name(self.name)

    # permissions by level

    def get_permissions(self, parenttype=None) -> list[_dict]:
        if self.istable and parenttype:
            return get_meta(parenttype).permissions
        return self.permissions

    def get_permlevel_access(self, permission_type="read", parenttype=None, *, user=None) -> list[int]:
        roles = frappe.get_roles(user)
        levels: list[int] = []
        for perm in self.get_permissions(parenttype):
            level = perm.permlevel or 0
            if perm.role in roles and perm.get(permission_type) and level not in levels:
                levels.append(level)
        return levels

    def get_permitted_fieldnames(
        self, parenttype=None, *, user=None, permission_type="read", with_virtual_fields=True
    ) -> list[str]:
        """Fields whose permlevel the user's roles reach."""
        permission_type = permission_type or "read"
        if permission_type == "select":
            names = dict.fromkeys([self.get_title_field(), *self.get_search_fields()])
            levels = {0, *self.get_permlevel_access("read", parenttype, user=user)}
            return [name for name in names if not (df := self.get_field(name)) or (df.permlevel or 0) in levels]
        if self.istable and not parenttype:
            return []
        if (user or frappe.session.user) == "Administrator":
            return [df.fieldname for df in self.fields if df.fieldtype not in display_fieldtypes]
        levels = self.get_permlevel_access(permission_type, parenttype, user=user)
        if 0 not in levels and permission_type == "read" and frappe.share.get_shared(self.name, user, limit=1):
            levels.append(0)
        return [
            df.fieldname
            for df in self.fields
            if (df.permlevel or 0) in levels and df.fieldtype not in display_fieldtypes
        ]

    def has_permlevel_access_to(self, fieldname: str, permission_type="read") -> bool:
        df = self.get_field(fieldname)
        return (df.permlevel or 0) in self.get_permlevel_access(permission_type)


def get_field_precision(df, doc=None, currency=None) -> int:
    """Decimals of a number field: its own precision, else the system's (for Currency, its number format's)."""
    from frappe.utils import cint, get_number_format_info

    if df.precision not in (None, ""):
        return cint(df.precision)
    settings = frappe.get_cached_doc("System Settings")
    if df.fieldtype == "Currency":
        if settings.get("currency_precision") not in (None, "", 0):
            return cint(settings.currency_precision)
        return get_number_format_info(settings.get("number_format") or "#,###.##")[2]
    return cint(settings.get("float_precision")) or 3
