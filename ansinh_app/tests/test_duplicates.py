"""Duplicate findings: found on entry and by a search, decided with a reason, remembered, and who sees which side."""

from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.exceptions import ChangeNotAllowedError
from ansinh_app.payouts.preflight import preflight
from ansinh_app.registry import duplicates
from ansinh_app.registry.report.duplicates.duplicates import execute
from ansinh_app.tests.factories import (
    BINH_HOA,
    MAI_PHA,
    VINH_TRAI,
    as_user,
    commune_row,
    commune_workbook,
    grant,
    make_account,
    make_import,
    make_office,
    make_person,
    make_representative,
    make_user,
)

NUMBER = "020150001234"


def findings_of(*people, **filters):
    """Findings about all of the people named, newest data."""
    found = [
        frappe.get_doc("Duplicate Finding", name)
        for name in frappe.get_all("Duplicate Finding", filters=filters, pluck="name", limit_page_length=0)
    ]
    wanted = {person.name for person in people}
    return [doc for doc in found if wanted <= {doc.beneficiary, doc.other_beneficiary}]


class DuplicateCase(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_office("TEST-BS", unit=BINH_HOA)
        cls.officer = make_user("trung@test.example", "Social Affairs Officer")
        cls.manager = make_user("duyet@test.example", "Social Affairs Manager")
        cls.ward = make_user("trungvt@test.example", "Commune Officer", units=[VINH_TRAI])
        cls.neighbour = make_user("trungmp@test.example", "Commune Officer", units=[MAI_PHA])
        cls.outsider = make_user("trungbh@test.example", "Commune Officer", units=[BINH_HOA])
        cls.nowhere = make_user("trungkd@test.example", "Commune Officer")

    def setUp(self):
        self.word = frappe.generate_hash(length=6).translate(str.maketrans("0123456789", "ghiklmnopq"))

    def pair(self, **second):
        """One person in two communes, the second record with slips; names of their own, so that no other test counts."""
        name = f"Lăng Thị {self.word.title()}"
        born = {"date_of_birth": "1950-05-12"}
        one = make_person(name, personal_id=second.pop("first_id", None), **born)
        return one, make_person(**({"full_name": name, "administrative_unit": MAI_PHA, **born} | second))


class TestFinding(DuplicateCase):
    def test_who_is_entered_twice_is_found_on_entry_and_the_clerk_is_told(self):
        with patch("frappe.msgprint") as said:
            one, other = self.pair(full_name=f"LANG THI {self.word.upper()}")
        [finding] = findings_of(one, other)
        self.assertEqual((finding.status, finding.kind), ("Open", "Name and Birth"))
        self.assertIn("without diacritics", finding.reason)
        self.assertTrue(any(finding.name in str(call) for call in said.call_args_list))

    def test_old_and_new_card_meet(self):
        one = make_person(f"Hoàng {self.word}", old_id="080123456", personal_id=NUMBER, date_of_birth="1950-01-02")
        other = make_person(f"Nông {self.word}", old_id="080123456", date_of_birth="1950-01-01", dob_precision="Year")
        self.assertEqual([doc.kind for doc in findings_of(one, other)], ["Old and New ID"])

    def test_a_search_finds_what_came_in_without_a_check_and_closes_what_no_longer_holds(self):
        with patch.object(duplicates, "after_save"):
            one, other = self.pair()
        self.assertEqual(findings_of(one, other), [])
        counts = duplicates.find()
        self.assertGreaterEqual(counts["new"], 1)
        [finding] = findings_of(one, other)
        self.assertEqual(duplicates.find()["new"], 0)
        frappe.db.set_value("Beneficiary", other.name, {"full_name": "Vi Khác Hẳn", "date_of_birth": "1971-02-03"})
        duplicates.find()
        self.assertEqual(finding.reload().status, "No Longer Found")

    def test_a_search_of_one_office_leaves_others_alone(self):
        with patch.object(duplicates, "after_save"):
            one, other = self.pair(office="TEST-BS", administrative_unit=BINH_HOA)
            _here, _there = self.pair(full_name=f"Lăng Thị {self.word.title()}n")
        make_office("TEST-KHAC", unit=BINH_HOA)
        self.assertEqual(duplicates.find("TEST-KHAC")["new"], 0)
        duplicates.find("TEST-BS")
        self.assertEqual(len(findings_of(one, other)), 1)

    def test_an_import_tells_of_the_people_it_brought(self):
        with patch.object(duplicates, "after_save"):
            one = make_person(f"Lăng Văn {self.word.title()}", date_of_birth="1980-03-10", administrative_unit=MAI_PHA)
        run = make_import(commune_workbook([commune_row(**{"Họ và tên": one.full_name.upper()})]))
        frappe.get_attr("ansinh_app.api.import_registry")(run.name)
        [brought] = frappe.get_all("Beneficiary", filters={"source_import": run.name})
        self.assertEqual(len(findings_of(one, brought)), 1)

    def test_two_schemes_under_two_records(self):
        one, other = self.pair()
        grant(one)
        grant(other, "NCC-01B")
        duplicates.find()
        self.assertEqual([doc.kind for doc in findings_of(one, other)], ["Two Schemes"])

    def test_an_own_account_of_two_people_but_not_of_a_representative(self):
        holder = make_person(f"Lăng Văn {self.word.title()}", personal_id="020080004321")
        account = make_account(holder, account_no="0601" + str(hash(self.word))[-8:])
        paid = make_person(f"Vi Thị {self.word.title()}g", date_of_birth="2001-02-03")
        frappe.db.set_value("Beneficiary", paid.name, "payment_account", account.name, update_modified=False)
        duplicates.find()
        self.assertEqual([doc.kind for doc in findings_of(holder, paid)], ["Same Account"])
        guardian = make_representative(holder.full_name, personal_id=holder.personal_id)
        paid.append("representatives", {"representative": guardian.name, "capacity": "Authorised"})
        paid.save()
        frappe.db.set_value("Beneficiary", paid.name, "payment_account", account.name)
        duplicates.find()
        self.assertEqual([doc.status for doc in findings_of(holder, paid)], ["No Longer Found"])


class TestDeciding(DuplicateCase):
    def decide(self, finding, user=None, **values):
        with as_user(user or self.officer):
            doc = frappe.get_doc("Duplicate Finding", finding.name)
            return doc.update(values).save()

    def test_a_decision_needs_a_reason_and_is_remembered_until_the_data_change(self):
        one, other = self.pair()
        [finding] = findings_of(one, other)
        with self.assertRaises(ChangeNotAllowedError):
            self.decide(finding, status="Different People")
        self.decide(finding, status="Different People", decision_reason="Hai bà ở hai nơi, đã xem thẻ căn cước")
        duplicates.find()
        finding.reload()
        self.assertEqual((finding.status, finding.decided_by), ("Different People", self.officer))
        frappe.get_doc("Beneficiary", other.name).update({"old_id": "080765432"}).save()
        finding.reload()
        self.assertEqual((finding.status, finding.decided_by, finding.decision_reason), ("Open", None, None))
        kept = frappe.get_all("Comment", filters={"reference_name": finding.name}, pluck="content")
        self.assertTrue(any("Hai bà ở hai nơi" in text for text in kept))

    def test_same_person_drafts_stops_of_one_record_and_moves_no_money(self):
        one, other = self.pair()
        [finding] = findings_of(one, other)
        kept, ends = frappe.get_doc("Beneficiary", finding.beneficiary), finding.other_beneficiary
        held = [grant(kept), grant(frappe.get_doc("Beneficiary", ends))]
        with self.assertRaises(ChangeNotAllowedError):
            self.decide(finding, status="Same Person", decision_reason="Cùng một người")
        terms = {"record_ends": "Second Record", "stop_month": "2024-08-15", "decision_reason": "Cùng một người, cùng thẻ"}
        self.decide(finding, status="Same Person", **terms)
        [change] = frappe.get_all(
            "Registry Change",
            filters={"duplicate_finding": finding.name},
            fields=["name", "beneficiary", "entitlement", "change_type", "effective_month", "status", "docstatus"],
        )
        self.assertEqual(
            (change.beneficiary, change.entitlement, change.change_type, str(change.effective_month), change.status),
            (ends, held[1].name, "Stop", "2024-08-01", "Draft"),
        )
        self.assertEqual([doc.reload().effective_to for doc in held], [None, None])
        self.decide(finding, status="Open")
        self.assertFalse(frappe.db.exists("Registry Change", change.name))

    def test_an_approved_stop_is_not_forgotten_when_the_decision_is_taken_back(self):
        one, other = self.pair()
        [finding] = findings_of(one, other)
        grant(frappe.get_doc("Beneficiary", finding.beneficiary))
        self.decide(finding, status="Same Person", record_ends="First Record", decision_reason="Cùng một người")
        change = frappe.get_doc("Registry Change", {"duplicate_finding": finding.name})
        change.submit()
        with self.assertRaises(ChangeNotAllowedError):
            self.decide(finding, status="Open")

    def test_preflight_asks_until_it_is_decided(self):
        one, other = self.pair()
        [finding] = findings_of(one, other)
        period = frappe.get_doc({"doctype": "Payout Period", "office": "TEST-LS", "month": "2024-06-01"}).insert().name

        def warned():
            return {
                item["beneficiary"]
                for row in preflight(period, "2024-05-25")["warnings"]
                if row["code"] == "same_person_twice"
                for item in row["items"]
            }

        self.assertLessEqual({one.name, other.name}, warned())
        self.decide(finding, status="Both Due", decision_reason="Một người, hai chế độ theo Điều 6.2")
        self.assertFalse({one.name, other.name} & warned())


class TestSides(DuplicateCase):
    def test_each_commune_sees_its_own_side_in_full_and_the_other_masked(self):
        one, other = self.pair(first_id=NUMBER)
        [finding] = findings_of(one, other)
        for user, own in ((self.ward, one), (self.neighbour, other)):
            with self.subTest(user), as_user(user):
                doc = frappe.get_doc("Duplicate Finding", finding.name)
                doc.check_permission("read")
                sides = {doc.beneficiary: doc.first_shown, doc.other_beneficiary: doc.other_shown}
                self.assertIn(own.full_name, sides.pop(own.name))
                [masked] = sides.values()
                for secret in (one.full_name, NUMBER, "12/05/1950"):
                    self.assertNotIn(secret, masked)
                self.assertIn("1950", masked)
                self.assertNotIn(one.full_name, " ".join(str(value) for value in (doc.title, doc.reason)))
        with as_user(self.officer):
            doc = frappe.get_doc("Duplicate Finding", finding.name)
            self.assertIn(one.full_name, doc.first_shown)
            self.assertIn(one.full_name, doc.other_shown)

    def test_who_sees_the_finding_at_all(self):
        one, other = self.pair()
        [finding] = findings_of(one, other)
        for user, sees in (
            (self.ward, True), (self.neighbour, True), (self.outsider, False), (self.nowhere, False),
            (self.officer, True),
        ):  # fmt: skip
            with self.subTest(user), as_user(user):
                self.assertEqual(frappe.get_list("Duplicate Finding", {"name": finding.name}) != [], sees)
                doc = frappe.get_doc("Duplicate Finding", finding.name)
                self.assertEqual(doc.has_permission("read"), sees)

    def test_what_a_form_sends_back_of_the_sides_is_kept_nowhere(self):
        one, other = self.pair()
        [finding] = findings_of(one, other)
        with as_user(self.officer):
            sent = frappe.get_doc("Duplicate Finding", finding.name).as_dict()
            self.assertIn(one.full_name, sent["first_shown"])
            sent["commune_says"] = "Đã hỏi"
            frappe.get_doc(sent).save(ignore_version=False)
        kept = frappe.get_all("Version", filters={"docname": finding.name}, pluck="data")
        self.assertTrue(any("commune_says" in data for data in kept))
        self.assertFalse(any(one.full_name in data or "_shown" in data for data in kept))

    def test_a_commune_says_what_it_found_out_and_the_office_decides(self):
        one, other = self.pair()
        [finding] = findings_of(one, other)
        with as_user(self.ward):
            doc = frappe.get_doc("Duplicate Finding", finding.name)
            doc.update({"commune_says": "Bà chuyển sang Mai Pha năm 2023"}).save()
            doc.update({"status": "Different People", "decision_reason": "Không phải"})
            self.assertRaises(frappe.PermissionError, doc.save)
        self.assertEqual(finding.reload().status, "Open")

    def test_what_a_search_found_is_not_written_by_hand(self):
        one, other = self.pair()
        [finding] = findings_of(one, other)
        with as_user(self.officer):
            frappe.get_doc("Duplicate Finding", finding.name).update({"score": 1, "kind": "Same ID"}).save()
        finding.reload()
        self.assertEqual(finding.kind, "Name and Birth")
        self.assertGreater(finding.score, 50)

    def test_only_who_works_for_all_offices_looks_through_all(self):
        limited = make_user("trungls@test.example", "Social Affairs Officer", offices=["TEST-LS"])
        with as_user(limited):
            self.assertRaises(frappe.PermissionError, duplicates.find_for_all, "{}")
            self.assertRaises(frappe.PermissionError, duplicates.find_for_office, '{"name": "TEST-BS"}')
            self.assertIn("people", duplicates.find_for_office('{"name": "TEST-LS"}'))
        self.assertTrue(frappe.db.get_value("Paying Office", "TEST-LS", "duplicates_looked_on"))


class TestReport(DuplicateCase):
    def test_counts_by_commune_kind_and_age_of_what_the_reader_may_list(self):
        one, other = self.pair()
        [finding] = findings_of(one, other)
        frappe.db.set_value("Duplicate Finding", finding.name, "found_on", frappe.utils.add_days(frappe.utils.nowdate(), -40))

        def rows(user):
            with as_user(user):
                return execute({"kind": "Name and Birth"})[1]

        before = rows(self.officer)[-1]
        self.assertGreaterEqual(before["quarter"], 1)
        self.assertLessEqual(rows(self.ward)[-1]["open"], before["open"])
        self.assertEqual((rows(self.outsider), rows(self.nowhere)), ([], []))
        self.assertNotIn(one.full_name, str(rows(self.officer)))
