"""Trees kept as nested sets: a node's lft and rgt enclose those of everything below it."""

import frappe
from frappe import _
from frappe.model.document import Document


class NestedSetRecursionError(frappe.ValidationError):
    pass


class NestedSetChildExistsError(frappe.ValidationError):
    pass


class NestedSetMultipleRootsError(frappe.ValidationError):
    pass


class NestedSetInvalidMergeError(frappe.ValidationError):
    pass


def get_parent_field(doc) -> str:
    return getattr(doc, "nsm_parent_field", None) or doc.meta.nsm_parent_field or f"parent_{frappe.scrub(doc.doctype)}"


def update_nsm(doc) -> None:
    """Put a saved node where its parent field says (called in on_update)."""
    parent_field = get_parent_field(doc)
    parent, old_parent = doc.get(parent_field) or None, doc.get("old_parent") or None
    if not doc.lft and not doc.rgt:
        update_add_node(doc, parent, parent_field)
    elif old_parent != parent:
        update_move_node(doc, parent_field)
    doc.set("old_parent", parent)
    if doc.meta.has_field("old_parent"):
        frappe.db.set_value(doc.doctype, doc.name, "old_parent", parent or "", update_modified=False)
    _forget(doc.doctype)
    bounds = frappe.db.get_value(doc.doctype, doc.name, ["lft", "rgt"])
    if bounds:
        doc.lft, doc.rgt = bounds


def update_add_node(doc, parent, parent_field) -> int:
    """Give a new node its place: last under its parent, or behind the last root."""
    table = f"`tab{doc.doctype}`"
    if parent:
        left, right = frappe.db.get_value(doc.doctype, parent, ["lft", "rgt"], for_update=True)
        validate_loop(doc.doctype, doc.name, left, right)
    else:
        roots = f"from {table} where ifnull(`{parent_field}`, '') = ''"
        right = frappe.db.sql(f"select max(`rgt`) {roots} for update")[0][0] or 0
        right += 1
    right = right or 1
    frappe.db.sql(f"update {table} set `rgt` = `rgt` + 2 where `rgt` >= %s", (right,))
    frappe.db.sql(f"update {table} set `lft` = `lft` + 2 where `lft` >= %s", (right,))
    if frappe.db.sql(f"select `name` from {table} where `lft` = %s or `rgt` = %s", (right, right + 1)):
        frappe.throw(_("Nested set error. Please contact the Administrator."))
    frappe.db.sql(f"update {table} set `lft` = %s, `rgt` = %s where `name` = %s", (right, right + 1, doc.name))
    return right


def update_move_node(doc, parent_field) -> None:
    """Move a node with all below it: out (as negative numbers), close the gap, open one, in again."""
    table = f"`tab{doc.doctype}`"
    parent = doc.get(parent_field)
    if parent:
        left, right = frappe.db.get_value(doc.doctype, parent, ["lft", "rgt"], for_update=True)
        validate_loop(doc.doctype, doc.name, left, right)
    width = doc.rgt - doc.lft + 1
    frappe.db.sql(
        f"update {table} set `lft` = -`lft`, `rgt` = -`rgt` where `lft` >= %s and `rgt` <= %s", (doc.lft, doc.rgt)
    )
    frappe.db.sql(f"update {table} set `lft` = `lft` - %s where `lft` > %s", (width, doc.rgt))
    frappe.db.sql(f"update {table} set `rgt` = `rgt` - %s where `rgt` > %s", (width, doc.rgt))
    if parent:
        target = frappe.db.get_value(doc.doctype, parent, "rgt")
    else:
        target = (frappe.db.sql(f"select max(`rgt`) from {table}")[0][0] or 0) + 1
    frappe.db.sql(f"update {table} set `lft` = `lft` + %s where `lft` >= %s", (width, target))
    frappe.db.sql(f"update {table} set `rgt` = `rgt` + %s where `rgt` >= %s", (width, target))
    shift = target - doc.lft
    frappe.db.sql(
        f"update {table} set `lft` = -`lft` + %s, `rgt` = -`rgt` + %s where `lft` < 0", (shift, shift)
    )


@frappe.whitelist()
def rebuild_tree(doctype: str, parent_field: str | None = None):
    """Number a whole tree anew, from the parent fields alone, in the order of names."""
    if frappe.local.request:
        frappe.only_for("System Manager")
    meta = frappe.get_meta(doctype)
    if not meta.is_nested_set():
        frappe.throw(_("Rebuilding of tree is not supported for {}").format(frappe.bold(doctype)))
    parent_field = meta.nsm_parent_field or f"parent_{frappe.scrub(doctype)}"
    children: dict[str, list[str]] = {}
    for name, parent in frappe.db.sql(f"select `name`, `{parent_field}` from `tab{doctype}` order by `name`"):
        children.setdefault(parent or "", []).append(name)
    numbers, counter = {}, 0
    stack = [(name, False) for name in reversed(children.get("", []))]
    while stack:
        name, leaving = stack.pop()
        counter += 1
        if leaving:
            numbers[name][1] = counter
            continue
        numbers[name] = [counter, 0]
        stack.append((name, True))
        stack.extend((child, False) for child in reversed(children.get(name, [])))
    frappe.db._execute_many(
        f"update `tab{doctype}` set `lft` = %s, `rgt` = %s where `name` = %s",
        [(left, right, name) for name, (left, right) in numbers.items()],
    )
    _forget(doctype)


def validate_loop(doctype, name, lft, rgt) -> None:
    """A node cannot lie below itself."""
    above = frappe.db.sql(
        f"select 1 from `tab{doctype}` where `name` = %s and `lft` <= %s and `rgt` >= %s", (name, lft, rgt)
    )
    if above:
        frappe.throw(_("Item cannot be added to its own descendants"), NestedSetRecursionError)


def remove_subtree(doctype: str, name: str, throw=True) -> None:
    """Delete a node and all below it, past the controllers, by those who may delete in the DocType."""
    if not frappe.has_permission(doctype, "delete", throw=throw):
        return
    left, right = frappe.db.get_value(doctype, name, ["lft", "rgt"], for_update=True)
    frappe.db.delete(doctype, {"lft": (">=", left), "rgt": ("<=", right)})
    width = right - left + 1
    for column in ("lft", "rgt"):
        frappe.db.sql(
            f"update `tab{doctype}` set `{column}` = `{column}` - %s where `{column}` > %s", (width, right)
        )
    _forget(doctype)


def get_root_of(doctype: str) -> str | None:
    """The first node that lies below no other."""
    names = frappe.get_all(doctype, order_by="lft asc", limit_page_length=1, pluck="name")
    return names[0] if names else None


def get_ancestors_of(doctype: str, name: str, order_by="lft desc", limit=None) -> list[str]:
    """The nodes above one, the nearest first."""
    left, right = frappe.db.get_value(doctype, name, ["lft", "rgt"])
    return frappe.get_all(
        doctype, {"lft": ("<", left), "rgt": (">", right)}, order_by=order_by, limit_page_length=limit or 0, pluck="name"
    )


def get_descendants_of(doctype: str, name: str, order_by="lft desc", limit=None, ignore_permissions=False) -> list[str]:
    """The nodes below one that the user may read."""
    left, right = frappe.db.get_value(doctype, name, ["lft", "rgt"])
    if right - left <= 1:
        return []
    return frappe.get_list(
        doctype,
        filters={"lft": (">", left), "rgt": ("<", right)},
        order_by=order_by,
        limit_page_length=limit or 0,
        ignore_permissions=ignore_permissions,
        pluck="name",
    )


def _forget(doctype: str) -> None:
    """What was kept of a tree's documents and of restrictions to its branches is no longer so."""
    frappe.clear_document_cache(doctype)
    frappe.cache.delete_value("user_permissions")


class NestedSet(Document):
    """The class of documents that form a tree."""

    def __setup__(self):
        if self.meta.nsm_parent_field:
            self.nsm_parent_field = self.meta.nsm_parent_field

    def on_update(self):
        update_nsm(self)
        self.validate_ledger()

    def on_trash(self, allow_root_deletion=False):
        parent_field = get_parent_field(self)
        if not self.get(parent_field) and not getattr(self, "allow_root_deletion", True):
            frappe.throw(_("Root {0} cannot be deleted").format(_(self.doctype)))
        self.validate_if_child_exists()
        self.set(parent_field, "")
        update_nsm(self)

    def validate_if_child_exists(self):
        if frappe.db.count(self.doctype, {get_parent_field(self): self.name}):
            frappe.throw(
                _("Cannot delete {0} as it has child nodes").format(self.name), NestedSetChildExistsError
            )

    def before_rename(self, olddn, newdn, merge=False, group_fname="is_group"):
        if merge and self.meta.has_field(group_fname):
            if self.get(group_fname) != frappe.db.get_value(self.doctype, newdn, group_fname):
                frappe.throw(
                    _("Merging is only possible between Group-to-Group or Leaf Node-to-Leaf Node"),
                    NestedSetInvalidMergeError,
                )

    def after_rename(self, olddn, newdn, merge=False):
        if self.meta.has_field("old_parent"):
            frappe.db.set_value(
                self.doctype, {get_parent_field(self): newdn}, "old_parent", newdn, update_modified=False
            )
        if merge:
            rebuild_tree(self.doctype)

    def validate_ledger(self, group_identifier="is_group"):
        if not self.meta.has_field(group_identifier) or self.get(group_identifier):
            return
        if frappe.db.count(self.doctype, {get_parent_field(self): self.name, "docstatus": ("!=", 2)}):
            frappe.throw(
                _("{0} {1} cannot be a leaf node as it has children").format(_(self.doctype), self.name)
            )

    def validate_one_root(self):
        if not self.get(get_parent_field(self)) and self.get_root_node_count() > 1:
            frappe.throw(_("Multiple root nodes not allowed."), NestedSetMultipleRootsError)

    def get_root_node_count(self) -> int:
        return frappe.db.sql(
            f"select count(*) from `tab{self.doctype}` where ifnull(`{get_parent_field(self)}`, '') = ''"
        )[0][0]

    def get_ancestors(self) -> list[str]:
        return get_ancestors_of(self.doctype, self.name)

    def get_parent(self):
        """The document above, None for a root."""
        parent = self.get(get_parent_field(self))
        return frappe.get_doc(self.doctype, parent) if parent else None

    def get_children(self):
        """The documents right below that the user may read."""
        names = frappe.get_list(
            self.doctype, filters={get_parent_field(self): self.name}, limit_page_length=0, pluck="name"
        )
        for name in names:
            yield frappe.get_doc(self.doctype, name)
