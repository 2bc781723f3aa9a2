"""Documents over the wire: what Frappe's clients call under frappe.client."""

import json

import frappe
from frappe import _
from frappe.desk.reportview import validate_args
from frappe.model import get_permitted_fields
from frappe.utils import get_safe_filters

# what the framework keeps of a document; set_value must not touch it
STANDARD_FIELDS = (
    "doctype", "name", "owner", "creation", "modified", "modified_by", "docstatus", "idx",
    "parent", "parentfield", "parenttype",
)  # fmt: skip
MOST_INSERTS = 200


def _check_parent(parent: str | None, doctype: str) -> None:
    """Rows of a child table are read by those who may read the parent DocType."""
    if not frappe.is_table(doctype):
        return
    if not parent:
        frappe.throw(_("Parent is required to get child table data"), frappe.PermissionError)
    if not any(df.options == doctype for df in frappe.get_meta(parent).get_table_fields()):
        frappe.throw(_("{0} is not a child table of {1}").format(doctype, parent), frappe.PermissionError)
    frappe.has_permission(parent, "read", throw=True)


@frappe.whitelist()
def get_list(
    doctype,
    fields=None,
    filters=None,
    group_by=None,
    order_by=None,
    limit_start=None,
    limit_page_length=20,
    parent=None,
    debug: bool = False,
    as_dict: bool = True,
    or_filters=None,
):
    """Rows that the user may read."""
    _check_parent(parent, doctype)
    args = frappe._dict(doctype=doctype, fields=fields, filters=filters, or_filters=or_filters)
    return frappe.get_list(
        **validate_args(args),
        group_by=group_by,
        order_by=order_by,
        limit_start=limit_start,
        limit_page_length=limit_page_length,
        parent_doctype=parent,
        as_list=not as_dict,
    )


@frappe.whitelist()
def get_count(doctype, filters=None, debug=False, cache=False) -> int:
    """How many documents of those that the user may read match."""
    rows = frappe.get_list(
        doctype,
        filters=get_safe_filters(filters),
        fields=[f"count(distinct `tab{doctype}`.`name`) as total"],
        limit_page_length=1,
        order_by=None,
    )
    return rows[0].total if rows else 0


@frappe.whitelist()
def get(doctype, name=None, filters=None, parent=None):
    """One document by name or filters (a Single by its DocType)."""
    _check_parent(parent, doctype)
    if name:
        doc = frappe.get_doc(doctype, name)
    elif filters or filters == {}:
        doc = frappe.get_doc(doctype, frappe.parse_json(filters))
    else:
        doc = frappe.get_doc(doctype)
    doc.check_permission()
    doc.apply_fieldlevel_read_permissions()
    return doc.as_dict()


@frappe.whitelist()
def get_value(doctype, fieldname, filters=None, as_dict=True, debug=False, parent=None):
    """Values of the first document that matches and that the user may read."""
    _check_parent(parent, doctype)
    if not parent and not frappe.has_permission(doctype):
        frappe.throw(_("No permission for {0}").format(_(doctype)), frappe.PermissionError)

    filters = get_safe_filters(filters)
    if isinstance(filters, str):
        filters = {"name": filters}
    try:
        fields = frappe.parse_json(fieldname)
    except (TypeError, ValueError):
        fields = fieldname
    if not isinstance(fields, (str, list, tuple)):
        fields = fieldname  # a column may be called 1 or null
    fields = [fields] if isinstance(fields, str) else list(fields)

    if frappe.get_meta(doctype).issingle:
        doc = frappe.get_doc(doctype)
        doc.apply_fieldlevel_read_permissions()
        rows = [{field: doc.get(field) for field in fields}]
        rows = rows if as_dict else [tuple(rows[0].values())]
    else:
        rows = get_list(
            doctype,
            filters=filters or None,
            fields=fields,
            limit_page_length=1,
            parent=parent,
            as_dict=as_dict,
        )
    if as_dict:
        return rows[0] if rows else {}
    if not rows:
        return None
    return rows[0] if len(fields) > 1 else rows[0][0]


@frappe.whitelist()
def get_single_value(doctype, field):
    """One value of a Single."""
    if not frappe.has_permission(doctype):
        frappe.throw(_("No permission for {0}").format(_(doctype)), frappe.PermissionError)
    if frappe.get_meta(doctype).has_field(field) and field not in get_permitted_fields(doctype):
        return None
    return frappe.db.get_single_value(doctype, field)


@frappe.whitelist(methods=["POST", "PUT"])
def set_value(doctype, name, fieldname, value=None):
    """Set one value (or several: a dict, or JSON) through the controller, and save."""
    if fieldname in STANDARD_FIELDS:
        frappe.throw(_("Cannot edit standard fields"))
    if value is None or value == "":
        values = fieldname
        if isinstance(fieldname, str):
            try:
                values = json.loads(fieldname)
            except ValueError:
                values = {fieldname: ""}
    else:
        values = {fieldname: value}

    if not frappe.get_meta(doctype).istable:
        doc = frappe.get_doc(doctype, name)
        doc.update(values)
    else:
        row = frappe.db.get_value(doctype, name, ["parenttype", "parent", "parentfield"], as_dict=True)
        doc = frappe.get_doc(row.parenttype, row.parent)
        child = next(d for d in doc.get(row.parentfield) if d.name == name)
        child.update(values)
    doc.save()
    return doc.readable_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def insert(doc=None):
    """Insert a document, or a row into a document's table."""
    return _insert(_sent(doc)).readable_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def insert_many(docs=None) -> list:
    """Insert several documents; the names."""
    docs = frappe.parse_json(docs)
    if len(docs) > MOST_INSERTS:
        frappe.throw(_("Only 200 inserts allowed in one request"))
    return [_insert(doc).name for doc in docs]


def _sent(doc) -> dict:
    """A document as it was sent, JSON or not; ValidationError where it is none."""
    try:
        doc = frappe.parse_json(doc)
    except (ValueError, RecursionError):
        doc = None
    if not isinstance(doc, dict) or not doc.get("doctype") or not isinstance(doc["doctype"], str):
        frappe.throw(_("Invalid request arguments"))
    return doc


def _insert(doc):
    doc = frappe._dict(_sent(doc))
    if not frappe.is_table(doc.doctype):
        return frappe.get_doc(doc).insert()
    if not (doc.parenttype and doc.parent and doc.parentfield):
        frappe.throw(_("Parenttype, Parent and Parentfield are required to insert a child record"))
    parent = frappe.get_doc(doc.parenttype, doc.parent)
    parent.append(doc.parentfield, doc)
    parent.save()
    return parent


@frappe.whitelist(methods=["POST", "PUT"])
def save(doc):
    """Save a document that exists."""
    doc = frappe.get_doc(_sent(doc))
    doc.save()
    return doc.readable_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def rename_doc(doctype, old_name, new_name, merge=False):
    """Give a document another name."""
    new_name = frappe.rename_doc(doctype, old_name, new_name, merge=merge)
    frappe.msgprint(
        _("Document renamed from {0} to {1}").format(frappe.bold(old_name), frappe.bold(new_name)),
        alert=True,
        indicator="green",
    )
    return new_name


@frappe.whitelist(methods=["POST", "PUT"])
def submit(doc):
    """Submit a document."""
    doc = frappe.get_doc(_sent(doc))
    doc.submit()
    return doc.readable_dict()


@frappe.whitelist(methods=["POST", "PUT"])
def cancel(doctype, name):
    """Cancel a document."""
    doc = frappe.get_doc(doctype, name)
    doc.cancel()
    return doc.readable_dict()


@frappe.whitelist(methods=["DELETE", "POST"])
def delete(doctype, name):
    """Delete a document, or a row of a document's table."""
    if not frappe.is_table(doctype):
        frappe.delete_doc(doctype, name, ignore_missing=False)
        return
    row = frappe.db.get_value(doctype, name, ["parenttype", "parent", "parentfield"], as_dict=True)
    if not row:
        raise frappe.DoesNotExistError
    parent = frappe.get_doc(row.parenttype, row.parent)
    parent.set(row.parentfield, [d for d in parent.get(row.parentfield) if d.name != name])
    parent.save()


@frappe.whitelist(methods=["POST", "PUT"])
def bulk_update(docs) -> dict:
    """Save several documents; those that fail are named with the reason, the others stay saved."""
    failed = []
    for doc in frappe.parse_json(docs):
        frappe.db.savepoint("bulk_update")
        try:
            existing = frappe.get_doc(doc["doctype"], doc["docname"])
            existing.update({key: value for key, value in doc.items() if key not in ("doctype", "docname")})
            existing.save()
        except Exception as error:
            frappe.db.rollback(save_point="bulk_update")
            failed.append({"doc": doc, "exc": str(error)})
    return {"failed_docs": failed}


@frappe.whitelist()
def has_permission(doctype, docname, perm_type="read") -> dict:
    """Whether the user has a right on a document."""
    return {"has_permission": bool(frappe.has_permission(doctype, perm_type.lower(), docname))}


@frappe.whitelist()
def get_doc_permissions(doctype, docname) -> dict:
    """All rights of the user on a document."""
    from frappe.permissions import get_doc_permissions as rights_of

    return {"permissions": rights_of(frappe.get_doc(doctype, docname))}


@frappe.whitelist()
def validate_link(doctype: str, docname: str, fields=None) -> dict:
    """{"name"} (and fields) of a linked document that exists and that the user may choose."""
    if not isinstance(doctype, str) or not isinstance(docname, str):
        frappe.throw(_("DocType and document name must be strings"))
    if not any(frappe.has_permission(doctype, ptype) for ptype in ("select", "read")):
        frappe.throw(
            _("You do not have Read or Select Permissions for {}").format(frappe.bold(doctype)),
            frappe.PermissionError,
        )
    name = frappe.db.get_value(doctype, docname, "name")
    values = frappe._dict(name=name)
    wanted = frappe.parse_json(fields) or []
    if name and wanted:
        values.update(get_value(doctype, wanted, docname) or {})
    return values


@frappe.whitelist(methods=["POST", "PUT"])
def attach_file(
    filename=None,
    filedata=None,
    doctype=None,
    docname=None,
    folder=None,
    decode_base64=False,
    is_private=None,
    docfield=None,
):
    """Attach a file to a document that the user may write."""
    doc = frappe.get_doc(doctype, docname)
    doc.check_permission("write")
    file = frappe.get_doc(
        {
            "doctype": "File",
            "file_name": filename,
            "attached_to_doctype": doctype,
            "attached_to_name": docname,
            "attached_to_field": docfield,
            "folder": folder,
            "is_private": frappe.utils.cint(is_private),
            "content": filedata,
            "decode": decode_base64,
        }
    ).save()
    if docfield:
        doc.set(docfield, file.file_url)
        doc.save()
    return file


@frappe.whitelist()
def is_document_amended(doctype, docname):
    """The name of the document that amends this one, or None."""
    if not frappe.get_meta(doctype).get_field("amended_from"):
        return None
    return frappe.db.exists(doctype, {"amended_from": docname})
