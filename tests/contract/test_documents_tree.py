"""Trees: nodes are put in, moved, taken out, renamed and merged, and the numbers stay right; what a tree view asks."""

import random

import frappe
from documents_world import KEEPER, NODE, READER, DocumentsCase
from frappe.utils.nestedset import (
    NestedSet,
    NestedSetChildExistsError,
    NestedSetInvalidMergeError,
    NestedSetMultipleRootsError,
    NestedSetRecursionError,
    get_ancestors_of,
    get_descendants_of,
    get_root_of,
    rebuild_tree,
    remove_subtree,
)

PARENT = "parent_doc_node"


class Trees(DocumentsCase):
    def setUp(self):
        super().setUp()
        frappe.db.delete(NODE)

    def node(self, name, parent=None, is_group=1, **more):
        return frappe.get_doc(
            {"doctype": NODE, "node_name": name, PARENT: parent, "is_group": is_group, **more}
        ).insert()

    def grow(self):
        for name, parent in (("A", None), ("A1", "A"), ("A2", "A"), ("A11", "A1"), ("A12", "A1"), ("B", None), ("B1", "B")):
            self.node(name, parent, is_group=0 if name in ("A11", "A12", "A2", "B1") else 1)

    def check(self):
        """Every number from 1 on is used once, and every node lies inside its parent."""
        rows = frappe.get_all(NODE, fields=["name", "lft", "rgt", f"{PARENT} as parent"])
        numbers = sorted([row.lft for row in rows] + [row.rgt for row in rows])
        self.assertEqual(numbers, list(range(1, 2 * len(rows) + 1)))
        by_name = {row.name: row for row in rows}
        for row in rows:
            if row.parent:
                self.assertLess(by_name[row.parent].lft, row.lft)
                self.assertLess(row.rgt, by_name[row.parent].rgt)
            inside = {other.name for other in rows if row.lft < other.lft and other.rgt < row.rgt}
            self.assertEqual(inside, self.below(row.name, rows))

    def below(self, name, rows):
        children = {row.name for row in rows if row.parent == name}
        return children.union(*(self.below(child, rows) for child in children))


class TestNodes(Trees):
    def test_questions(self):
        self.grow()
        self.check()
        self.assertEqual(set(get_descendants_of(NODE, "A")), {"A1", "A2", "A11", "A12"})
        self.assertEqual(get_descendants_of(NODE, "A2"), [])
        self.assertEqual(get_descendants_of(NODE, "A", order_by="lft asc", limit=1), ["A1"])
        self.assertEqual(get_ancestors_of(NODE, "A11"), ["A1", "A"])
        self.assertEqual(get_ancestors_of(NODE, "A11", "lft asc"), ["A", "A1"])
        self.assertIn(get_root_of(NODE), ("A", "B"))
        doc = frappe.get_doc(NODE, "A1")
        self.assertIsInstance(doc, NestedSet)
        self.assertEqual((doc.get_ancestors(), doc.get_parent().name), (["A"], "A"))
        self.assertEqual({child.name for child in doc.get_children()}, {"A11", "A12"})
        self.assertIsNone(frappe.get_doc(NODE, "A").get_parent())

    def test_filters(self):
        self.grow()
        found = {
            operator: set(frappe.get_all(NODE, {"name": (operator, "A1")}, pluck="name"))
            for operator in ("descendants of", "descendants of (inclusive)", "ancestors of", "not descendants of",
                             "not ancestors of")
        }  # fmt: skip
        self.assertEqual(found["descendants of"], {"A11", "A12"})
        self.assertEqual(found["descendants of (inclusive)"], {"A1", "A11", "A12"})
        self.assertEqual(found["ancestors of"], {"A"})
        self.assertEqual(found["not descendants of"], {"A", "A1", "A2", "B", "B1"})
        self.assertEqual(found["not ancestors of"], {"A1", "A2", "A11", "A12", "B", "B1"})

    def test_moves(self):
        self.grow()
        for name, target in (("A1", "B"), ("A1", None), ("B", "A1"), ("A12", "B"), ("B", "A"), ("A1", "A"), ("A11", "A1")):
            doc = frappe.get_doc(NODE, name)
            doc.set(PARENT, target)
            if target:
                frappe.db.set_value(NODE, target, "is_group", 1)
            doc.save()
            self.check()
            doc = frappe.get_doc(NODE, name)
            self.assertEqual((doc.get(PARENT) or None, doc.old_parent or None), (target, target))

    def test_any_number_of_moves(self):
        dice = random.Random(11)
        names = []
        for number in range(12):
            self.node(f"N{number}", dice.choice([None, *names]) if names else None)
            names.append(f"N{number}")
        for _turn in range(15):
            doc = frappe.get_doc(NODE, dice.choice(names))
            doc.set(PARENT, dice.choice([None, *names]))
            frappe.db.savepoint("before_move")
            try:
                doc.save()
            except NestedSetRecursionError:
                frappe.db.rollback(save_point="before_move")
            self.check()

    def test_no_loops(self):
        self.grow()
        for name, target in (("A", "A11"), ("A", "A"), ("A1", "A11")):
            doc = frappe.get_doc(NODE, name)
            doc.set(PARENT, target)
            frappe.db.savepoint("before_loop")
            self.assertRaises(NestedSetRecursionError, doc.save)
            frappe.db.rollback(save_point="before_loop")
        self.check()

    def test_taking_out(self):
        self.grow()
        frappe.db.savepoint("before_delete")
        with self.assertRaises(NestedSetChildExistsError):
            frappe.delete_doc(NODE, "A1")
        frappe.db.rollback(save_point="before_delete")
        frappe.delete_doc(NODE, "A11")
        self.assertEqual(set(get_descendants_of(NODE, "A")), {"A1", "A2", "A12"})
        for name in ("A12", "A1", "A2", "A"):
            frappe.delete_doc(NODE, name)
        self.assertEqual(set(frappe.get_all(NODE, pluck="name")), {"B", "B1"})

    def test_a_leaf_has_no_children(self):
        self.grow()
        doc = frappe.get_doc(NODE, "A1")
        doc.is_group = 0
        self.assertRaises(frappe.ValidationError, doc.save)

    def test_one_root_only_where_wanted(self):
        self.node("A", "")
        second = self.node("B", "")
        self.assertRaises(NestedSetMultipleRootsError, second.validate_one_root)
        self.assertEqual(second.get_root_node_count(), 2)

    def test_names_change(self):
        self.grow()
        frappe.rename_doc(NODE, "A1", "Z")
        self.check()
        rows = frappe.get_all(NODE, {PARENT: "Z"}, ["name", "old_parent"])
        self.assertEqual({(row.name, row.old_parent) for row in rows}, {("A11", "Z"), ("A12", "Z")})
        doc = frappe.get_doc(NODE, "A11")
        doc.save()
        self.check()

    def test_merging(self):
        self.grow()
        frappe.db.savepoint("before_merge")
        with self.assertRaises(NestedSetInvalidMergeError):
            frappe.rename_doc(NODE, "A1", "A2", merge=True)
        frappe.db.rollback(save_point="before_merge")
        frappe.rename_doc(NODE, "A1", "B", merge=True)
        self.assertEqual(set(get_descendants_of(NODE, "B")), {"A11", "A12", "B1"})
        self.assertEqual(set(get_descendants_of(NODE, "A")), {"A2"})

    def test_rebuilding(self):
        self.grow()
        before = {row.name: (row.lft, row.rgt) for row in frappe.get_all(NODE, fields=["name", "lft", "rgt"])}
        frappe.db.sql(f"update `tab{NODE}` set lft=0, rgt=0")
        rebuild_tree(NODE)
        self.check()
        after = {row.name: (row.lft, row.rgt) for row in frappe.get_all(NODE, fields=["name", "lft", "rgt"])}
        self.assertEqual(before["A"], after["A"])

    def test_a_whole_branch(self):
        self.grow()
        remove_subtree(NODE, "A1")
        self.assertEqual(set(frappe.get_all(NODE, pluck="name")), {"A", "A2", "B", "B1"})
        self.check()
        with self.set_user("Guest"), self.assertRaises(frappe.PermissionError):
            remove_subtree(NODE, "A")


class TestView(Trees):
    def setUp(self):
        super().setUp()
        self.grow()

    def test_children(self):
        from frappe.desk.treeview import get_children

        rows = get_children(NODE, "")
        self.assertEqual([(row.value, row.expandable) for row in rows], [("A", 1), ("B", 1)])
        self.assertEqual([row.value for row in get_children(NODE, "A1")], ["A11", "A12"])
        self.assertEqual([row.value for row in get_children(doctype=NODE, parent="A11")], [])
        frappe.db.set_value(NODE, "A", "label_text", "Title of A")
        self.assertEqual(get_children(NODE)[0].title, "Title of A")

    def test_only_what_one_may_read(self):
        from frappe.desk.treeview import get_children
        from frappe.permissions import add_user_permission

        add_user_permission(NODE, "A1", READER)
        with self.set_user(READER):
            self.assertEqual(get_children(NODE, ""), [])
            self.assertEqual([row.value for row in get_children(NODE, "A1")], ["A11", "A12"])
        with self.set_user("Guest"), self.assertRaises(frappe.PermissionError):
            get_children(NODE, "")

    def test_everything(self):
        from frappe.desk.treeview import get_all_nodes

        found = get_all_nodes(NODE, "All", "", "frappe.desk.treeview.get_children")
        self.assertEqual(found[0]["parent"], "All")
        nodes = {entry["parent"]: [row.value for row in entry["data"]] for entry in found}
        self.assertEqual(nodes, {"All": ["A", "B"], "A": ["A1", "A2"], "A1": ["A11", "A12"], "B": ["B1"]})
        with self.assertRaises(frappe.PermissionError):
            get_all_nodes(NODE, "All", "", "frappe.utils.nestedset.get_descendants_of")

    def test_a_new_node(self):
        from frappe.desk.treeview import add_node

        def add(**values):
            frappe.local.form_dict = frappe._dict(doctype=NODE, cmd="frappe.desk.treeview.add_node", **values)
            add_node()

        with self.set_user(KEEPER):
            add(parent="A1", is_root="false", node_name="A13", is_group="0")
        self.assertEqual(get_ancestors_of(NODE, "A13"), ["A1", "A"])
        self.check()
        with self.set_user("Guest"), self.assertRaises(frappe.PermissionError):
            add(parent="A1", is_root="false", node_name="A14")
