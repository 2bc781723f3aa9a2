"""What is kept of a document's past: versions, comments, files, deleted documents."""

import frappe
from documents_world import KEEPER, PAPER, READER, SECRET, DocumentsCase, paper, place
from frappe.utils import cstr


class TestVersions(DocumentsCase):
    def changed(self, doc, **values):
        doc.update(values)
        doc.save(ignore_version=False)
        return frappe.get_last_doc("Version", {"docname": cstr(doc.name)})

    def test_old_and_new_as_people_read_them(self):
        doc = paper(title="A", kind="Letter", amount=5, signed_on=None).insert()
        version = self.changed(doc, title="B", kind="Bill", amount=1500, is_final=1, reason="so")
        data = version.get_data()
        changes = {name: (old, new) for name, old, new in data["changed"]}
        self.assertEqual((version.ref_doctype, version.docname), (PAPER, doc.name))
        self.assertEqual((changes["title"], changes["kind"]), (("A", "B"), ("Letter", "Bill")))
        self.assertEqual(changes["amount"], tuple(
            frappe.format_value(value, doc.meta.get_field("amount"), doc) for value in (5.0, 1500.0)))  # fmt: skip
        self.assertEqual(changes["is_final"], (0, 1))

    def test_who_and_when(self):
        doc = paper().insert()
        with self.set_user(KEEPER):
            version = self.changed(frappe.get_doc(PAPER, doc.name), title="By keeper")
        self.assertEqual(version.owner, KEEPER)
        self.assertTrue(version.creation)

    def test_rows(self):
        doc = paper(rows=[{"item": "pen", "qty": 1}, {"item": "ink", "qty": 2}, {"item": "cup"}]).insert()
        doc.rows[0].qty = 7
        doc.remove(doc.rows[2])
        doc.append("rows", {"item": "nib"})
        data = self.changed(doc).get_data()
        table, index, name, changes = data["row_changed"][0]
        self.assertEqual((table, index, name), ("rows", 0, doc.rows[0].name))
        self.assertIn(("qty", 1, 7), [tuple(change) for change in changes])
        self.assertEqual([(row[0], row[1]["item"]) for row in data["added"]], [("rows", "nib")])
        self.assertEqual([(row[0], row[1]["item"]) for row in data["removed"]], [("rows", "cup")])

    def test_no_change_no_version(self):
        doc = paper(title="A", rows=[{"item": "pen", "qty": 3}]).insert()
        doc.reload()
        doc.save(ignore_version=False)
        self.assertFalse(frappe.db.exists("Version", {"docname": doc.name}))

    def test_states(self):
        doc = paper().insert()
        doc.flags.ignore_version = False
        doc.docstatus = 1
        self.assertIn(["docstatus", 0, 1], self.changed(doc).get_data()["changed"])

    def test_an_amendment_tells_what_differs_from_the_cancelled_one(self):
        doc = paper(title="First").insert()
        doc.submit()
        doc.cancel()
        new = frappe.copy_doc(doc)
        new.update({"docstatus": 0, "amended_from": doc.name, "title": "Second"})
        new.flags.ignore_version = False
        new.insert()
        data = frappe.get_last_doc("Version", {"docname": new.name}).get_data()
        changes = {name: (old, new) for name, old, new in data["changed"]}
        self.assertEqual(changes["title"], ("First", "Second"))
        self.assertEqual(changes["docstatus"], (2, 0))
        self.assertEqual(changes["name"], (doc.name, new.name))

    def test_versions_follow_a_rename_and_leave_with_the_document(self):
        doc = place("Old name")
        doc.meta.track_changes = 0
        frappe.get_doc(doctype="Version", ref_doctype=doc.doctype, docname=doc.name, data="{}").insert()
        frappe.rename_doc(doc.doctype, "Old name", "New name")
        self.assertTrue(frappe.db.exists("Version", {"docname": "New name"}))
        frappe.delete_doc(doc.doctype, "New name")
        self.assertFalse(frappe.db.exists("Version", {"docname": "New name"}))

    def test_who_may_not_read_versions_gets_none(self):
        doc = paper(secret=SECRET).insert()
        self.changed(doc, secret="other")
        with self.set_user(READER), self.assertRaises(frappe.PermissionError):
            frappe.get_list("Version", fields=["data"])


class TestComments(DocumentsCase):
    def test_in_the_users_own_name(self):
        from frappe.desk.form.utils import add_comment

        doc = paper().insert()
        with self.set_user(READER):
            add_comment(PAPER, doc.name, "<p>Look <script>bad()</script></p>", READER, "Somebody")
        comment = frappe.get_last_doc("Comment", {"reference_name": doc.name, "comment_type": "Comment"})
        self.assertEqual((comment.owner, comment.comment_email), (READER, READER))
        self.assertNotIn("<script", comment.content)

    def test_by_those_who_may_read_only(self):
        from frappe.desk.form.utils import add_comment

        doc = paper().insert()
        with self.set_user("Guest"), self.assertRaises(frappe.PermissionError):
            add_comment(PAPER, doc.name, "x", "Guest", "Guest")

    def test_only_ones_own_comment_is_changed(self):
        from frappe.desk.form.utils import update_comment

        doc = paper().insert()
        with self.set_user(READER):
            comment = doc.add_comment("Comment", "first")
            update_comment(comment.name, "second")
        self.assertEqual(frappe.db.get_value("Comment", comment.name, "content"), "second")
        with self.set_user(KEEPER), self.assertRaises(frappe.PermissionError):
            update_comment(comment.name, "third")

    def test_newest_comments_stand_in_the_row_of_the_document(self):
        doc = paper().insert()
        comment = doc.add_comment("Comment", "look here")
        noted = frappe.parse_json(frappe.db.get_value(PAPER, doc.name, "_comments"))
        self.assertEqual([entry["name"] for entry in noted], [comment.name])
        self.assertIn("look here", noted[0]["comment"])
        frappe.delete_doc("Comment", comment.name)
        self.assertEqual(frappe.parse_json(frappe.db.get_value(PAPER, doc.name, "_comments")), [])

    def test_they_leave_with_the_document(self):
        doc = paper().insert()
        doc.add_comment("Comment", "x")
        frappe.delete_doc(PAPER, doc.name)
        self.assertFalse(frappe.db.exists("Comment", {"reference_name": doc.name, "comment_type": "Comment"}))


class TestDeletedDocuments(DocumentsCase):
    def deleted(self, doc):
        frappe.delete_doc(doc.doctype, doc.name)
        return frappe.get_last_doc("Deleted Document", {"deleted_name": doc.name})

    def test_restore(self):
        from frappe.core.doctype.deleted_document.deleted_document import restore

        gone = self.deleted(place("Back again", region="North"))
        self.assertEqual((gone.deleted_doctype, gone.restored), ("Doc Place", 0))
        self.assertEqual(frappe.parse_json(gone.data)["region"], "North")
        restore(gone.name)
        gone.reload()
        self.assertEqual((gone.restored, gone.new_name), (1, "Back again"))
        self.assertEqual(frappe.db.get_value("Doc Place", "Back again", "region"), "North")
        with self.assertRaises(frappe.DocumentAlreadyRestored):
            restore(gone.name)

    def test_rows_come_back_and_a_cancelled_one_is_a_draft(self):
        from frappe.core.doctype.deleted_document.deleted_document import restore

        doc = paper(title="Twice", rows=[{"item": "pen"}, {"item": "ink"}]).insert()
        doc.submit()
        doc.cancel()
        gone = self.deleted(doc)
        restore(gone.name)
        new = frappe.get_doc(PAPER, frappe.db.get_value("Deleted Document", gone.name, "new_name"))
        self.assertEqual((new.docstatus, [row.item for row in new.rows]), (0, ["pen", "ink"]))

    def test_several(self):
        from frappe.core.doctype.deleted_document.deleted_document import bulk_restore

        commit, frappe.db.commit = frappe.db.commit, lambda: None
        try:
            gone = self.deleted(place("One of many"))
            self.assertEqual(bulk_restore([gone.name])["restored"], [gone.name])
            self.assertEqual(bulk_restore([gone.name])["invalid"], [gone.name])
        finally:
            frappe.db.commit = commit

    def test_for_good(self):
        doc = place("Never again")
        frappe.delete_doc(doc.doctype, doc.name, delete_permanently=True)
        self.assertFalse(frappe.db.exists("Deleted Document", {"deleted_name": "Never again"}))


class TestFiles(DocumentsCase):
    def attach(self, doc, content=b"hello", name="note.txt", **more):
        return frappe.get_doc(doctype="File", file_name=name, content=content, attached_to_doctype=doc.doctype,
                              attached_to_name=doc.name, is_private=1, **more).insert()  # fmt: skip

    def test_who_reads_the_document_reads_its_file(self):
        doc = paper().insert()
        file = self.attach(doc)
        self.assertTrue(file.file_url.startswith("/private/files/"))
        with self.set_user(READER):
            self.assertTrue(frappe.get_doc("File", file.name).has_permission("read"))
            self.assertIn(file.name, frappe.get_list("File", {"attached_to_name": doc.name}, pluck="name"))
        with self.set_user("Guest"):
            self.assertFalse(frappe.get_doc("File", file.name).has_permission("read"))

    def test_a_file_is_noted_in_the_history(self):
        doc = paper().insert()
        file = self.attach(doc)
        kinds = frappe.get_all("Comment", {"reference_name": doc.name}, pluck="comment_type")
        self.assertIn("Attachment", kinds)
        frappe.delete_doc("File", file.name)
        kinds = frappe.get_all("Comment", {"reference_name": doc.name}, pluck="comment_type")
        self.assertIn("Attachment Removed", kinds)

    def test_files_leave_with_the_document_and_go_along_with_an_amendment(self):
        doc = paper().insert()
        self.attach(doc)
        doc.submit()
        doc.cancel()
        new = frappe.copy_doc(doc)
        new.update({"docstatus": 0, "amended_from": doc.name})
        new.insert()
        self.assertEqual(frappe.db.count("File", {"attached_to_name": new.name}), 1)
        frappe.delete_doc(PAPER, new.name)
        self.assertEqual(frappe.db.count("File", {"attached_to_name": new.name}), 0)
        self.assertEqual(frappe.db.count("File", {"attached_to_name": doc.name}), 1)
