"""New documents with their defaults."""

import copy

import frappe
import frappe.defaults
from frappe.model import data_fieldtypes
from frappe.utils import cstr, now_datetime, nowdate, nowtime


def get_new_doc(doctype, parent_doc=None, parentfield=None, as_dict=False):
    """A new document (or its values) with static, user's and dynamic defaults."""
    templates = frappe.local.new_doc_templates
    if doctype not in templates:
        templates[doctype] = make_new_doc(doctype)
    doc = copy.deepcopy(templates[doctype])
    set_dynamic_default_values(doc, parent_doc, parentfield)
    return doc if as_dict else frappe.get_doc(doc)


def make_new_doc(doctype):
    doc = frappe.get_doc({"doctype": doctype, "__islocal": 1, "owner": frappe.session.user, "docstatus": 0})
    set_user_and_static_default_values(doc)
    doc._fix_numeric_types()
    values = doc.get_valid_dict(sanitize=False, ignore_virtual=True)
    values["doctype"] = doctype
    values["__islocal"] = 1
    if not doc.meta.issingle:
        values["__unsaved"] = 1
    return values


def set_user_and_static_default_values(doc) -> None:
    from frappe.permissions import filter_allowed_docs_for_doctype, get_user_permissions

    user_permissions = get_user_permissions(frappe.session.user)
    defaults = frappe.defaults.get_defaults()
    for df in doc.meta.fields:
        if df.fieldtype not in data_fieldtypes:
            continue
        restrictions = user_permissions.get(df.options, [])
        allowed, default_doc = filter_allowed_docs_for_doctype(restrictions, df.parent, with_default_doc=True)
        own = _user_default(df, defaults, restrictions, allowed, default_doc)
        if own is not None:
            if df.fieldtype != "Link" or frappe.db.exists(df.options, own):
                doc.set(df.fieldname, own)
        elif df.fieldname != doc.meta.title_field:
            static = _static_default(df, restrictions, allowed)
            if static is not None:
                doc.set(df.fieldname, static)


def _user_default(df, defaults, restrictions, allowed, default_doc):
    """For Links: the user permission marked default, else the user's default value if permitted."""
    if df.fieldtype != "Link" or df.options == "User":
        return None
    if not df.ignore_user_permissions and default_doc:
        return default_doc
    value = defaults.get(df.fieldname)
    if value and _is_permitted(df, restrictions, allowed, value):
        return value
    return None


def _static_default(df, restrictions, allowed):
    if df.default:
        if df.default == "__user":
            return frappe.session.user
        if df.default == "Today":
            return nowdate()
        if not cstr(df.default).startswith(":"):
            if df.fieldtype != "Link" or df.options == "User" or _is_permitted(df, restrictions, allowed, df.default):
                return df.default
    elif df.fieldtype == "Select" and df.options and df.options not in ("[Select]", "Loading..."):
        return df.options.split("\n", 1)[0]
    return None


def _is_permitted(df, restrictions, allowed, value) -> bool:
    if df.fieldtype == "Link" and not df.ignore_user_permissions and restrictions and allowed:
        return value in allowed
    return True


def set_dynamic_default_values(doc, parent_doc, parentfield) -> None:
    """Defaults that depend on the moment or on the parent."""
    for df in frappe.get_meta(doc["doctype"]).fields:
        default = cstr(df.default)
        if default.startswith(":"):
            value = _default_of_other(df, parent_doc)
            if value is not None and not doc.get(df.fieldname):
                doc[df.fieldname] = value
        elif df.fieldtype == "Datetime" and default.lower() == "now":
            doc[df.fieldname] = now_datetime()
        if df.fieldtype == "Time":
            doc[df.fieldname] = nowtime()
    if parent_doc:
        doc["parent"] = parent_doc.name
        doc["parenttype"] = parent_doc.doctype
    if parentfield:
        doc["parentfield"] = parentfield


def _default_of_other(df, parent_doc):
    """`:Company`: the value of this field on the document the user (or parent) has for that DocType."""
    doctype = df.default[1:]
    fieldname = frappe.scrub(doctype)
    name = parent_doc.get(fieldname) if parent_doc else frappe.db.get_default(fieldname)
    return frappe.db.get_value(doctype, name, df.fieldname) if name else None
