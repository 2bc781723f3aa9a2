"""What a tree view asks: the nodes below one, all of them, and a new one."""

import frappe
from frappe import _
from frappe.utils import sbool


def _parent_field(doctype: str) -> str:
    return frappe.get_meta(doctype).nsm_parent_field or f"parent_{frappe.scrub(doctype)}"


@frappe.whitelist()
def get_children(doctype: str, parent: str = "", **filters) -> list:
    """[{"value", "title", "expandable"}] of the nodes right below one (of the roots, for "")."""
    meta = frappe.get_meta(doctype)
    title = meta.title_field or "name"
    expandable = "is_group" if meta.has_field("is_group") else "1"
    under = [_parent_field(doctype), "=", parent] if parent else [_parent_field(doctype), "is", "not set"]
    return frappe.get_list(
        doctype,
        fields=["name as value", f"{title} as title", f"{expandable} as expandable"],
        filters=[under, ["docstatus", "<", 2]],
        order_by="name",
        limit_page_length=0,
    )


@frappe.whitelist()
def get_all_nodes(doctype: str, label: str, parent: str, tree_method: str, **filters) -> list[dict]:
    """[{"parent", "data"}] of a node and of everything below it, by a whitelisted method like get_children."""
    for name in ("cmd", "data"):
        filters.pop(name, None)
    method = frappe.get_attr(tree_method)
    frappe.is_whitelisted(method)
    rows = method(doctype, parent, **filters)
    filters.pop("is_root", None)
    found, waiting = [{"parent": label, "data": rows}], [row.get("value") for row in rows if row.get("expandable")]
    seen = set(waiting)
    while waiting:
        node = waiting.pop()
        rows = method(doctype, node, is_root=False, **filters)
        found.append({"parent": node, "data": rows})
        below = [row.get("value") for row in rows if row.get("expandable") and row.get("value") not in seen]
        seen.update(below)
        waiting.extend(below)
    return found


@frappe.whitelist(methods=["POST", "PUT"])
def add_node() -> None:
    """Insert a node from the request's arguments: doctype, parent, is_root and the node's own fields."""
    values = {key: value for key, value in frappe.form_dict.items() if key not in ("cmd", "is_root", "parent")}
    doctype = values.get("doctype") or ""
    if not frappe.db.exists("DocType", doctype):
        frappe.throw(_("DocType {0} not found").format(doctype), frappe.DoesNotExistError)
    field = _parent_field(doctype)
    if not sbool(frappe.form_dict.get("is_root")):
        values[field] = frappe.form_dict.get("parent") or values.get(field)
    frappe.get_doc(values).save()
