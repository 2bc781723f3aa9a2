"""Sharing single documents, and assigning them to people."""

from unittest.mock import patch

import frappe
import frappe.share
from documents_world import (
    KEEPER,
    PAPER,
    PLACE,
    READER,
    READER_ROLE,
    DocumentsCase,
    make_doctype,
    paper,
    place,
)
from frappe.desk.form import assign_to
from model_doctypes import field, rights

PRIVATE = "Doc Private"


class Shared(DocumentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_doctype(name=PRIVATE, autoname="hash", is_submittable=1, fields=[field("title"), field("hidden", permlevel=1)])
        make_doctype(name="Doc Own", autoname="hash", fields=[field("title")],
                     permissions=[rights(READER_ROLE, "read", "write", "create", "share", if_owner=1)])  # fmt: skip
        frappe.db.commit()

    def private(self, **values):
        return frappe.get_doc({"doctype": PRIVATE, "title": "x", "hidden": "level-one", **values}).insert()

    def may(self, doc, right, user=READER):
        return bool(frappe.has_permission(doc.doctype, right, doc=doc.name, user=user))


class TestSharing(Shared):
    def test_reading(self):
        mine, other = self.private(), self.private()
        self.assertFalse(self.may(mine, "read"))
        with self.set_user(READER), self.assertRaises(frappe.PermissionError):
            frappe.get_list(PRIVATE)
        frappe.share.add(PRIVATE, mine.name, READER)
        self.assertTrue(self.may(mine, "read"))
        self.assertFalse(self.may(mine, "write") or self.may(other, "read") or self.may(mine, "delete"))
        with self.set_user(READER):
            self.assertEqual(frappe.get_list(PRIVATE, pluck="name"), [mine.name])
            row = frappe.get_list(PRIVATE, fields=["*"])[0]
            self.assertEqual((row.title, row.get("hidden")), ("x", None))
            frappe.get_doc(PRIVATE, mine.name).check_permission("read")
        frappe.share.remove(PRIVATE, mine.name, READER)
        self.assertFalse(self.may(mine, "read"))

    def test_writing_submitting_and_sharing_on(self):
        doc = self.private()
        frappe.share.add(PRIVATE, doc.name, READER, write=1)
        with self.set_user(READER):
            mine = frappe.get_doc(PRIVATE, doc.name)
            mine.title = "changed"
            mine.save()
            self.assertRaises(frappe.PermissionError, mine.submit)
            with self.assertRaises(frappe.PermissionError):
                frappe.share.add(PRIVATE, doc.name, KEEPER)
        frappe.share.set_permission(PRIVATE, doc.name, READER, "submit")
        frappe.share.set_permission(PRIVATE, doc.name, READER, "share")
        with self.set_user(READER):
            frappe.get_doc(PRIVATE, doc.name).submit()
            frappe.share.add(PRIVATE, doc.name, "Guest")
        self.assertTrue(self.may(doc, "read", "Guest"))

    def test_taking_reading_takes_all(self):
        doc = self.private()
        frappe.share.add(PRIVATE, doc.name, READER, write=1, share=1)
        self.assertIsNone(frappe.share.set_permission(PRIVATE, doc.name, READER, "read", 0))
        self.assertFalse(frappe.db.exists("DocShare", {"share_name": doc.name}))

    def test_everyone(self):
        doc = self.private()
        frappe.share.add(PRIVATE, doc.name, everyone=1)
        self.assertTrue(self.may(doc, "read"))
        self.assertFalse(self.may(doc, "read", "Guest"))
        self.assertEqual(frappe.share.get_shared(PRIVATE, READER), [doc.name])
        self.assertIn(PRIVATE, frappe.share.get_shared_doctypes(READER))

    def test_what_a_share_says(self):
        doc = self.private()
        with self.assertRaises(frappe.ValidationError):
            frappe.share.add(PLACE, place("Huế").name, READER, submit=1)
        share = frappe.share.add(PRIVATE, doc.name, READER, submit=1)
        self.assertEqual((share.read, share.write, share.submit), (1, 1, 1))
        self.assertEqual(frappe.share.add(PRIVATE, doc.name, READER).name, share.name)
        users = frappe.share.get_users(PRIVATE, doc.name)
        self.assertEqual([(row.user, row.read, row.submit) for row in users], [(READER, 1, 0)])
        self.assertIn("Shared", frappe.get_all("Comment", {"reference_name": doc.name}, pluck="comment_type"))
        frappe.delete_doc(PRIVATE, doc.name)
        self.assertFalse(frappe.db.exists("DocShare", {"share_name": doc.name}))

    def test_besides_what_restrictions_leave(self):
        from frappe.permissions import add_user_permission

        here, there = paper(place=place("Huế").name).insert(), paper(place=place("Vinh").name).insert()
        add_user_permission(PLACE, "Huế", READER)
        with self.set_user(READER):
            self.assertEqual(set(frappe.get_list(PAPER, pluck="name")), {here.name})
        frappe.share.add(PAPER, there.name, READER)
        with self.set_user(READER):
            self.assertEqual(set(frappe.get_list(PAPER, pluck="name")), {here.name, there.name})
            self.assertTrue(frappe.has_permission(PAPER, "read", doc=there.name))
            self.assertFalse(frappe.has_permission(PAPER, "write", doc=there.name))

    def test_besides_ones_own(self):
        doc = frappe.get_doc({"doctype": "Doc Own", "title": "not theirs"}).insert()
        with self.set_user(READER):
            self.assertEqual(frappe.get_list("Doc Own"), [])
        frappe.share.add("Doc Own", doc.name, READER)
        with self.set_user(READER):
            self.assertEqual(frappe.get_list("Doc Own", pluck="name"), [doc.name])

    def test_switched_off(self):
        from frappe.tests.utils import change_settings

        doc = self.private()
        with change_settings("System Settings", {"disable_document_sharing": 1}), self.set_user(KEEPER):
            with self.assertRaises(frappe.PermissionError):
                frappe.share.add(PRIVATE, doc.name, READER)
        with self.set_user(KEEPER):
            frappe.share.add(PRIVATE, doc.name, READER)


class TestAssigning(Shared):
    def setUp(self):
        super().setUp()
        mail = patch("frappe.sendmail")  # Frappe writes to whom it is assigned; a test site has no account for it
        mail.start()
        self.addCleanup(mail.stop)

    def assign(self, doc, *users, **more):
        return assign_to.add({"doctype": doc.doctype, "name": doc.name, "assign_to": list(users), **more})

    def test_a_task_each(self):
        doc = paper().insert()
        open_ = self.assign(doc, READER, KEEPER, description="Look <b>here</b>")
        self.assertEqual({row.owner for row in open_}, {READER, KEEPER})
        todo = frappe.get_last_doc("ToDo", {"reference_name": doc.name, "allocated_to": READER})
        self.assertEqual((todo.status, todo.priority, todo.assigned_by), ("Open", "Medium", "Administrator"))
        self.assertNotIn("<b>", todo.description)
        self.assertEqual(set(frappe.parse_json(frappe.db.get_value(PAPER, doc.name, "_assign"))), {READER, KEEPER})
        self.assertIn("Assigned", frappe.get_all("Comment", {"reference_name": doc.name}, pluck="comment_type"))
        self.assign(doc, READER)
        self.assertEqual(frappe.db.count("ToDo", {"reference_name": doc.name}), 2)

    def test_done_and_taken_back(self):
        doc = paper().insert()
        self.assign(doc, READER, KEEPER)
        with self.set_user(READER):
            self.assertRaises(frappe.ValidationError, assign_to.close, PAPER, doc.name, KEEPER)
            left = assign_to.close(PAPER, doc.name, READER)
        self.assertEqual([row.owner for row in left], [KEEPER])
        self.assertEqual(assign_to.remove(PAPER, doc.name, KEEPER), [])
        states = {row.allocated_to: row.status for row in
                  frappe.get_all("ToDo", {"reference_name": doc.name}, ["allocated_to", "status"])}  # fmt: skip
        self.assertEqual(states, {READER: "Closed", KEEPER: "Cancelled"})
        self.assertFalse(frappe.parse_json(frappe.db.get_value(PAPER, doc.name, "_assign") or "[]"))
        self.assertFalse(assign_to.clear(PAPER, "no such"))

    def test_all_at_once(self):
        first, second = paper().insert(), paper().insert()
        names = frappe.as_json([first.name, second.name])
        assign_to.add_multiple({"doctype": PAPER, "name": names, "assign_to": [READER]})
        self.assertEqual(len(assign_to.get({"doctype": PAPER, "name": second.name})), 1)
        self.assertTrue(assign_to.close_all_assignments(PAPER, first.name))
        assign_to.remove_multiple(PAPER, names)
        self.assertEqual(assign_to.get({"doctype": PAPER, "name": second.name}), [])

    def test_who_could_not_read_it_may_now(self):
        doc = self.private()
        self.assign(doc, READER)
        self.assertTrue(self.may(doc, "read"))

    def test_only_what_one_may_read_is_assigned(self):
        doc = self.private()
        with self.set_user(READER), self.assertRaises(frappe.PermissionError):
            self.assign(doc, READER)

    def test_tasks_are_seen_by_the_two(self):
        doc = paper().insert()
        self.assign(doc, READER)
        todo = frappe.get_last_doc("ToDo", {"reference_name": doc.name})
        with self.set_user(READER):
            self.assertIn(todo.name, frappe.get_list("ToDo", pluck="name"))
            self.assertTrue(frappe.has_permission("ToDo", "read", doc=todo.name))
        with self.set_user(KEEPER):
            self.assertNotIn(todo.name, frappe.get_list("ToDo", pluck="name"))
            self.assertFalse(frappe.has_permission("ToDo", "read", doc=todo.name))

    def test_they_leave_with_the_document(self):
        doc = paper().insert()
        self.assign(doc, READER)
        frappe.delete_doc(PAPER, doc.name)
        self.assertFalse(frappe.db.exists("ToDo", {"reference_name": doc.name}))
