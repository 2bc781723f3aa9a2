"""What links hold: deleting, cancelling and renaming documents that others point to."""

import frappe
from documents_world import KEEPER, PAPER, PLACE, READER, ROW, DocumentsCase, make_doctype, paper, place
from frappe.utils import cstr
from model_doctypes import field

ANY, PAIR, ONLY, STATE = "Doc Any", "Doc Any Row", "Doc Only", "Doc Switch"


class Links(DocumentsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        dynamic = [field("about_type", "Link", "DocType"), field("about", "Dynamic Link", "about_type")]
        make_doctype(name=PAIR, istable=1, fields=dynamic)
        make_doctype(name=ANY, autoname="hash", is_submittable=1, fields=[*dynamic, field("pairs", "Table", PAIR)])  # fmt: skip
        make_doctype(name=ONLY, issingle=1, fields=[field("place", "Link", PLACE), *dynamic])
        make_doctype(name=STATE, autoname="field:title", fields=[field("title", reqd=1), field("disabled", "Check"),
                     field("place", "Link", PLACE), field("after", "Link", STATE)])  # fmt: skip
        frappe.db.commit()

    def any(self, about=None, pairs=(), **values):
        both = {"about_type": about.doctype, "about": about.name} if about else {}
        rows = [{"about_type": doc.doctype, "about": doc.name} for doc in pairs]
        return frappe.get_doc({"doctype": ANY, "pairs": rows, **both, **values}).insert()


class TestDeleting(Links):
    def held(self, doc):
        with self.assertRaises(frappe.LinkExistsError):
            frappe.delete_doc(doc.doctype, doc.name)
        self.assertTrue(frappe.db.exists(doc.doctype, doc.name))

    def test_by_a_link(self):
        town = place("Huế")
        holder = paper(place="Huế").insert()
        self.held(town)
        frappe.delete_doc(PAPER, holder.name)
        frappe.delete_doc(PLACE, "Huế")

    def test_by_a_row(self):
        holder = paper(rows=[{"item": "a", "place": place("Huế").name}]).insert()
        self.held(frappe.get_doc(PLACE, "Huế"))
        message = cstr(frappe.local.message_log[-1])
        self.assertIn(holder.name, message)
        self.assertIn(PAPER, message)

    def test_by_a_dynamic_link(self):
        town = place("Huế")
        holder = self.any(town)
        self.held(town)
        frappe.delete_doc(ANY, holder.name)
        holder = self.any(pairs=[town])
        self.held(town)
        holder.pairs = []
        holder.save()
        frappe.delete_doc(PLACE, "Huế")

    def test_by_a_single(self):
        town = place("Huế")
        only = frappe.get_single(ONLY)
        only.place = "Huế"
        only.save()
        self.held(town)
        only.place = None
        only.save()
        frappe.delete_doc(PLACE, "Huế")

    def test_not_by_itself(self):
        doc = frappe.get_doc(doctype=STATE, title="Me").insert()
        doc.after = "Me"
        doc.save()
        frappe.delete_doc(STATE, "Me")

    def test_a_cancelled_document_holds_by_a_link_but_not_by_a_dynamic_one(self):
        town, other = place("Huế"), place("Vinh")
        doc = paper(place="Huế").insert()
        doc.submit()
        doc.cancel()
        self.held(town)
        doc = self.any(other)
        doc.submit()
        doc.cancel()
        frappe.delete_doc(PLACE, "Vinh")

    def test_by_force_and_what_may_be_left_behind(self):
        place("Huế")
        doc = paper(place="Huế").insert()
        frappe.delete_doc(PLACE, "Huế", force=True)
        self.assertEqual(frappe.db.get_value(PAPER, doc.name, "place"), "Huế")

    def test_submitted_not_even_by_force(self):
        doc = paper().insert()
        doc.submit()
        with self.assertRaises(frappe.ValidationError):
            frappe.delete_doc(PAPER, doc.name, force=True)

    def test_what_can_be_switched_off_says_so(self):
        doc = frappe.get_doc(doctype=STATE, title="On").insert()
        self.any(doc)
        frappe.clear_messages()
        self.held(doc)
        self.assertIn("disable", cstr(frappe.local.message_log[-1]))

    def test_missing(self):
        self.assertFalse(frappe.delete_doc(PLACE, "Nowhere"))
        with self.assertRaises(frappe.DoesNotExistError):
            frappe.delete_doc(PLACE, "Nowhere", ignore_missing=False)

    def test_rights(self):
        doc = place("Huế")
        with self.set_user("Guest"), self.assertRaises(frappe.PermissionError):
            frappe.delete_doc(PLACE, doc.name)
        with self.set_user(READER):
            frappe.delete_doc(PLACE, doc.name)

    def test_several_at_once(self):
        names = [place(name).name for name in ("Huế", "Vinh")]
        frappe.delete_doc(PLACE, names)
        self.assertFalse(frappe.get_all(PLACE, {"name": ("in", names)}))


class TestCancelling(Links):
    def submitted(self, doc):
        doc.submit()
        return doc

    def test_submitted_documents_hold(self):
        base = self.submitted(paper().insert())
        draft = self.any(base)
        holder = self.submitted(self.any(base))
        frappe.db.savepoint("before_cancel")
        with self.assertRaises(frappe.LinkExistsError):
            base.cancel()
        frappe.db.rollback(save_point="before_cancel")
        holder.cancel()
        base.reload()
        base.cancel()
        self.assertEqual((base.docstatus, frappe.db.get_value(ANY, draft.name, "docstatus")), (2, 0))

    def test_rows_hold(self):
        base = self.submitted(paper().insert())
        self.submitted(self.any(pairs=[base]))
        self.assertRaises(frappe.LinkExistsError, base.cancel)

    def test_what_a_document_says_to_ignore(self):
        base = self.submitted(paper().insert())
        self.submitted(self.any(base))
        base.ignore_linked_doctypes = (ANY,)
        base.cancel()

    def test_flag(self):
        base = self.submitted(paper().insert())
        self.submitted(self.any(base))
        base.flags.ignore_links = True
        base.cancel()

    def test_links_to_cancelled_documents(self):
        base = self.submitted(paper().insert())
        base.cancel()
        with self.assertRaises(frappe.CancelledLinkError):
            self.any(base)
        with self.assertRaises(frappe.CancelledLinkError):
            self.any(pairs=[base])

    def test_the_submitted_documents_behind_one(self):
        from frappe.desk.form.linked_with import cancel_all_linked_docs, get_submitted_linked_docs

        base = self.submitted(paper().insert())
        first = self.submitted(self.any(base))
        second = self.submitted(self.any(pairs=[first]))
        self.any(base)
        found = get_submitted_linked_docs(PAPER, base.name)
        self.assertEqual({doc["name"] for doc in found["docs"]}, {first.name, second.name})
        self.assertEqual({(doc["doctype"], doc["docstatus"]) for doc in found["docs"]}, {(ANY, 1)})
        self.assertEqual(found["count"], 2)
        docs = sorted(found["docs"], key=lambda doc: doc["name"] == first.name)
        cancel_all_linked_docs(frappe.as_json(docs))
        self.assertEqual({frappe.db.get_value(ANY, d.name, "docstatus") for d in (first, second)}, {2})
        base.reload()
        base.cancel()


class TestRenaming(Links):
    def test_everything_follows(self):
        place("Huế")
        only = frappe.get_single(ONLY)
        only.place = "Huế"
        only.save()
        doc = paper(place="Huế", about_type=PLACE, about="Huế", rows=[{"item": "a", "place": "Huế"}]).insert()
        other = self.any(frappe.get_doc(PLACE, "Huế"), pairs=[frappe.get_doc(PLACE, "Huế")])
        frappe.get_doc(PLACE, "Huế").add_comment("Comment", "hello")
        file = frappe.get_doc(doctype="File", file_name="a.txt", content="a", is_private=1, attached_to_doctype=PLACE,
                              attached_to_name="Huế").insert()  # fmt: skip
        modified = frappe.db.get_value(PAPER, doc.name, "modified")
        self.assertEqual(frappe.rename_doc(PLACE, "Huế", "Kinh thành"), "Kinh thành")
        doc.reload()
        other.reload()
        only.reload()
        values = [doc.place, doc.about, doc.rows[0].place, other.about, other.pairs[0].about, only.place]
        self.assertEqual(set(values), {"Kinh thành"})
        self.assertEqual(doc.modified, modified)
        self.assertEqual(frappe.db.get_value("File", file.name, "attached_to_name"), "Kinh thành")
        comments = frappe.get_all("Comment", {"reference_name": "Kinh thành"}, pluck="comment_type")
        self.assertEqual(sorted(set(comments)), ["Attachment", "Comment", "Edit"])
        self.assertFalse(frappe.db.exists(PLACE, "Huế"))

    def test_rows_go_along(self):
        doc = paper(rows=[{"item": "a"}]).insert()
        frappe.rename_doc(PAPER, doc.name, "by-force", force=True)
        self.assertEqual([row.item for row in frappe.get_doc(PAPER, "by-force").rows], ["a"])
        self.assertFalse(frappe.get_all(ROW, {"parent": doc.name}))

    def test_merge(self):
        place("Huế", region="one")
        place("Vinh", region="two")
        doc = paper(place="Huế").insert()
        self.any(frappe.get_doc(PLACE, "Huế"))
        frappe.rename_doc(PLACE, "Huế", "Vinh", merge=True)
        self.assertEqual(frappe.db.get_value(PAPER, doc.name, "place"), "Vinh")
        self.assertFalse(frappe.db.exists(PLACE, "Huế"))
        self.assertEqual(frappe.db.get_value(PLACE, "Vinh", "region"), "two")
        self.assertIn("Edit", frappe.get_all("Comment", {"reference_name": "Vinh"}, pluck="comment_type"))

    def test_what_cannot_be(self):
        place("Huế")
        place("Vinh")
        for new, more in (("Vinh", {}), ("Nowhere", {"merge": True}), ("Huế", {}), ("a<b", {}), ("", {})):
            with self.subTest(new=new, **more), self.assertRaises((frappe.ValidationError, frappe.NameError, TypeError)):
                frappe.rename_doc(PLACE, "Huế", new, **more)
        doc = paper().insert()
        with self.assertRaises(frappe.ValidationError):
            frappe.rename_doc(PAPER, doc.name, "not-allowed")
        with self.set_user("Guest"), self.assertRaises(frappe.ValidationError):
            frappe.rename_doc(PLACE, "Huế", "Other")
        self.assertTrue(frappe.db.exists(PLACE, "Huế"))

    def test_by_the_document(self):
        doc = place("Huế")
        doc.rename("Đà Nẵng")
        self.assertEqual((doc.name, doc.place_name), ("Đà Nẵng", "Đà Nẵng"))

    def test_by_the_desk(self):
        from frappe.model.rename_doc import update_document_title

        place("Huế")
        with self.set_user(KEEPER):
            name = update_document_title(doctype=PLACE, docname="Huế", name="Hội An")
        self.assertEqual(name, "Hội An")
        doc = paper(title="Old").insert()
        self.assertEqual(update_document_title(doctype=PAPER, docname=doc.name, title="New"), doc.name)
        self.assertEqual(frappe.db.get_value(PAPER, doc.name, "title"), "New")
