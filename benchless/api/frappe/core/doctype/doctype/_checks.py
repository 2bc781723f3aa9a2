"""What a DocType's fields and permissions must not be."""

import re

import frappe
from frappe import _
from frappe.model import child_table_fields, data_fieldtypes, default_fields, no_value_fields, table_fields
from frappe.utils import cint, cstr

RESERVED = frozenset(
    ("name", "owner", "creation", "modified", "modified_by", "docstatus", "idx", "parent", "parentfield",
     "parenttype", "doctype", "meta", "flags", "parent_doc", "_table_fields", "_valid_columns", "dont_update_if_missing")
)  # fmt: skip
LONGEST_NAME = 64
UNIQUE_TYPES = ("Data", "Link", "Read Only", "Int")
UNINDEXED_TYPES = ("Text", "Long Text", "Small Text", "Code", "Text Editor")
# a single = where a comparison is meant
ASSIGNMENT = re.compile(r"(?<![=!<>])=(?![=>])")
CONDITIONS = ("depends_on", "collapsible_depends_on", "mandatory_depends_on", "read_only_depends_on")


class InvalidFieldNameError(frappe.ValidationError):
    pass


class UniqueFieldnameError(frappe.ValidationError):
    pass


class IllegalMandatoryError(frappe.ValidationError):
    pass


class DoctypeLinkError(frappe.ValidationError):
    pass


class WrongOptionsDoctypeLinkError(frappe.ValidationError):
    pass


class HiddenAndMandatoryWithoutDefaultError(frappe.ValidationError):
    pass


class NonUniqueError(frappe.ValidationError):
    pass


class CannotIndexedError(frappe.ValidationError):
    pass


def check_fields(meta) -> None:
    """Each field by itself, then what names fields (of a DocType document or a Meta)."""
    names = [df.fieldname for df in meta.fields]
    for df in meta.fields:
        check_name(meta, df)
        if names.count(df.fieldname) > 1:
            frappe.throw(
                _("Fieldname {0} appears multiple times").format(frappe.bold(df.fieldname)), UniqueFieldnameError
            )
        check_flags(meta, df)
        check_options(meta, df)
        check_default(df)
        for condition in CONDITIONS:
            text = cstr(df.get(condition))
            if text.startswith("eval:") and ASSIGNMENT.search(_without_texts(text)):
                frappe.throw(_("Invalid {0} condition").format(frappe.unscrub(condition)))
    check_references(meta, names)


def check_name(meta, df) -> None:
    if df.fieldname in RESERVED and df.fieldtype in data_fieldtypes:
        frappe.throw(_("Fieldname {0} is reserved").format(frappe.bold(df.fieldname)), InvalidFieldNameError)
    if not re.fullmatch(r"\w+", df.fieldname or ""):
        frappe.throw(_("Fieldname {0} is not valid").format(frappe.bold(df.fieldname)), InvalidFieldNameError)
    if len(df.fieldname) > LONGEST_NAME:
        frappe.throw(_("Fieldname is limited to 64 characters ({0})").format(frappe.bold(df.fieldname)))


def check_flags(meta, df) -> None:
    """Mandatory, hidden, unique, indexed, shown in lists: where the type of the field allows it."""
    if df.hidden and df.reqd and not df.default:
        frappe.throw(
            _("Field {0} cannot be hidden and mandatory without default").format(frappe.bold(df.label)),
            HiddenAndMandatoryWithoutDefaultError,
        )
    if df.reqd and df.fieldtype in no_value_fields and df.fieldtype not in table_fields:
        frappe.throw(
            _("Field {0} of type {1} cannot be mandatory").format(df.label, df.fieldtype), IllegalMandatoryError
        )
    if df.unique and not meta.issingle and not meta.is_virtual and df.fieldtype not in UNIQUE_TYPES:
        frappe.throw(_("Fieldtype {0} for {1} cannot be unique").format(df.fieldtype, df.label), NonUniqueError)
    if df.search_index and df.fieldtype in UNINDEXED_TYPES:
        frappe.throw(_("Fieldtype {0} for {1} cannot be indexed").format(df.fieldtype, df.label), CannotIndexedError)
    grid_only = ("Button", "HTML") if meta.istable else ()
    if df.in_list_view and df.fieldtype in (*no_value_fields, "Attach Image") and df.fieldtype not in grid_only:
        frappe.throw(_("'In List View' not allowed for type {0} in row {1}").format(df.fieldtype, df.idx))


def check_options(meta, df) -> None:
    """What Links, tables and Dynamic Links point to."""
    if df.fieldtype in ("Link", *table_fields):
        if not df.options:
            frappe.throw(
                _("Options required for Link or Table type field {0}").format(frappe.bold(df.label)), DoctypeLinkError
            )
        if df.options in ("[Select]", meta.name) or frappe.flags.in_fixtures:
            return
        if not frappe.db.exists("DocType", df.options):
            frappe.throw(
                _("Options must be a valid DocType for field {0}").format(frappe.bold(df.label)),
                WrongOptionsDoctypeLinkError,
            )
        if df.fieldtype in table_fields and not frappe.get_meta(df.options).istable:
            frappe.throw(
                _("Option {0} for field {1} is not a child table").format(
                    frappe.bold(df.options), frappe.bold(df.fieldname)
                )
            )
    elif df.fieldtype == "Dynamic Link":
        pointer = next((other for other in meta.fields if other.fieldname == df.options), None)
        names_doctype = pointer and (
            pointer.fieldtype == "Select" or (pointer.fieldtype == "Link" and pointer.options == "DocType")
        )
        if not names_doctype:
            frappe.throw(
                _("Options 'Dynamic Link' type of field must point to another Link Field with options as 'DocType'")
            )
    elif df.fieldtype == "Select" and df.options:
        first, *others = [option.strip() for option in df.options.split("\n")]
        df.options = "\n".join([first, *filter(None, others)])
    if df.fetch_from and df.fetch_from.split(".")[0] == df.fieldname:
        frappe.throw(_("Fetch From of {0} cannot refer to the field itself").format(frappe.bold(df.label)))


def check_default(df) -> None:
    if df.fieldtype == "Check" and cint(df.default) not in (0, 1):
        frappe.throw(
            _("Default for 'Check' type of field {0} must be either '0' or '1'").format(frappe.bold(df.fieldname))
        )
    if df.fieldtype == "Select" and df.default and df.default not in (df.options or "").split("\n"):
        frappe.throw(_("Default value for {0} must be in the list of options.").format(frappe.bold(df.fieldname)))


def check_references(meta, names: list[str]) -> None:
    """Title, search, sort and image field are fields of the DocType."""
    if meta.title_field and meta.title_field not in names:
        frappe.throw(_("Title field must be a valid fieldname"), InvalidFieldNameError)
    for name in filter(None, cstr(meta.search_fields).split(",")):
        if name.strip() not in names:
            frappe.throw(_("Search field {0} is not valid").format(name.strip()))
    known = [*names, *default_fields, *child_table_fields]
    for part in filter(None, cstr(meta.sort_field).split(",")):
        if part.split()[0].strip("`") not in known:
            frappe.throw(_("Sort field {0} must be a valid fieldname").format(part), InvalidFieldNameError)
    if meta.image_field and meta.image_field not in names:
        frappe.throw(_("Image field must be a valid fieldname"), InvalidFieldNameError)


def check_permissions(doctype) -> None:
    """Rules name a right, stand once, and have a level 0; nobody but at level 0 creates or submits."""
    rows = doctype.permissions
    for row in rows:
        where = f"{row.role}, {_('Level')} {cint(row.permlevel)}"
        if not any(row.get(right) for right in ("select", "read", "write", "submit", "cancel", "create")):
            frappe.throw(_("{0}: No basic permissions set").format(where))
        twins = [r for r in rows if (r.role, cint(r.permlevel), cint(r.if_owner)) ==
                 (row.role, cint(row.permlevel), cint(row.if_owner))]  # fmt: skip
        if len(twins) > 1:
            frappe.throw(_("{0}: Only one rule allowed with the same Role, Level and {1}").format(where, _("If Owner")))
        if cint(row.permlevel) and row.role not in ("All", "Desk User"):
            if not any(r.role == row.role and not cint(r.permlevel) for r in rows):
                frappe.throw(_("{0}: Permission at level 0 must be set before higher levels are set").format(where))
            for right in ("create", "submit", "cancel", "amend"):
                row.set(right, 0)


def _without_texts(code: str) -> str:
    return re.sub(r"'[^']*'|\"[^\"]*\"", "", code)
