"""Consents, requests of people, incidents and retention: deadlines, two people, and what must stay."""

from datetime import timedelta

import frappe
from frappe.desk.query_report import run as run_report
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase
from frappe.utils import get_datetime, now_datetime, nowdate

from ansinh_app.exceptions import AreaError, PersonalDataError, SelfApprovalError
from ansinh_app.oversight import consents, incidents, log_seals, personal_data, retention, subject_requests
from ansinh_app.patches import load_data_protection
from ansinh_app.tests.factories import (
    BINH_HOA,
    MAI_PHA,
    VINH_TRAI,
    as_user,
    grant,
    make_account,
    make_office,
    make_person,
    make_user,
)

HERE, THERE = "TEST-LS", "TEST-BS"


class DataRightsCase(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_office(HERE)
        make_office(THERE, unit=BINH_HOA)
        cls.officer = make_user("ql-phong@test.example", "Social Affairs Officer")
        cls.manager = make_user("ql-truong@test.example", "Social Affairs Manager")
        cls.other_manager = make_user("ql-bs@test.example", "Social Affairs Manager", offices=[THERE])
        cls.ward = make_user("ql-phuong@test.example", "Commune Officer", units=[VINH_TRAI])
        cls.next_door = make_user("ql-maipha@test.example", "Commune Officer", units=[MAI_PHA])
        cls.nowhere = make_user("ql-khongdau@test.example", "Commune Officer")
        cls.bank = make_user("ql-stb@test.example", "Bank Officer", providers=["STB"])
        cls.auditor = make_user("ql-thanhtra@test.example", "Auditor")

    def ask(self, person, kind: str, **values):
        return frappe.get_doc(
            {
                "doctype": "Data Subject Request",
                "beneficiary": person.name,
                "request_kind": kind,
                "identity_checked": 1,
                **values,
            }
        ).insert()

    def press(self, step, doc, user=None):
        with as_user(user or self.officer):
            step(frappe.get_doc(doc.doctype, doc.name).as_json())
        return doc.reload()


class TestRequests(DataRightsCase):
    def test_the_deadline_is_the_laws_of_the_day_it_came(self):
        person = make_person("Ngô Thị Hạn Trả")
        before = self.ask(person, "Delete", received_on="2025-12-30")
        self.assertEqual((str(before.due_on), before.deadline_basis), ("2026-01-02", "NĐ 13/2023"))
        after = self.ask(person, "Delete", received_on="2026-03-02")
        self.assertEqual((str(after.due_on), after.deadline_basis), ("2026-03-22", "NĐ 356/2025 Đ5"))
        frappe.db.set_single_value("An Sinh Settings", "days_delete", 5)
        self.assertEqual(str(self.ask(person, "Delete", received_on="2026-03-02").due_on), "2026-03-07")
        frappe.db.set_single_value("An Sinh Settings", "days_delete", 20)

    def test_nothing_is_given_out_before_the_identity_is_checked(self):
        request = self.ask(make_person("Ngô Thị Chưa Rõ"), "Access", identity_checked=0)
        self.assertRaises(PersonalDataError, self.press, subject_requests.complete, request)
        request.identity_checked = 1
        request.save()
        self.press(subject_requests.start, request)
        self.assertEqual(request.status, "In Progress")
        self.press(subject_requests.complete, request)
        self.assertEqual((request.status, request.answered_by), ("Done", self.officer))
        self.assertIn("TRẢ LỜI", frappe.get_print(request.doctype, request.name, "Answer to the Person"))

    def test_a_correction_becomes_a_change_somebody_else_approves(self):
        person = make_person("Ngô Văn Sai Tên")
        request = self.ask(
            person, "Correct", corrected_field="full_name", corrected_value="Ngô Văn Đúng Tên", wish="Sai tên"
        )
        self.press(subject_requests.complete, request)
        change = frappe.get_doc("Registry Change", request.registry_change)
        self.assertEqual((change.change_type, change.corrected_value), ("Correct", "Ngô Văn Đúng Tên"))
        self.assertEqual(request.status, "In Progress")
        self.assertRaises(PersonalDataError, self.press, subject_requests.complete, request)
        with as_user(self.officer):
            change = apply_workflow(frappe.get_doc(change.doctype, change.name), "Propose")
        with as_user(self.manager):
            apply_workflow(frappe.get_doc(change.doctype, change.name), "Approve")
        self.press(subject_requests.complete, request)
        self.assertEqual(request.status, "Done")
        self.assertEqual(frappe.db.get_value("Beneficiary", person.name, "full_name"), "Ngô Văn Đúng Tên")

    def test_deleting_takes_what_rests_on_consent_and_keeps_what_decisions_need(self):
        person = make_person("Ngô Thị Xin Xoá", personal_id="020180007001", phone="0912345701", note="gọi con")
        request = self.press(subject_requests.complete, self.ask(person, "Delete"))
        kept = frappe.get_doc("Beneficiary", person.name)
        self.assertEqual((kept.phone, kept.phone_shown, kept.note), (None, None, None))
        self.assertEqual(kept.personal_id, "020180007001")
        self.assertIn("kế toán", frappe.get_print(request.doctype, request.name, "Answer to the Person"))
        self.assertTrue(frappe.db.exists("Personal Data Log", {"action": "Erasure", "beneficiary": person.name}))

    def test_a_refusal_needs_its_reason_and_closed_requests_stay(self):
        request = self.ask(make_person("Ngô Thị Bị Từ Chối"), "Object")
        self.assertRaises(PersonalDataError, self.press, subject_requests.refuse, request)
        request.answer = "Việc xử lý theo luật chuyên ngành"
        request.save()
        self.press(subject_requests.refuse, request)
        self.assertEqual(request.status, "Refused")
        self.assertRaises(PersonalDataError, self.press, subject_requests.complete, request)
        request.answer = "khác"
        request.save()
        self.assertEqual(request.answer, "Việc xử lý theo luật chuyên ngành")
        self.assertRaises(PersonalDataError, request.delete)

    def test_who_sees_requests_and_consents(self):
        person = make_person("Ngô Thị Của Phường")
        request = self.ask(person, "Access")
        consent = consents.give(person.name, consents.PHONE, nowdate(), "Paper")
        far = make_person("Ngô Thị Bình Hòa", administrative_unit=BINH_HOA, office=THERE)
        self.ask(far, "Access")

        def seen(user, doctype):
            with as_user(user):
                return set(frappe.get_list(doctype, pluck="beneficiary", limit_page_length=0)) & {
                    person.name,
                    far.name,
                }

        for doctype, name in ((request.doctype, request.name), (consent.doctype, consent.name)):
            self.assertEqual(seen(self.ward, doctype), {person.name})
            self.assertEqual(seen(self.next_door, doctype), set())
            self.assertEqual(seen(self.nowhere, doctype), set())
            self.assertIn(person.name, seen(self.auditor, doctype))
            with as_user(self.next_door):
                self.assertFalse(frappe.has_permission(doctype, "read", doc=name))
            self.assertRaises(frappe.PermissionError, seen, self.bank, doctype)
        with self.assertRaises((AreaError, frappe.PermissionError)):
            self.press(subject_requests.start, request, self.other_manager)

    def test_the_extract_has_everything_and_is_neutral_about_the_benefit(self):
        person = make_person("Ngô Thị Trích Lục", personal_id="020180007002", phone="0912345702")
        make_account(person, account_no="060100007002")
        grant(person, "BTXH-08")
        with as_user(self.ward):
            personal_data.record("View", "Beneficiary", person.name, "Beneficiary", beneficiary=person.name)
        paper = frappe.get_print("Beneficiary", person.name, "Personal Data Extract")
        for part in ("020180007002", "0912345702", "060100007002", "10/QĐ-UBND", self.ward):
            self.assertIn(part, paper)
        self.assertIn("Đối tượng bảo trợ xã hội", paper)
        self.assertNotIn("HIV", paper)


class TestConsents(DataRightsCase):
    def test_the_person_carries_the_summary_of_what_was_agreed(self):
        person = make_person("Ngô Thị Đồng Ý")
        given = consents.give(person.name, consents.BANK, "2026-02-01", "Paper")
        values = ["consent", "consent_on"]
        consent, since = frappe.db.get_value("Beneficiary", person.name, values)
        self.assertEqual((consent, str(since)), (1, "2026-02-01"))
        self.assertRaises(PersonalDataError, consents.give, person.name, consents.BANK, nowdate(), "Paper")
        request = self.press(
            subject_requests.complete, self.ask(person, "Withdraw Consent", consent_scope=consents.BANK)
        )
        self.assertEqual(request.status, "Done")
        self.assertEqual(frappe.db.get_value("Beneficiary", person.name, "consent"), 0)
        given.reload()
        self.assertEqual(given.status, "Withdrawn")
        given.withdrawn_on = None
        self.assertRaises(PersonalDataError, given.save)
        self.assertRaises(PersonalDataError, given.delete)

    def test_a_confirmed_application_is_a_consent_to_tell_the_bank(self):
        person = make_person("Ngô Thị Làm Đơn")
        request = frappe.get_doc(
            {
                "doctype": "Account Request",
                "beneficiary": person.name,
                "provider": "STB",
                "holder_type": "Self",
                "consent": 1,
                "has_id_card": 1,
            }
        ).insert()
        self.assertFalse(consents.stands(person.name, consents.BANK))
        with as_user(self.officer):
            apply_workflow(frappe.get_doc(request.doctype, request.name), "Confirm")
        self.assertTrue(consents.stands(person.name, consents.BANK))


class TestIncidents(DataRightsCase):
    def make(self, **values):
        return frappe.get_doc(
            {
                "doctype": "Data Incident",
                "office": HERE,
                "incident_title": "Gửi nhầm danh sách",
                "description": "Danh sách gửi nhầm địa chỉ thư",
                "known_at": now_datetime() - timedelta(hours=1),
                **values,
            }
        ).insert()

    def test_the_clock_runs_72_hours_from_when_it_was_found(self):
        incident = self.make()
        self.assertEqual(get_datetime(incident.due_at) - get_datetime(incident.known_at), timedelta(hours=72))
        self.assertTrue(incident.time_left.startswith("70") or incident.time_left.startswith("71"))
        self.assertRaises(PersonalDataError, self.make, known_at=now_datetime() + timedelta(days=1))
        self.assertRaises(PersonalDataError, self.make, occurred_at=now_datetime())

    def test_the_notice_is_complete_and_a_late_one_says_why(self):
        incident = self.make(known_at=now_datetime() - timedelta(hours=80))
        self.assertRaises(PersonalDataError, self.press, incidents.report_sent, incident)
        incident.update({"data_concerned": "Họ tên, số tài khoản", "people_count": 40, "measures": "Thu hồi thư"})
        incident.save()
        self.assertRaises(PersonalDataError, self.press, incidents.report_sent, incident)
        incidents.watch_clocks()
        self.assertEqual(frappe.db.get_value(incident.doctype, incident.name, "overdue"), 1)
        incident.reload()
        incident.not_reported_reason = "Nghỉ lễ"
        incident.save()
        self.press(incidents.report_sent, incident)
        self.assertEqual((incident.status, incident.overdue, incident.time_left), ("Reported", 0, ""))
        paper = frappe.get_print(incident.doctype, incident.name, "Incident Notice")
        self.assertIn("A05", paper)
        self.assertIn("Gửi nhầm danh sách", paper)
        self.assertRaises(PersonalDataError, self.press, incidents.close, incident)
        incident.lessons = "Gửi qua hệ thống"
        incident.save()
        self.press(incidents.close, incident)
        self.assertEqual(incident.status, "Closed")
        self.assertRaises(PersonalDataError, incident.delete)

    def test_another_offices_incident_is_not_seen(self):
        incident = self.make()
        with as_user(self.other_manager):
            self.assertNotIn(incident.name, frappe.get_list("Data Incident", pluck="name"))
        with as_user(self.ward), self.assertRaises(frappe.PermissionError):
            frappe.get_list("Data Incident")


class TestRetention(DataRightsCase):
    def setUp(self):
        self.office = make_office(f"GIU-{frappe.generate_hash(length=6)}")

    def person(self, name, ended: str | None = None, registered="2012-01-01", **values):
        person = make_person(name, office=self.office, **values)
        frappe.db.set_value("Beneficiary", person.name, "creation", f"{registered} 08:00:00")
        if ended:
            held = grant(person)
            frappe.db.set_value("Entitlement", held.name, "effective_to", ended)
        return person

    def run_of(self):
        return frappe.get_doc({"doctype": "Retention Run", "office": self.office}).insert()

    def test_rules_let_go_in_their_time_and_not_before(self):
        never = self.person("Bế Văn Chưa Hưởng")
        lately = self.person("Bế Văn Mới Ghi", registered=nowdate())
        long_ago = self.person("Bế Văn Mười Năm", ended="2014-05-01", phone="0912345801")
        years_ago = self.person("Bế Văn Ba Năm", ended="2023-05-01", phone="0912345802")
        drawing = self.person("Bế Văn Đang Hưởng", phone="0912345803")
        grant(drawing)
        found = {(item.rule, item.name) for item in retention.due(self.office, frappe.utils.getdate("2026-06-01"))}
        self.assertEqual(
            found,
            {("NEVER-GRANTED", never.name), ("PAID-PEOPLE", long_ago.name), ("CONTACT", years_ago.name)},
        )
        self.assertNotIn(lately.name, {name for _rule, name in found})
        report = run_report("Retention Due", filters={"office": self.office, "as_of": nowdate()})
        self.assertEqual(len(report["result"]), 3)

    def test_two_people_erase_and_accounting_keeps_its_figures(self):
        gone = self.person("Bế Văn Ẩn Danh", ended="2014-05-01", personal_id="020180007101", phone="0912345811")
        account = make_account(gone, account_no="060100007101")
        never = self.person("Bế Văn Xoá Hẳn")
        run = self.press(retention.find_due, self.run_of())
        self.assertEqual((run.status, run.due_count), ("Proposed", 2))
        self.assertRaises(frappe.PermissionError, self.press, retention.confirm, run, self.officer)
        self.assertRaises((AreaError, frappe.PermissionError), self.press, retention.confirm, run, self.other_manager)
        run = self.press(retention.confirm, run, self.manager)
        self.assertEqual((run.status, run.done_count, run.kept_count), ("Done", 2, 0))
        self.assertFalse(frappe.db.exists("Beneficiary", never.name))
        left = frappe.get_doc("Beneficiary", gone.name)
        self.assertEqual((left.full_name, left.personal_id, left.phone), (retention.NOBODY, None, None))
        self.assertNotIn("060100007101", frappe.get_doc("Payment Account", account.name).as_json())
        self.assertTrue(frappe.db.exists("Entitlement", {"beneficiary": gone.name, "decision_no": "10/QĐ-UBND"}))
        self.assertEqual(list(retention.due(self.office, frappe.utils.getdate(nowdate()))), [])
        self.assertTrue(frappe.db.exists("Personal Data Log", {"action": "Erasure", "reference_name": run.name}))
        self.assertRaises(PersonalDataError, self.press, retention.withdraw, run)

    def test_who_proposed_does_not_confirm_and_what_changed_meanwhile_stays(self):
        back = self.person("Bế Văn Hưởng Lại", ended="2014-05-01")
        run = self.press(retention.find_due, self.run_of(), self.manager)
        self.assertRaises(SelfApprovalError, self.press, retention.confirm, run, self.manager)
        grant(back)
        other = make_user("ql-truong2@test.example", "Social Affairs Manager")
        run = self.press(retention.confirm, run, other)
        self.assertEqual((run.done_count, run.kept_count), (0, 1))
        self.assertEqual(frappe.db.get_value("Beneficiary", back.name, "full_name"), "Bế Văn Hưởng Lại")
        withdrawn = self.press(retention.withdraw, self.run_of())
        self.assertEqual(withdrawn.status, "Withdrawn")

    def test_vouchers_are_never_kept_shorter_than_the_law_says(self):
        rule = frappe.get_doc("Retention Rule", "PAID-PEOPLE")
        rule.years = 5
        self.assertRaises(PersonalDataError, rule.save)


class TestRegister(DataRightsCase):
    def test_the_inventory_says_field_by_field_why_and_how_many(self):
        person = make_person("Ngô Thị Kiểm Kê", phone="0912345901")
        rows = run_report("Data Inventory", filters={"office": person.office})["result"]
        self.assertEqual(len(rows), frappe.db.count("Personal Data Field"))
        register = frappe.get_all("Personal Data Field", fields=["document_type", "field"])
        for row in register:
            self.assertTrue(frappe.get_meta(row.document_type).has_field(row.field), row)
        held = {"office": person.office, "phone": ["is", "set"]}
        self.assertIn(frappe.db.count("Beneficiary", held), [row.get("people") for row in rows])
        with as_user(self.other_manager):
            theirs = run_report("Data Inventory")["result"]
        self.assertNotIn(frappe.db.count("Beneficiary", held), [row.get("people") for row in theirs if row.get("people")])

    def test_a_site_of_before_gets_register_rules_and_deadlines(self):
        frappe.db.delete("Personal Data Field", {"document_type": "Beneficiary"})
        frappe.db.set_single_value("An Sinh Settings", "days_withdraw", 0)
        load_data_protection.execute()
        self.assertTrue(frappe.db.exists("Personal Data Field", "Beneficiary-phone"))
        self.assertEqual(frappe.db.get_single_value("An Sinh Settings", "days_withdraw"), 15)

    def test_the_report_of_the_log_sums_by_user(self):
        personal_data.record("Export", "Beneficiary", what="Danh sách", people=7, office=HERE)
        with as_user(self.auditor):
            rows = run_report("Personal Data Log", filters={"by": "User"})["result"]
            by_row = run_report("Personal Data Log", filters={"action": "Export", "looked_by": "administrator"})["result"]
        mine = next(row for row in rows if row.get("user") == "Administrator")
        self.assertGreaterEqual(mine["taken"], 7)
        self.assertTrue(by_row)
        self.assertIsNone(log_seals.seal(now_datetime() - timedelta(days=9000)))
