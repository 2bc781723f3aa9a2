"""JSON files of apps into the database: DocTypes when their content changed, other documents when `modified` did."""

import hashlib
import json
import os

import frappe
from frappe.model.meta import DOCTYPE_TABLES, DOCTYPES_FOR_DOCTYPE
from frappe.utils import get_datetime, now


def import_file(module: str, dt: str, dn: str, force=False, reset_permissions=False) -> bool:
    """Import one document of a module folder."""
    return import_file_by_path(get_file_path(module, dt, dn), force=force, reset_permissions=reset_permissions)


def get_file_path(module: str, dt: str, dn: str) -> str:
    dt, dn = frappe.scrub(dt), frappe.scrub(dn)
    return os.path.join(frappe.get_module_path(module), dt, dn, f"{dn}.json")


def import_file_by_path(
    path: str,
    force: bool = False,
    data_import: bool = False,
    pre_process=None,
    ignore_version: bool | None = None,
    reset_permissions: bool = False,
) -> bool:
    """Import the documents of a file that differ from what is stored; True when any was."""
    text = frappe.read_file(path)
    if text is None:
        return False
    docs = json.loads(text)
    changed = False
    for doc in docs if isinstance(docs, list) else [docs]:
        if doc["doctype"] == "DocType":
            changed |= import_doctype(doc, force=force)
            continue
        name = doc.get("name") or (doc["doctype"] if frappe.get_meta(doc["doctype"]).issingle else None)
        if not force and name and not is_newer(doc, name):
            continue
        import_doc(doc, data_import=data_import, pre_process=pre_process, ignore_version=ignore_version, path=path)
        changed = True
    return changed


def is_newer(doc: dict, name: str) -> bool:
    """Whether a file's document was modified otherwise than the stored one."""
    stored = frappe.db.get_value(doc["doctype"], name, "modified")
    if not stored or not doc.get("modified"):
        return True
    return get_datetime(doc["modified"]) != get_datetime(stored)


def import_doc(docdict: dict, data_import=False, pre_process=None, ignore_version=None, path=None):
    """Insert a document as it stands in a file, in place of the stored one; Links are not checked."""
    previous = frappe.flags.in_import
    frappe.flags.in_import = True
    try:
        original_modified = docdict.get("modified")
        docdict["__islocal"] = 1
        doc = frappe.get_doc(docdict)
        for fieldname in ("lft", "rgt"):
            if doc.meta.is_nested_set():
                doc.set(fieldname, None)
        doc.run_method("before_import")
        doc.flags.ignore_version = ignore_version
        if pre_process:
            pre_process(doc)
        if doc.name and not doc.meta.issingle and frappe.db.exists(doc.doctype, doc.name):
            frappe.delete_doc(
                doc.doctype, doc.name, force=1, for_reload=True, ignore_permissions=True, delete_permanently=True
            )
        doc.flags.ignore_links = True
        if not data_import:
            doc.flags.ignore_validate = True
            doc.flags.ignore_permissions = True
            doc.flags.ignore_mandatory = True
        doc.insert()
    finally:
        frappe.flags.in_import = previous
    if original_modified and not doc.meta.issingle:
        frappe.db.set_value(doc.doctype, doc.name, "modified", original_modified, update_modified=False)
    return doc


def import_doc_file(path: str) -> None:
    """A fixture file, or a folder of them: every document replaces the stored one."""
    paths = [path]
    if os.path.isdir(path):
        paths = [os.path.join(path, name) for name in sorted(os.listdir(path)) if name.endswith(".json")]
    for one in paths:
        import_file_by_path(one, data_import=True, force=True, reset_permissions=True)


# DocTypes


def import_doctype(definition: dict, force=False) -> bool:
    """Store a DocType's definition when it changed, and bring its table up to it."""
    name = definition["name"]
    content = hashlib.md5(
        json.dumps(definition, sort_keys=True).encode(), usedforsecurity=False
    ).hexdigest()
    stored = frappe.db.sql("select `migration_hash` from `tabDocType` where `name`=%s", (name,), pluck=True)
    if stored and stored[0] == content and not force:
        return False
    # Changing tables commits: only when the table is there does the definition count as taken over.
    store_definition(definition, "")
    frappe.clear_cache(doctype=name)
    from benchless.schema import sync_table

    sync_table(name)
    run_on_doctype_update(name, definition.get("module"))
    frappe.db.sql("update `tabDocType` set `migration_hash`=%s where `name`=%s", (content, name))
    return True


def store_definition(definition: dict, content_hash: str) -> None:
    """Write a definition's rows, in place of those stored."""
    name = definition["name"]
    frappe.db.sql("delete from `tabDocType` where `name`=%s", (name,))
    for table in DOCTYPE_TABLES.values():
        frappe.db.sql(f"delete from `tab{table}` where `parent`=%s and `parenttype`='DocType'", (name,))
    moment = now()
    base = {"creation": moment, "modified": moment, "owner": "Administrator", "modified_by": "Administrator"}
    own = {key: value for key, value in definition.items() if key not in DOCTYPE_TABLES}
    _write_rows("DocType", [{**base, **own, "migration_hash": content_hash}])
    for key, table in DOCTYPE_TABLES.items():
        rows = [
            {
                **base,
                **row,
                "name": frappe.generate_hash(length=10),
                "parent": name,
                "parenttype": "DocType",
                "parentfield": key,
                "idx": index + 1,
            }
            for index, row in enumerate(definition.get(key) or [])
        ]
        _write_rows(table, rows)


def _write_rows(doctype: str, rows: list[dict]) -> None:
    if not rows:
        return
    columns = frappe.db.get_table_columns(doctype)
    meta = frappe.get_meta(doctype)
    numeric = {df.fieldname for df in meta.fields if df.fieldtype in ("Check", "Int")} | {"idx", "docstatus"}

    def values(row):
        return [int(row.get(c) or 0) if c in numeric else row.get(c) for c in columns]

    frappe.db.bulk_insert(doctype, columns, [values(row) for row in rows])


def run_on_doctype_update(doctype: str, module: str | None) -> None:
    """A DocType's module may add indexes of its own in on_doctype_update()."""
    if doctype in DOCTYPES_FOR_DOCTYPE or not module:
        return
    from frappe.model.base_document import is_host_doctype
    from frappe.modules import load_doctype_module

    try:
        code = load_doctype_module(doctype, module)
    except ImportError:
        if is_host_doctype(doctype):
            return
        raise
    if hasattr(code, "on_doctype_update"):
        code.on_doctype_update()
