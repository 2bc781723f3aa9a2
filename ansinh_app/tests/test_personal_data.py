"""Who looked at whom: written down once, sealed, never changed; numbers shown only for a reason."""

from datetime import timedelta

import frappe
from frappe.core.doctype.access_log.access_log import make_access_log
from frappe.tests.utils import FrappeTestCase
from frappe.utils import now_datetime

from ansinh_app.exceptions import PersonalDataError
from ansinh_app.oversight import log_seals, personal_data, reveal
from ansinh_app.tests.factories import (
    BINH_HOA,
    MAI_PHA,
    VINH_TRAI,
    as_user,
    asked,
    make_account,
    make_office,
    make_person,
    make_representative,
    make_user,
)

ID, ACCOUNT = "020180005555", "060100008899"


class TestPersonalDataLog(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_office("TEST-BS", unit=BINH_HOA)
        cls.person = make_person("Vi Văn Nhật Ký", personal_id=ID, phone="0912345699")
        cls.far = make_person("Vi Văn Nơi Khác", administrative_unit=BINH_HOA, office="TEST-BS")
        cls.account = make_account(cls.person, account_no=ACCOUNT, provider="STB")
        cls.officer = make_user("nk-phong@test.example", "Social Affairs Officer")
        cls.manager = make_user("nk-truong@test.example", "Social Affairs Manager", offices=["TEST-LS"])
        cls.ward = make_user("nk-phuong@test.example", "Commune Officer", units=[VINH_TRAI])
        cls.next_door = make_user("nk-maipha@test.example", "Commune Officer", units=[MAI_PHA])
        cls.auditor = make_user("nk-thanhtra@test.example", "Auditor")
        cls.bank = make_user("nk-stb@test.example", "Bank Officer", providers=["STB"])

    def rows(self, **filters) -> list[dict]:
        fields = "action user what people beneficiary office reason roles reference_name detail".split()
        return frappe.get_all("Personal Data Log", filters=filters, fields=fields, order_by="logged_at")

    def test_opening_a_form_is_written_down_once(self):
        doc = frappe.get_doc("Beneficiary", self.person.name)
        with as_user(self.ward), asked():
            doc.run_method("onload")
            doc.run_method("onload")
        (row,) = self.rows(user=self.ward, beneficiary=self.person.name, action="View")
        self.assertEqual((row.roles, row.office, row.people), ("Commune Officer", "TEST-LS", 1))

    def test_a_save_is_no_look(self):
        doc = frappe.get_doc("Beneficiary", self.far.name)
        with as_user(self.officer), asked(cmd="frappe.desk.form.save.savedocs"):
            doc.run_method("onload")
        self.assertEqual(self.rows(beneficiary=self.far.name, action="View"), [])

    def test_a_program_that_reads_a_document_is_written_down_and_a_refused_one_is_not(self):
        doc = frappe.get_doc("Beneficiary", self.person.name)
        with as_user(self.officer), asked(cmd="frappe.client.get", doctype="Beneficiary"):
            self.assertTrue(doc.has_permission("read"))
        with as_user(self.next_door), asked(cmd="frappe.client.get", doctype="Beneficiary"):
            self.assertFalse(doc.has_permission("read"))
        users = [row.user for row in self.rows(beneficiary=self.person.name)]
        self.assertIn(self.officer, users)
        self.assertNotIn(self.next_door, users)

    def test_prints_and_exports_say_what_and_how_many(self):
        frappe.get_print("Payment Account", self.account.name)
        self.assertEqual(self.rows(action="Print", reference_name=self.account.name)[-1].people, 1)
        with as_user(self.officer):
            make_access_log(
                doctype="Beneficiary",
                file_type="Excel",
                filters=frappe.as_json({"name": ["in", [self.person.name, self.far.name]]}),
            )
        row = self.rows(action="Export", user=self.officer)[-1]
        self.assertEqual(row.people, 2)
        with as_user(self.officer):
            # As a bench writes the filters of its lists down.
            make_access_log(
                doctype="Beneficiary", file_type="CSV", filters=str([["Beneficiary", "name", "=", self.person.name]])
            )
        self.assertEqual(self.rows(action="Export", user=self.officer)[-1].people, 1)
        with as_user(self.ward):
            make_access_log(doctype="Beneficiary", file_type="CSV", filters="{}")
        row_of_ward = self.rows(action="Export", user=self.ward)[-1]
        self.assertEqual((row_of_ward.office, row_of_ward.people > 0), ("TEST-LS", True))
        self.assertIn(self.far.name, row.detail)

    def test_a_report_that_names_people_is_written_down_with_how_many(self):
        rows = [
            {"beneficiary": self.person.name},
            {"beneficiary": self.far.name},
            {"beneficiary": self.far.name},
        ]
        with as_user(self.officer), asked(cmd="frappe.desk.query_report.export_query", filters="{}"):
            personal_data.on_report("Failed and Carried Over", rows)
            personal_data.on_report("Account Coverage", [{"commune": "A", "people": 3}])
        report = frappe.get_doc("Report", "Failed and Carried Over")
        with as_user(self.officer), asked(cmd="frappe.desk.query_report.run"):
            report.execute_module({"month": "2024-06-01"})
        found = self.rows(user=self.officer, reference_name="Failed and Carried Over", action="Export")
        self.assertEqual([row.people for row in found], [2])
        self.assertEqual(self.rows(user=self.officer, reference_name="Account Coverage"), [])
        self.assertEqual(type(report).__name__, "WatchedReport")

    def test_a_file_with_people_is_written_down_when_it_is_taken(self):
        file = frappe.get_doc(
            {
                "doctype": "File",
                "file_name": "giay uy quyen.txt",
                "is_private": 1,
                "content": "mẫu",
                "attached_to_doctype": "Beneficiary",
                "attached_to_name": self.person.name,
            }
        ).insert()
        make_access_log(doctype="File", document=file.name, file_type="txt")
        (row,) = self.rows(action="File", beneficiary=self.person.name)
        self.assertIn("giay uy quyen", row.what)

    def test_much_data_taken_away_is_told_to_the_manager(self):
        frappe.db.set_single_value("An Sinh Settings", "bulk_export_alert", 2)
        told = {"document_type": "Personal Data Log", "for_user": self.manager}
        before = frappe.db.count("Notification Log", told)
        with as_user(self.officer):
            personal_data.record("Export", "Beneficiary", what="Danh sách", people=1, office="TEST-LS")
            self.assertEqual(frappe.db.count("Notification Log", told), before)
            personal_data.record("Export", "Beneficiary", what="Danh sách", people=2, office="TEST-LS")
            personal_data.record("Sent List", "Payout Batch", what="Danh sách", people=9, office="TEST-LS")
        self.assertEqual(frappe.db.count("Notification Log", told), before + 1)

    def test_nobody_writes_changes_or_removes_a_row(self):
        personal_data.record("View", "Beneficiary", self.person.name, beneficiary=self.person.name)
        name = frappe.get_all("Personal Data Log", limit=1, pluck="name")[0]
        row = frappe.get_doc("Personal Data Log", name)
        row.what = "khác"
        self.assertRaises(PersonalDataError, row.save)
        self.assertRaises(PersonalDataError, row.delete)
        self.assertRaises(PersonalDataError, frappe.delete_doc, "Personal Data Log", name, force=True)
        made = frappe.get_doc({"doctype": "Personal Data Log", "action": "View", "user": "Administrator"})
        self.assertRaises(PersonalDataError, made.insert)
        with as_user(self.manager):
            self.assertFalse(frappe.has_permission("Personal Data Log", "write"))

    def test_the_log_is_read_by_auditor_and_the_offices_manager_only(self):
        personal_data.record(
            "View", "Beneficiary", self.person.name, beneficiary=self.person.name, office="TEST-LS"
        )
        personal_data.record(
            "View", "Beneficiary", self.far.name, beneficiary=self.far.name, office="TEST-BS"
        )

        def offices(user):
            with as_user(user):
                found = frappe.get_list("Personal Data Log", fields=["office"], limit_page_length=0)
                return {row.office for row in found} & {"TEST-LS", "TEST-BS"}

        self.assertEqual(offices(self.auditor), {"TEST-LS", "TEST-BS"})
        self.assertEqual(offices(self.manager), {"TEST-LS"})
        for user in (self.officer, self.ward, self.bank):
            self.assertRaises(frappe.PermissionError, offices, user)

    def test_a_seal_shows_a_row_changed_added_or_removed(self):
        for number in range(3):
            personal_data.record("View", "Beneficiary", self.person.name, f"dòng {number}")
        until = now_datetime() + timedelta(seconds=1)
        first = log_seals.seal(until)
        self.assertTrue(first)
        self.assertIsNone(log_seals.seal(until))
        self.assertEqual(log_seals.broken(), [])
        name = frappe.get_all("Personal Data Log", filters={"what": "dòng 1"}, pluck="name")[0]
        frappe.db.set_value("Personal Data Log", name, "what", "dòng khác", update_modified=False)
        self.assertEqual([row["name"] for row in log_seals.broken()], [first])
        frappe.db.set_value("Personal Data Log", name, "what", "dòng 1", update_modified=False)
        self.assertEqual(log_seals.broken(), [])
        frappe.db.delete("Personal Data Log", {"name": name})
        self.assertEqual([row["name"] for row in log_seals.broken()], [first])
        seal = frappe.get_doc("Personal Data Log Seal", first)
        self.assertRaises(PersonalDataError, log_seals.check_log, seal.as_json())
        self.assertRaises(PersonalDataError, seal.save)

    def test_numbers_are_shown_to_who_may_ask_with_a_reason_and_written_down(self):
        def ask(user, reason="Đối chiếu hồ sơ thanh tra", doctype="Beneficiary", name=self.person.name):
            with as_user(user):
                doc = {"doctype": "Number Reveal", "reference_doctype": doctype, "reference_name": name}
                return frappe.get_doc({**doc, "reason": reason}).insert()

        frappe.clear_messages()
        ask(self.auditor)
        said = str(frappe.get_message_log())
        self.assertIn(ID, said)
        (row,) = self.rows(action="Reveal", user=self.auditor)
        self.assertEqual((row.reason, row.beneficiary), ("Đối chiếu hồ sơ thanh tra", self.person.name))
        self.assertNotIn(ID, frappe.as_json(row))
        self.assertRaises(PersonalDataError, ask, self.auditor, reason=" ")
        for user in (self.bank, self.next_door):
            self.assertRaises(frappe.PermissionError, ask, user)
        police = make_user("nk-congan@test.example", "Police Officer", units=[VINH_TRAI])
        guardian = make_representative("Vi Thị Giám Hộ", personal_id="020180005556", phone="0912345698")
        frappe.clear_messages()
        ask(police, doctype="Representative", name=guardian.name)
        self.assertIn("0912345698", str(frappe.get_message_log()))
        self.assertNotIn("020180005556", str(frappe.get_message_log()))
        with as_user(police):
            self.assertEqual(len(frappe.get_list("Number Reveal")), 1)
        with as_user(self.auditor):
            self.assertIn("number-reveal/new?", reveal.show_numbers(self.person.as_json())["url"])
        with as_user(self.officer):
            self.assertEqual(reveal.show_numbers(self.person.as_json()), {})
