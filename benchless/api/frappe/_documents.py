"""Documents and lists by name: get_doc and its relatives."""


from frappe._cache import cache
from frappe._context import local
from frappe.exceptions import DoesNotExistError
from frappe.types import _dict


def get_doc(*args, **kwargs):
    """A document from the database (`doctype, name`) or a new one (a dict, or keyword arguments)."""
    from frappe.model.document import get_doc as load

    return load(*args, **kwargs)


def new_doc(doctype: str, *, parent_doc=None, parentfield=None, as_dict=False, **kwargs):
    """A new document with its defaults set."""
    from frappe.model.create_new import get_new_doc

    doc = get_new_doc(doctype, parent_doc, parentfield, as_dict=as_dict)
    return doc.update(kwargs) if kwargs else doc


def get_single(doctype: str):
    return get_doc(doctype, doctype)


def get_last_doc(doctype: str, filters=None, order_by="creation desc", *, for_update=False):
    names = get_all(doctype, filters=filters, limit_page_length=1, order_by=order_by, pluck="name")
    if not names:
        raise DoesNotExistError
    return get_doc(doctype, names[0], for_update=for_update)


def get_meta(doctype, cached=True):
    from frappe.model.meta import get_meta as load

    return load(doctype, cached=cached)


# cached documents


def get_document_cache_key(doctype: str, name) -> str:
    return f"document_cache::{doctype}::{name}"


def get_cached_doc(doctype: str, name=None):
    """A document as last committed by any process, or as this transaction made it; not for changing."""
    name = name or doctype
    key = get_document_cache_key(doctype, name)
    if key in local.document_cache:
        return local.document_cache[key]
    data = cache.get_value(key)
    if data is not None:
        doc = data
    else:
        doc = get_doc(doctype, name)
        cache.keep_value(key, doc)
    local.document_cache[key] = doc
    return doc


def get_cached_value(doctype: str, name, fieldname="name", as_dict=False):
    """Values of a cached document; None where the document does not exist."""
    if not name:
        return None
    try:
        doc = get_cached_doc(doctype, name)
    except DoesNotExistError:
        from frappe._messages import clear_last_message

        clear_last_message()
        return None
    if isinstance(fieldname, str):
        if as_dict:
            return _dict({fieldname: doc.get(fieldname)})
        return doc.get(fieldname)
    values = [doc.get(name) for name in fieldname]
    return _dict(zip(fieldname, values, strict=True)) if as_dict else values


def clear_document_cache(doctype: str, name=None) -> None:
    """Forget a document (or all of a DocType), in every process."""
    local.db.value_cache.pop(doctype, None)
    if name is None:
        prefix = get_document_cache_key(doctype, "")
        cache.delete_keys(prefix)
        for key in [k for k in local.document_cache if k.startswith(prefix)]:
            local.document_cache.pop(key, None)
    else:
        key = get_document_cache_key(doctype, name)
        cache.delete_value(key)
        local.document_cache.pop(key, None)
    if doctype == "System Settings":
        cache.delete_value("system_settings")


def get_system_settings(key: str):
    """A value of System Settings."""
    return get_cached_doc("System Settings").get(key)


# lists


def get_list(doctype: str, *args, **kwargs) -> list:
    """Rows the user may read; see DatabaseQuery.execute for the arguments."""
    from frappe.model.db_query import DatabaseQuery

    user = kwargs.get("user")
    return DatabaseQuery(doctype, user=user).execute(*args, **kwargs)


def get_all(doctype: str, *args, **kwargs) -> list:
    """Rows whatever the user's permissions; no limit unless one is given."""
    kwargs["ignore_permissions"] = True
    if "limit_page_length" not in kwargs:
        kwargs["limit_page_length"] = 0
    return get_list(doctype, *args, **kwargs)


def get_value(*args, **kwargs):
    return local.db.get_value(*args, **kwargs)


def set_value(doctype: str, docname, fieldname, value=None):
    """Set values through the controller and save."""
    import frappe.client

    return frappe.client.set_value(doctype, docname, fieldname, value)


# the rest of a document's life


def delete_doc(*args, **kwargs):
    """Delete a document (or several names) after checking permission, state and links."""
    from frappe.model.delete_doc import delete_doc as delete

    return delete(*args, **kwargs)


def rename_doc(doctype, old, new, force=False, merge=False, *, ignore_if_exists=False, show_alert=True,
               rebuild_search=True, validate=True) -> str:
    """Give a document another name, in every Link to it too."""
    from frappe.model.rename_doc import rename_doc as rename

    return rename(doctype=doctype, old=old, new=new, force=force, merge=merge, validate=validate,
                  ignore_if_exists=ignore_if_exists, show_alert=show_alert)


def copy_doc(doc, ignore_no_copy: bool = True):
    """An unsaved copy: no name, dates or owner, children unsaved too; `no_copy` fields are left out."""
    data = doc.as_dict() if not isinstance(doc, dict) else _dict(doc)
    copied = get_doc(_deepcopy(data))
    copied.set("__islocal", 1)
    copied.set("__unsaved", 1)
    not_copied = ["name", "owner", "creation", "modified", "modified_by"]
    own_only = ["amended_from", "amendment_date", "cancel_reason"]
    if not local.flags.in_test:
        own_only.append("docstatus")
    for field in [*not_copied, *own_only]:
        copied.set(field, None)
    if not ignore_no_copy:
        no_copy = []
    else:
        no_copy = [f.fieldname for f in copied.meta.get("fields", {"no_copy": 1})]
    for field in no_copy:
        copied.set(field, None)
    for child in copied.get_all_children():
        child.set("__islocal", 1)
        for field in not_copied:
            child.set(field, None)
        if ignore_no_copy:
            for df in child.meta.get("fields", {"no_copy": 1}):
                child.set(df.fieldname, None)
    return copied


def _deepcopy(data: dict) -> dict:
    return {
        key: [_deepcopy(item) for item in value]
        if isinstance(value, list) and value and isinstance(value[0], dict)
        else value
        for key, value in data.items()
    }


def import_doc(path: str) -> None:
    """Import the documents of a JSON file (or of every JSON file in a folder)."""
    from frappe.modules.import_file import import_doc_file

    import_doc_file(path)


def reload_doc(module, dt=None, dn=None, force=False, reset_permissions=False):
    """Import a module's JSON again (a DocType, a Report, …)."""
    from frappe.modules import reload_doc as reload

    return reload(module, dt, dn, force=force, reset_permissions=reset_permissions)


def make_property_setter(args, ignore_validate=False, validate_fields_for_doctype=True, is_system_generated=True):
    """Set a property of a field (`doctype` left out: of every DocType that has the field) or of a DocType."""
    args = _dict(args)
    args.doctype_or_field = args.doctype_or_field or "DocField"
    if args.doctype:
        doctypes = [args.doctype]
    else:
        doctypes = get_all("DocField", {"fieldname": args.fieldname}, distinct=True, pluck="parent")
    owner = "DocType" if args.doctype_or_field == "DocType" else "DocField"
    df = get_meta(owner).get_field(args.property)
    for doctype in doctypes:
        setter = get_doc(
            {
                "doctype": "Property Setter",
                "doctype_or_field": args.doctype_or_field,
                "doc_type": doctype,
                "field_name": args.fieldname,
                "row_name": args.row_name,
                "property": args.property,
                "value": args.value,
                "property_type": args.property_type or (df.fieldtype if df else "Data"),
                "is_system_generated": is_system_generated,
            }
        )
        setter.flags.ignore_permissions = True
        setter.flags.ignore_validate = ignore_validate
        setter.flags.validate_fields_for_doctype = validate_fields_for_doctype
        setter.insert()
