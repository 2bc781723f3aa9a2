"""What Frappe's desk keeps on the server: the search in everything, user settings, kept filters and reports, bulk."""

import json

import frappe
import pytest
from frappe.desk.doctype.bulk_update.bulk_update import submit_cancel_or_update_docs
from frappe.desk.reportview import delete_items, delete_report, save_report
from frappe.model.utils import user_settings
from frappe.utils import global_search
from services_world import MAKER, OUTSIDER, ServicesTestCase, make_doctype, paper

pytestmark = pytest.mark.usefixtures("site")
FOUND = "Svc Found"
PERSON = "Nguyễn Văn Tìm"


class TestGlobalSearch(ServicesTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_doctype(
            FOUND,
            [
                {"fieldname": "person", "fieldtype": "Data", "label": "Person", "in_global_search": 1},
                {"fieldname": "remark", "fieldtype": "Data", "label": "Remark"},
            ],
            module="Desk",  # what is of the module Core is not searched
        )
        settings = frappe.get_single("Global Search Settings")
        if FOUND not in [row.document_type for row in settings.allowed_in_global_search]:
            settings.append("allowed_in_global_search", {"document_type": FOUND})
            settings.save()
            cls.addClassCleanup(cls.search_as_before)
        frappe.db.commit()
        frappe.clear_cache()

    @staticmethod
    def search_as_before():
        frappe.set_user("Administrator")
        settings = frappe.get_single("Global Search Settings")
        rows = settings.allowed_in_global_search
        settings.allowed_in_global_search = [row for row in rows if row.document_type != FOUND]
        settings.save()
        frappe.db.commit()
        frappe.clear_cache()

    def find(self, text: str) -> list[str]:
        """Names found; Frappe writes its index in the background, and a full-text index sees what is committed."""
        global_search.sync_global_search()
        frappe.db.commit()
        return [row["name"] for row in global_search.search(text, doctype=FOUND)]

    def make(self, **values):
        doc = frappe.get_doc({"doctype": FOUND, **values}).insert()
        self.addCleanup(self.drop, doc.name)
        return doc

    def drop(self, name: str) -> None:
        frappe.set_user("Administrator")
        frappe.delete_doc(FOUND, name, ignore_missing=True)
        frappe.db.commit()

    def test_a_document_is_found_without_its_accents(self):
        doc = self.make(person=PERSON, remark="Bímật")
        self.assertEqual(self.find("Nguyen"), [doc.name])
        self.assertEqual(self.find("nguyễn"), [doc.name])
        self.assertEqual(self.find("bimat"), [], "only fields marked for it are searched")
        row = global_search.search("Nguyen", doctype=FOUND)[0]
        self.assertEqual(row["doctype"], FOUND)
        self.assertIn(f"Person : {PERSON}", row["content"])

    def test_the_index_follows_the_document(self):
        doc = self.make(person=PERSON)
        doc.person = "Phạm Thị Khác"
        doc.save()
        self.assertEqual(self.find("Nguyen"), [])
        self.assertEqual(self.find("Khac"), [doc.name])
        frappe.db.set_value(FOUND, doc.name, "person", "Bùi Thị Ngoài")
        global_search.update_global_search(frappe.get_doc(FOUND, doc.name))
        self.assertEqual((self.find("Khac"), self.find("Ngoai")), ([], [doc.name]))
        doc.delete()
        self.assertEqual(self.find("Ngoai"), [])

    def test_the_index_can_be_made_anew(self):
        doc = self.make(person=PERSON)
        global_search.sync_global_search()
        global_search.reset()
        self.assertEqual(self.find("Nguyen"), [])
        global_search.rebuild_for_doctype(FOUND)
        self.assertEqual(self.find("Nguyen"), [doc.name])

    def test_who_may_not_read_the_doctype_finds_nothing(self):
        self.make(person=PERSON)
        self.assertTrue(self.find("Nguyen"))
        frappe.set_user(OUTSIDER)
        self.assertEqual(global_search.search("Nguyen", doctype=FOUND), [])


class TestUserSettings(ServicesTestCase):
    def test_settings_are_the_users_own_and_are_merged(self):
        user_settings.save(FOUND, json.dumps({"last_view": "List"}))
        user_settings.save(FOUND, json.dumps({"List": {"sort_by": "name"}}))
        kept = json.loads(user_settings.get(FOUND))
        self.assertEqual((kept["last_view"], kept["List"]), ("List", {"sort_by": "name"}))
        frappe.set_user(MAKER)
        self.assertNotIn("last_view", json.loads(user_settings.get(FOUND)))


class TestKept(ServicesTestCase):
    def test_a_filter(self):
        frappe.set_user(MAKER)
        filters = json.dumps([["User", "enabled", "=", 1, False]])
        doc = frappe.get_doc(
            {"doctype": "List Filter", "filter_name": "On", "reference_doctype": "User", "for_user": MAKER, "filters": filters}
        ).insert()
        found = frappe.get_list("List Filter", filters={"for_user": MAKER}, fields=["filter_name", "filters"])
        self.assertIn(("On", filters), [(row.filter_name, row.filters) for row in found])
        doc.delete()

    def test_a_report_of_the_report_view(self):
        settings = json.dumps({"filters": [], "fields": [["title", "Svc Paper"]], "order_by": "`tabSvc Paper`.`name` asc"})
        frappe.set_user(MAKER)
        name = save_report("Svc Kept", "Svc Paper", settings)
        doc = frappe.get_doc("Report", name)
        self.assertEqual((doc.report_type, doc.ref_doctype, doc.is_standard), ("Report Builder", "Svc Paper", "No"))
        self.assertEqual((doc.json, doc.owner), (settings, MAKER))
        frappe.set_user(OUTSIDER)
        self.assertRaises(frappe.PermissionError, save_report, "Svc Kept", "Svc Paper", "{}")
        frappe.set_user(MAKER)
        delete_report(name)
        self.assertFalse(frappe.db.exists("Report", name))

    def test_only_reports_of_that_kind_are_changed(self):
        doc = frappe.get_all("Report", filters={"is_standard": "Yes"}, pluck="name", limit=1)
        name = doc[0] if doc else self.query_report()
        self.assertRaises(frappe.ValidationError, save_report, name, "User", "{}")
        self.assertRaises(frappe.ValidationError, delete_report, name)

    def query_report(self) -> str:
        values = {"report_name": "Svc Query", "ref_doctype": "User", "report_type": "Query Report", "is_standard": "No"}
        return frappe.get_doc({"doctype": "Report", **values, "query": "select name from `tabUser`"}).insert().name


class TestFormProperties(ServicesTestCase):
    def test_what_only_the_form_reads_is_kept(self):
        make_doctype(
            "Svc Form Row",
            [
                {"fieldname": "more", "fieldtype": "Section Break", "label": "More", "collapsible": 1},
                {"fieldname": "what", "fieldtype": "Data", "label": "What", "columns": 4},
            ],
            istable=1,
            editable_grid=1,
        )
        meta = frappe.get_meta("Svc Form Row")
        self.assertEqual(meta.editable_grid, 1)
        self.assertEqual((meta.get_field("more").collapsible, meta.get_field("what").columns), (1, 4))


class TestBulk(ServicesTestCase):
    def test_every_document_is_done_by_itself(self):
        one, two = paper(), paper()
        frappe.db.commit()
        self.assertEqual(submit_cancel_or_update_docs("Svc Paper", [one.name, two.name], "update", {"amount": 7}), [])
        self.assertEqual(frappe.db.get_value("Svc Paper", two.name, "amount"), 7)
        self.assertEqual(submit_cancel_or_update_docs("Svc Paper", json.dumps([one.name]), "submit"), [])
        self.assertEqual(submit_cancel_or_update_docs("Svc Paper", [one.name, two.name], "submit"), [one.name])
        self.assertEqual(submit_cancel_or_update_docs("Svc Paper", [one.name, two.name], "cancel"), [])
        self.assertEqual(frappe.db.get_value("Svc Paper", one.name, "docstatus"), 2)

    def test_chosen_documents_are_deleted_and_those_that_cannot_stay(self):
        one, two = paper(), paper()
        two.submit()
        frappe.db.commit()
        frappe.form_dict.update(doctype="Svc Paper", items=json.dumps([one.name, two.name]))
        self.addCleanup(frappe.form_dict.clear)
        delete_items()
        self.assertFalse(frappe.db.exists("Svc Paper", one.name))
        self.assertTrue(frappe.db.exists("Svc Paper", two.name))

    def test_too_many_at_once(self):
        names = [str(number) for number in range(501)]
        self.assertRaises(frappe.ValidationError, submit_cancel_or_update_docs, "Svc Paper", names)
