"""Deleting documents, and what stands in the way."""

import frappe
from frappe import _
from frappe.model._customize import has_table
from frappe.model.docstatus import DocStatus
from frappe.model.naming import revert_series_if_last
from frappe.types import _dict
from frappe.utils.password import delete_all_passwords_for


def delete_doc(
    doctype=None,
    name=None,
    force=0,
    ignore_doctypes=None,
    for_reload=False,
    ignore_permissions=False,
    flags=None,
    ignore_on_trash=False,
    ignore_missing=True,
    delete_permanently=False,
):
    """Delete one name or several: permission, state, on_trash, links, row, after_delete, files."""
    names = [name] if isinstance(name, (str, int)) else list(name or [])
    for one in names:
        if frappe.get_meta(doctype).is_virtual:
            frappe.get_doc(doctype, one).delete()
            continue
        if not frappe.db.exists(doctype, one):
            if not ignore_missing:
                raise frappe.DoesNotExistError
            return False
        doc = frappe.get_doc(doctype, one, for_update=True)
        if ignore_permissions:
            doc.flags.ignore_permissions = True
        if flags:
            doc.flags.update(flags)
        if not for_reload:
            check_permission_and_not_submitted(doc)
            if doctype == "DocType" and not (doc.custom or force or frappe.conf.developer_mode):
                frappe.throw(_("Standard DocType can not be deleted."))
            if not ignore_on_trash:
                doc.run_method("on_trash")
                doc.flags.in_delete = True
                doc.run_method("on_change")
            if not force:
                check_links(doc)
        update_naming_series(doc)
        delete_from_table(doctype, one, ignore_doctypes or [], doc)
        if frappe.db.table_exists("__Auth"):
            delete_all_passwords_for(doctype, one)
        doc.run_method("after_delete")
        if not for_reload:
            _delete_what_belongs_to(doc)
            if not delete_permanently:
                keep_deleted(doc)
        doc.clear_cache()
        if doctype == "DocType":
            frappe.clear_cache(doctype=one)


def check_links(doc) -> None:
    try:
        check_if_doc_is_linked(doc)
        check_if_doc_is_dynamically_linked(doc)
    except frappe.LinkExistsError:
        if doc.meta.has_field("enabled") or doc.meta.has_field("disabled"):
            frappe.throw(
                _("You can disable this {0} instead of deleting it.").format(_(doc.doctype)), frappe.LinkExistsError
            )
        raise


def keep_deleted(doc) -> None:
    """Keep a deleted document's values, so that it can be brought back."""
    if doc.doctype in ("Deleted Document", "DocType", "Version", "Error Log") or frappe.flags.in_install:
        return
    frappe.get_doc(
        doctype="Deleted Document",
        deleted_doctype=doc.doctype,
        deleted_name=str(doc.name),
        data=doc.as_json(),
    ).db_insert()


def update_naming_series(doc) -> None:
    """The number of the last document of a series can be given again."""
    autoname = doc.meta.autoname or ""
    if autoname.startswith("naming_series:") and doc.get("naming_series"):
        revert_series_if_last(doc.naming_series, doc.name, doc)
    elif "#" in autoname and autoname.split(":", 1)[0].lower() not in ("prompt", "field", "hash", "format"):
        revert_series_if_last(autoname, doc.name, doc)


def delete_from_table(doctype: str, name, ignore_doctypes, doc) -> None:
    if doc.meta.issingle:
        frappe.db.sql("delete from `tabSingles` where `doctype`=%s", (doctype,))
    else:
        frappe.db.sql(f"delete from `tab{doctype}` where `name`=%s", (name,))
    for child in {df.options for df in doc._get_table_fields()} - set(ignore_doctypes):
        frappe.db.sql(f"delete from `tab{child}` where `parenttype`=%s and `parent`=%s", (doctype, name))


def _delete_what_belongs_to(doc) -> None:
    """Files, comments, versions and the like go with their document."""
    for file in frappe.get_all(
        "File", filters={"attached_to_doctype": doc.doctype, "attached_to_name": doc.name}, pluck="name"
    ):
        frappe.delete_doc("File", file, ignore_permissions=True, delete_permanently=True)
    for table, doctype_column, name_column in (
        ("Comment", "reference_doctype", "reference_name"),
        ("Version", "ref_doctype", "docname"),
        ("ToDo", "reference_type", "reference_name"),
        ("DocShare", "share_doctype", "share_name"),
    ):
        frappe.db.sql(
            f"delete from `tab{table}` where `{doctype_column}`=%s and `{name_column}`=%s", (doc.doctype, doc.name)
        )


def check_permission_and_not_submitted(doc) -> None:
    if not doc.flags.ignore_permissions and frappe.session.user != "Administrator" and not doc.has_permission("delete"):
        frappe.msgprint(
            _("User not allowed to delete {0}: {1}").format(_(doc.doctype), doc.name),
            raise_exception=frappe.PermissionError,
        )
    if doc.meta.is_submittable and doc.docstatus.is_submitted():
        frappe.msgprint(
            _("{0} {1}: Submitted Record cannot be deleted. You must Cancel it first.").format(
                _(doc.doctype), doc.name
            ),
            raise_exception=True,
        )


def get_link_fields(doctype: str) -> list[_dict]:
    """Every Link field (of any DocType) to a DocType."""

    def read():
        found: dict[str, list] = {}
        for row in _fields_of_type("Link"):
            found.setdefault(row.options, []).append(row)
        return found

    return frappe.cache.get_value("link_fields_of", read).get(doctype, [])


def get_dynamic_link_fields() -> list[_dict]:
    """Every Dynamic Link field, with the field that names its DocType."""
    return frappe.cache.get_value("dynamic_link_fields", lambda: _fields_of_type("Dynamic Link"))


def _fields_of_type(fieldtype: str) -> list[_dict]:
    """Stored fields of one type: of the apps' definitions and those added on the site, as the site has them."""
    tables = [("DocField", "parent")]
    if has_table("Custom Field"):
        tables.append(("Custom Field", "dt"))
    rows = []
    for table, column in tables:
        rows += frappe.db.sql(
            f"select f.`{column}` as parent, f.`fieldname`, f.`options`, d.`issingle`, d.`istable` from `tab{table}` f "
            f"join `tabDocType` d on d.`name` = f.`{column}` where f.`fieldtype`=%s and ifnull(f.`is_virtual`, 0)=0 "
            "and ifnull(d.`is_virtual`, 0)=0",
            (fieldtype,),
            as_dict=True,
        )
    if has_table("Property Setter"):
        changed = frappe.db.sql(
            "select `doc_type`, `field_name`, `value` from `tabProperty Setter` where `property`='options' "
            "and `doctype_or_field`='DocField'"
        )
        options = {(doctype, fieldname): value for doctype, fieldname, value in changed}
        for row in rows:
            row.options = options.get((row.parent, row.fieldname), row.options)
    return rows


# What only tells about a document does not keep it from being deleted.
IGNORED_ON_DELETE = frozenset(
    ("Version", "Comment", "File", "Deleted Document", "Error Log", "Email Queue", "DocField", "DocPerm",
     "Custom DocPerm", "ToDo", "DocShare", "Tag Link", "Notification Log", "Workspace")
)


def check_if_doc_is_linked(doc, method="Delete") -> None:
    """LinkExistsError when another document (a submitted one, on cancel) links to this one."""
    ignored = set()
    if method == "Cancel":
        ignored.update(doc.get("ignore_linked_doctypes") or ())
    else:
        ignored.update(frappe.get_hooks("ignore_links_on_delete"), IGNORED_ON_DELETE)
    for link in get_link_fields(doc.doctype):
        if link.parent in ignored or (link.fieldname == "amended_from" and method == "Cancel"):
            continue
        if link.issingle:
            if frappe.db.get_single_value(link.parent, link.fieldname) == doc.name:
                raise_link_exists_exception(doc, link.parent, link.parent)
            continue
        _refuse_if_any(doc, link.parent, f"`{link.fieldname}`=%s", [doc.name], ignored, method)


def check_if_doc_is_dynamically_linked(doc, method="Delete") -> None:
    ignored = set(frappe.get_hooks("ignore_links_on_delete")) | IGNORED_ON_DELETE
    if method == "Cancel":
        ignored |= set(doc.get("ignore_linked_doctypes") or ())
    for link in get_dynamic_link_fields():
        if link.parent in ignored:
            continue
        if link.issingle:
            values = frappe.db.get_singles_dict(link.parent)
            if values.get(link.options) == doc.doctype and values.get(link.fieldname) == doc.name:
                raise_link_exists_exception(doc, link.parent, link.parent)
            continue
        condition = f"`{link.options}`=%s and `{link.fieldname}`=%s"
        if method == "Delete":
            condition += " and `docstatus` != 2"
        _refuse_if_any(doc, link.parent, condition, [doc.doctype, doc.name], ignored, method)


def _refuse_if_any(doc, linked_doctype, condition, values, ignored, method) -> None:
    is_table = frappe.get_meta(linked_doctype).istable
    columns = "`name`, `docstatus`" + (", `parent`, `parenttype`" if is_table else "")
    if not frappe.db.table_exists(linked_doctype):
        return
    for row in frappe.db.sql(f"select {columns} from `tab{linked_doctype}` where {condition}", values, as_dict=True):
        holder_type = row.parenttype if is_table and row.parent else linked_doctype
        holder = row.parent or row.name
        if holder_type in ignored or (method == "Cancel" and not DocStatus(row.docstatus or 0).is_submitted()):
            continue
        if holder_type == doc.doctype and holder == doc.name:
            continue
        raise_link_exists_exception(doc, holder_type, holder)


def raise_link_exists_exception(doc, reference_doctype, reference_docname, row="") -> None:
    frappe.throw(
        _("Cannot delete or cancel because {0} {1} is linked with {2} {3} {4}").format(
            _(doc.doctype),
            frappe.utils.get_link_to_form(doc.doctype, doc.name),
            _(reference_doctype),
            frappe.utils.get_link_to_form(reference_doctype, reference_docname),
            row,
        ),
        frappe.LinkExistsError,
    )
