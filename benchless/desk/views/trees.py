"""The documents of a tree DocType as a tree: opened branch by branch; nodes added, renamed, moved."""

import frappe
from django.contrib import messages as flash
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from frappe import _
from frappe.utils import cint, cstr

from benchless.desk import messages
from benchless.desk.indicators import indicator
from benchless.desk.render import page
from benchless.desk.views.lists import check_doctype, views_of

MOST = 500  # children of one node; more than this nobody reads as a tree


class Tree:
    """A tree DocType under the session user's rights."""

    def __init__(self, doctype: str):
        check_doctype(doctype)
        self.meta = frappe.get_meta(doctype)
        if not cint(self.meta.get("is_tree")):
            raise frappe.DoesNotExistError(_("{0} is not a tree").format(_(doctype)))
        self.doctype = doctype
        frappe.has_permission(doctype, "read", throw=True)
        self.parent_field = self.meta.get("nsm_parent_field") or "parent_" + frappe.scrub(doctype)
        self.title_field = self.meta.get_title_field()

    def children(self, parent: str) -> list[dict]:
        """The nodes below one (below none: those whose parent the user may not see, or that have none)."""
        extra = [f for f in ("is_group", "status", "disabled", "enabled") if self.meta.has_field(f)]
        fields = list(dict.fromkeys(["name", "docstatus", "lft", "rgt", self.title_field, self.parent_field, *extra]))
        below = [[self.doctype, self.parent_field, "=", parent]] if parent else []
        rows = frappe.get_list(
            self.doctype, fields=fields, filters=below or self.roots(), order_by="lft asc", limit_page_length=MOST
        )
        return [self.node(row) for row in rows]

    def roots(self) -> list:
        """Conditions of the topmost nodes: without a parent, else the shallowest that the user may see."""
        top = [[self.doctype, self.parent_field, "is", "not set"]]
        if frappe.get_list(self.doctype, filters=top, limit_page_length=1):
            return top
        visible = frappe.get_list(self.doctype, fields=["name", "lft", "rgt"], order_by="lft asc", limit_page_length=0)
        names, end = [], 0
        for row in visible:
            if row.rgt > end:
                names.append(row.name)
                end = row.rgt
        return [[self.doctype, "name", "in", names]]

    def node(self, row) -> dict:
        title = cstr(row.get(self.title_field)) or row.name
        return {
            "name": row.name,
            "title": title,
            "id": row.name if title != row.name else "",
            "link": reverse("admin:form", args=[self.doctype, row.name]),
            "opens": cint(row.rgt) - cint(row.lft) > 1,
            "group": cint(row.get("is_group", 1)),
            "indicator": indicator(self.doctype, row) if row.get("status") else None,
            "inside": [],
        }

    def down_to(self, name: str) -> list[dict]:
        """The topmost nodes with every branch open on the way to one node."""
        way = []
        while name and name not in way:
            way.append(name)
            name = frappe.db.get_value(self.doctype, name, self.parent_field)
        nodes = top = self.children("")
        for step in reversed(way):
            found = next((node for node in nodes if node["name"] == step), None)
            if found is None:
                continue
            found["inside"] = nodes = self.children(step) if found["opens"] else []
        return top

    def rights(self) -> dict:
        may_write = bool(frappe.has_permission(self.doctype, "write"))
        return {
            "may_create": bool(frappe.has_permission(self.doctype, "create")),
            "may_rename": may_write and bool(cint(self.meta.allow_rename)),
            "may_move": may_write and not cint(self.meta.get_field(self.parent_field).read_only),
        }


def tree(request, doctype: str):
    """The page; ?node= opens the way to a node (also how it works without script)."""
    shown = Tree(doctype)
    if request.method == "POST":
        return change(request, shown)
    wanted = request.GET.get("node") or ""
    context = {
        "doctype": doctype,
        "nodes": shown.down_to(wanted) if wanted else shown.children(""),
        "wanted": wanted,
        "parent_field": shown.parent_field,
        "views": views_of(doctype, "tree", []),
        **shown.rights(),
    }
    return page(request, "desk/tree.html", _(doctype), context, [])


def nodes(request, doctype: str):
    """The branch below ?parent=, as the script puts it into the page."""
    shown = Tree(doctype)
    context = {"doctype": doctype, "nodes": shown.children(request.GET.get("parent") or ""), **shown.rights()}
    return render(request, "desk/tree_nodes.html", context)


def change(request, shown: Tree):
    """Rename a node, or move it below another; the document's own rules decide."""
    name, action = request.POST.get("name") or "", request.POST.get("_action")
    doc = frappe.get_doc(shown.doctype, name)
    doc.check_permission("write")
    try:
        if action == "rename":
            name = frappe.rename_doc(shown.doctype, name, (request.POST.get("new_name") or "").strip())
        elif action == "move":
            doc.set(shown.parent_field, request.POST.get("new_parent") or None)
            doc.save()
        else:
            frappe.throw(_("Unknown action"))
        flash.success(request, _("Saved"))
    except frappe.ValidationError as error:
        frappe.db.rollback()
        request.frappe_failed = True
        for item in messages.of_error(error):
            flash.error(request, messages.as_text(item))
        messages.forget()
    return HttpResponseRedirect(reverse("admin:tree", args=[shown.doctype]) + f"?node={name}")
