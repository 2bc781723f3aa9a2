"""What is linked with a document: the submitted ones behind it, cancelled together, and all that one may read."""

import frappe
from frappe import _
from frappe.model.delete_doc import get_dynamic_link_fields, get_link_fields
from frappe.utils import cint


@frappe.whitelist()
def get_submitted_linked_docs(doctype: str, name: str, ignore_doctypes_on_cancel_all=None) -> dict:
    """{"docs": [{"doctype", "name", "docstatus"}], "count"} of the submitted documents that point to this one,
    and to those, and so on: what has to be cancelled before it."""
    frappe.has_permission(doctype, doc=name, throw=True)
    ignored = set(frappe.parse_json(ignore_doctypes_on_cancel_all) or ())
    exempted = set(frappe.get_hooks("auto_cancel_exempted_doctypes"))
    found, waiting = {(doctype, name): None}, [(doctype, name)]
    while waiting:
        target = waiting.pop(0)
        if target[0] in ignored:
            continue
        for holder in _submitted_holders(*target):
            if holder not in found and holder[0] not in exempted:
                found[holder] = None
                waiting.append(holder)
    docs = [{"doctype": dt, "name": dn, "docstatus": 1} for dt, dn in list(found)[1:]]
    return {"docs": docs, "count": len(docs)}


def _submitted_holders(doctype: str, name: str):
    """(DocType, name) of every submitted document with a Link or Dynamic Link (also in a row) to this one."""
    for link, condition, values in _references(doctype, name):
        meta = frappe.get_meta(link.parent)
        if link.issingle or link.fieldname == "amended_from" or not (meta.istable or meta.is_submittable):
            continue
        columns = "`parenttype`, `parent`" if meta.istable else "%s, `name`"
        values = values if meta.istable else [link.parent, *values]
        for holder in frappe.db.sql(
            f"select distinct {columns} from `tab{link.parent}` where {condition} and `docstatus` = 1", values
        ):
            if frappe.get_meta(holder[0]).is_submittable:
                yield tuple(holder)


def _references(doctype: str, name: str):
    """Each field that may point to a document, with its condition in SQL."""
    for link in get_link_fields(doctype):
        yield link, f"`{link.fieldname}` = %s", [name]
    for link in get_dynamic_link_fields():
        yield link, f"`{link.options}` = %s and `{link.fieldname}` = %s", [doctype, name]


@frappe.whitelist()
def cancel_all_linked_docs(docs, ignore_doctypes_on_cancel_all=None) -> None:
    """Cancel the submitted documents among those listed, in their order."""
    docs = frappe.parse_json(docs)
    ignored = set(frappe.parse_json(ignore_doctypes_on_cancel_all) or ())
    ignored.update(frappe.get_hooks("auto_cancel_exempted_doctypes"))
    for number, doc in enumerate(docs, start=1):
        doctype = doc["doctype"]
        if doctype not in ignored and frappe.get_meta(doctype).is_submittable and cint(doc.get("docstatus")) == 1:
            frappe.get_doc(doctype, doc["name"]).cancel()
        frappe.publish_progress(percent=number / len(docs) * 100, title=_("Cancelling documents"))


@frappe.whitelist()
def get(doctype: str, docname: str) -> dict:
    """{DocType: rows} of the documents that point to one and that the user may read."""
    frappe.has_permission(doctype, doc=docname, throw=True)
    names: dict[str, set] = {}
    for link, condition, values in _references(doctype, docname):
        if link.issingle:
            continue
        meta = frappe.get_meta(link.parent)
        columns = "`parenttype`, `parent`" if meta.istable else "%s, `name`"
        values = values if meta.istable else [link.parent, *values]
        for holder in frappe.db.sql(f"select {columns} from `tab{link.parent}` where {condition}", values):
            if holder[0]:
                names.setdefault(holder[0], set()).add(holder[1])
    found = {}
    for holder, held in names.items():
        if frappe.has_permission(holder, "read"):
            shown = [df.fieldname for df in frappe.get_meta(holder).fields if df.in_list_view]
            rows = frappe.get_list(
                holder, {"name": ("in", list(held))}, [*shown, "name", "modified", "docstatus"], limit_page_length=0
            )
            if rows:
                found[holder] = rows
    return found
