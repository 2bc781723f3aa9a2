"""Identities before the police: the protected list, its answer, differences as proposals, where people stand."""

from datetime import date
from unittest.mock import patch

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import nowdate

from ansinh_app.exceptions import SelfApprovalError, VerificationError
from ansinh_app.registry.doctype.identity_verification.identity_verification import accept_all
from ansinh_app.registry.doctype.identity_verification_list import identity_verification_list as lists
from ansinh_app.registry.verification import background
from ansinh_app.tests.factories import (
    DONG_KINH,
    MAI_PHA,
    as_user,
    grant,
    make_change,
    make_representative,
    make_user,
)
from ansinh_app.tests.identity_case import (
    COMMUNE,
    LOST_POLICE,
    MANAGER,
    OTHER_COMMUNE,
    POLICE,
    IdentityCase,
)


class TestIdentityLists(IdentityCase):
    def test_the_list_can_be_filled_in_and_nothing_else_written(self):
        self.person("Hoàng Thị Mẫu", village="Khối 2", personal_id="020180000101", date_of_birth="1980-03-10")
        self.person("An Văn Mẫu", village="Khối 1", old_id="080123456")
        found = self.make_list()
        sheet = self.book(found).active
        heads = {cell.value: cell.column for cell in sheet[10] if cell.value}
        self.assertTrue(sheet.protection.sheet)
        free = {head for head, column in heads.items() if not sheet.cell(11, column).protection.locked}
        self.assertEqual(
            free,
            {
                "Kết quả", "Họ tên đúng", "Ngày sinh đúng", "Giới tính đúng", "Số định danh đúng", "Ngày chết",
                "Nơi chuyển đến", "Ngày chuyển", "Ghi chú",
            },
        )  # fmt: skip
        self.assertEqual([sheet.cell(row, 3).value for row in (11, 12)], ["An Văn Mẫu", "Hoàng Thị Mẫu"])
        self.assertEqual(sheet.cell(12, heads["Số ĐDCN/CCCD"]).value, "020180000101")
        choices = {rule.formula1: str(rule.sqref) for rule in sheet.data_validations.dataValidation if rule.type == "list"}
        self.assertIn('"Đúng,Sai lệch,Không tìm thấy,Đã chết,Đã chuyển đi"', choices)
        self.assertTrue(sheet.print_title_rows and sheet.page_setup.orientation == "landscape")
        self.assertTrue(all(cell.protection.locked for cell in sheet[10]))

    def test_an_answer_is_taken_once_in_any_order_and_what_fits_nothing_is_listed(self):
        right, wrong = self.person("Bế Văn Đúng"), self.person("Cao Thị Lệch", personal_id="020180000202")
        self.person("Dương Văn Chờ"), self.person("Giáp Văn Dời", personal_id="020080000303")
        found = self.make_list()
        self.assertEqual((self.status(right), found.waiting, found.status), ("Requested", 4, "Sent"))
        said = {
            "Bế Văn Đúng": {"Kết quả": "Đúng"},
            "Cao Thị Lệch": {"Kết quả": "Sai lệch", "Ngày sinh đúng": "15/04/1980", "Ghi chú": "theo CSDLQG"},
            "Giáp Văn Dời": {"Kết quả": "Đúng"},
        }

        def reverse(sheet, heads):
            rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=11, max_row=14)]
            for place, values in enumerate(reversed(rows), start=11):
                for column, value in enumerate(values, start=1):
                    sheet.cell(place, column).value = value
            for row in sheet.iter_rows(min_row=11, max_row=14):
                if row[heads["Họ và tên"] - 1].value == "Giáp Văn Dời":
                    row[heads["Số ĐDCN/CCCD"] - 1].value = "020080000999"
            extra = {"Mã": "IDV-1999-000001", "Họ và tên": "Người Lạ", "Kết quả": "Đúng"}
            for heading, value in extra.items():
                sheet.cell(15, heads[heading], value)

        found = self.answer(found, said, reverse, verified_by="Thượng úy Mẫu")
        self.assertEqual((found.verified, found.differing, found.waiting, found.unmatched), (1, 1, 2, 2))
        self.assertEqual({row.full_name for row in found.rows}, {"Giáp Văn Dời", "Người Lạ"})
        self.assertIn("ID", next(row.reason for row in found.rows if row.full_name == "Giáp Văn Dời"))
        verified = frappe.get_doc("Beneficiary", right.name)
        self.assertEqual(
            (verified.verification_status, str(verified.verified_on), verified.verified_by),
            ("Verified", nowdate(), "Thượng úy Mẫu"),
        )
        self.assertEqual(self.status(wrong), "Mismatch")
        request = frappe.get_doc("Identity Verification", self.rows(found)["Cao Thị Lệch"].name)
        self.assertEqual(
            [(row.field, row.registry_value, row.police_value) for row in request.differences],
            [("date_of_birth", "10/03/1980", "15/04/1980")],
        )
        before = {row.name: row for row in self.rows(found).values()}
        again = self.answer(found, said, reverse)
        self.assertEqual({row.name: row for row in self.rows(again).values()}, before)
        self.assertEqual((again.verified, again.differing, again.unmatched), (1, 1, 2))
        late = self.answer(found, {"Dương Văn Chờ": {"Kết quả": "Khớp"}, "Bế Văn Đúng": {"Kết quả": "Không tìm thấy"}})
        self.assertEqual((late.verified, late.waiting, late.unmatched), (2, 1, 1))
        self.assertIn("Ask Again", late.rows[0].reason)

    def test_a_list_collects_nobody_twice_and_only_whom_it_names(self):
        person = self.person("Hà Văn Một")
        self.person("Hà Văn Mất", status="Stopped")
        self.person("Hà Văn Xa", administrative_unit=MAI_PHA)
        self.person("Hà Văn Rõ", verification_status="Verified")
        guardian = make_representative("Hà Thị Giám Hộ")
        person.append("representatives", {"representative": guardian.name, "capacity": "Guardian"})
        person.save()
        first = self.make_list()
        self.assertEqual(set(self.rows(first)), {"Hà Văn Một", "Hà Thị Giám Hộ"})
        self.assertEqual(self.status(guardian), "Requested")
        second = self.make_list(send=False, verified_before="2100-01-01")
        self.assertEqual(set(self.rows(second)), set())
        frappe.db.set_value("Beneficiary", {"full_name": "Hà Văn Rõ"}, "verified_on", "2020-01-01")
        lists.collect(second.as_dict())
        self.assertEqual(set(self.rows(second)), {"Hà Văn Rõ"})
        with self.assertRaises(VerificationError):
            lists.collect(first.as_dict())

    def test_a_long_list_is_left_to_the_queue_and_says_what_went_wrong(self):
        self.person("Khương Văn Mẫu")
        found = self.make_list(send=False)
        with patch.object(background, "AT_ONCE", 0), patch.object(frappe, "enqueue") as queue:
            lists.write_and_send(found.as_dict())
            self.assertTrue(found.reload().running_since)
            with self.assertRaises(VerificationError):
                lists.collect(found.as_dict())
        given = queue.call_args.kwargs
        background.run(given["name"], given["work"])
        self.assertEqual((found.reload().status, found.running_since, found.waiting), ("Sent", None, 1))
        background.run(found.name, "answer")
        self.assertTrue(found.reload().error_message)

    def test_police_answer_all_the_rest_at_once(self):
        people = [self.person(f"Lộc Văn Mẫu {index}") for index in "ABC"]
        found = self.make_list()
        with as_user(POLICE):
            one = self.rows(found)["Lộc Văn Mẫu A"].name
            self.step(one, "Report Difference", result="Deceased", died_on="2024-05-02")
            lists.verify_rest(found.as_dict())
        self.assertEqual([self.status(person) for person in people], ["Mismatch", "Verified", "Verified"])
        self.assertEqual(found.reload().status, "Answered")


class TestDifferences(IdentityCase):
    def answered(self, person, **values):
        found = self.make_list()
        with as_user(POLICE):
            return self.step(self.rows(found)[person.full_name].name, "Report Difference", **values)

    def approve(self, name: str):
        with as_user(MANAGER):
            return apply_workflow(frappe.get_doc("Registry Change", name), "Approve")

    def test_what_the_commune_accepts_the_office_approves_and_then_the_person_is_verified(self):
        person = self.person("Lý Văn Mẩu", personal_id="020080000404")
        request = self.answered(person, result="Mismatch", found_full_name="Lý Văn Mẫu", found_birth="1980")
        self.assertEqual({row.field for row in request.differences}, {"full_name", "date_of_birth"})
        with as_user(COMMUNE):
            with self.assertRaises(VerificationError):
                apply_workflow(frappe.get_doc("Identity Verification", request.name), "Settle")
            accept_all(request.as_dict())
        request.reload()
        self.assertEqual((request.status, request.decided_by), ("Settled", COMMUNE))
        self.assertEqual(self.status(person), "Mismatch")
        changes = [row.registry_change for row in request.differences]
        self.assertEqual(
            {frappe.db.get_value("Registry Change", name, "status") for name in changes}, {"Proposed"}
        )
        for name in changes:
            self.approve(name)
        person.reload()
        self.assertEqual((person.full_name, person.dob_precision), ("Lý Văn Mẫu", "Year"))
        self.assertEqual((person.verification_status, str(person.verified_on)), ("Verified", nowdate()))
        frappe.get_doc("Registry Change", changes[-1]).cancel()
        self.assertEqual(self.status(person), "Mismatch")

    def test_a_rejected_difference_keeps_its_reason_and_changes_nothing(self):
        person = self.person("Mã Văn Mẫu")
        request = self.answered(person, result="Mismatch", found_sex="Female")
        with as_user(COMMUNE):
            request = frappe.get_doc("Identity Verification", request.name)
            request.differences[0].decision = "Rejected"
            request.save()
            with self.assertRaises(VerificationError):
                apply_workflow(request, "Settle")
            request = frappe.get_doc("Identity Verification", request.name)
            request.differences[0].update({"decision": "Rejected", "reason": "Giấy khai sinh ghi Nam"})
            request.save()
            apply_workflow(request, "Settle")
        self.assertFalse(frappe.db.exists("Registry Change", {"beneficiary": person.name}))
        self.assertEqual((person.reload().sex, self.status(person)), ("Male", "Mismatch"))
        self.assertEqual(request.reload().differences[0].reason, "Giấy khai sinh ghi Nam")

    def test_deaths_and_moves_become_changes(self):
        dead, moved = self.person("Nông Văn Mất"), self.person("Nông Văn Chuyển")
        grant(dead)
        found = self.make_list()
        rows = self.rows(found)
        self.answer(
            found,
            {
                "Nông Văn Mất": {"Kết quả": "Đã chết", "Ngày chết": date(2024, 5, 20)},
                "Nông Văn Chuyển": {"Nơi chuyển đến": "Phường không có trong danh mục", "Ngày chuyển": "01/06/2024"},
            },
            verified_by="Đại úy Mẫu",
        )
        with as_user(COMMUNE):
            accept_all({"name": rows["Nông Văn Mất"].name})
            with self.assertRaises(VerificationError):
                accept_all({"name": rows["Nông Văn Chuyển"].name})
            request = frappe.get_doc("Identity Verification", rows["Nông Văn Chuyển"].name)
            request.moved_to_unit = DONG_KINH
            request.save()
            accept_all({"name": request.name})
        death, move = (
            frappe.get_doc("Registry Change", {"beneficiary": person.name}) for person in (dead, moved)
        )
        self.assertEqual((death.change_type, str(death.occurred_on)), ("Death", "2024-05-20"))
        self.assertEqual((move.change_type, move.new_unit, move.status), ("Transfer", DONG_KINH, "Proposed"))
        self.approve(death.name)
        self.assertEqual(dead.reload().status, "Deceased")

    def test_a_verified_identity_that_is_changed_is_not_verified_until_the_change_is_undone(self):
        person = self.person("Phùng Văn Mẫu")
        found = self.make_list()
        lists.verify_rest(found.as_dict())
        self.assertEqual(self.status(person), "Verified")
        person.reload().update({"phone": "0912345678"})
        person.save()
        self.assertEqual(self.status(person), "Verified")
        change = make_change(
            person, "Correct", corrected_field="date_of_birth", corrected_value="1981", reason="nhầm"
        )
        change.submit()
        self.assertEqual((self.status(person), person.reload().verified_on), ("Unverified", None))
        frappe.get_doc("Registry Change", change.name).cancel()
        self.assertEqual((self.status(person), str(person.reload().verified_on)), ("Verified", nowdate()))

    def test_an_answer_that_contradicts_itself_is_refused(self):
        person = self.person("Quan Văn Mẫu")
        found = self.make_list()
        name = self.rows(found)["Quan Văn Mẫu"].name
        for step, values in (
            ("Confirm Identity", {"result": "Mismatch"}),
            ("Confirm Identity", {"found_full_name": "Quan Văn Khác"}),
            ("Report Difference", {"result": "Mismatch"}),
            ("Report Difference", {"result": "Deceased"}),
            ("Report Difference", {"result": "Deceased", "died_on": "1970-01-01"}),
            ("Report Difference", {"result": "Moved"}),
            ("Report Difference", {"result": "Mismatch", "found_personal_id": "12345"}),
        ):
            with self.subTest(step=step, values=values), as_user(POLICE):
                frappe.db.savepoint("one_answer")
                with self.assertRaises(VerificationError):
                    self.step(name, step, **values)
                frappe.db.rollback(save_point="one_answer")
        self.assertEqual(self.status(person), "Requested")

    def test_a_representative_is_verified_and_corrected_the_same_way(self):
        person, guardian = self.person("Sầm Văn Con"), make_representative("Sầm Thị Mẹ")
        person.append("representatives", {"representative": guardian.name, "capacity": "Guardian"})
        person.save()
        request = self.answered(guardian, result="Mismatch", found_personal_id="020180000505")
        with as_user(COMMUNE):
            accept_all(request.as_dict())
        guardian.reload()
        self.assertEqual((guardian.personal_id, guardian.verification_status), ("020180000505", "Verified"))
        guardian.full_name = "Sầm Thị Dì"
        guardian.save()
        self.assertEqual(self.status(guardian), "Unverified")

    def test_a_number_somebody_else_has_is_not_accepted(self):
        self.person("Tô Văn Anh", personal_id="020080000606")
        twin = self.person("Tô Văn Em")
        request = self.answered(twin, result="Mismatch", found_personal_id="020080000606")
        with as_user(COMMUNE), self.assertRaises(VerificationError) as raised:
            accept_all(request.as_dict())
        self.assertIn("Tô Văn Anh", str(raised.exception))


class TestIdentityPermissions(IdentityCase):
    MONEY = (
        "Payout Line", "Payout Batch", "Entitlement", "Payment Account", "Beneficiary", "Registry Change",
        "One-off Grant", "Recovery Case", "Account Request", "Settlement", "Treasury Drawdown",
    )  # fmt: skip

    def test_own_neighbour_outsider_and_a_police_officer_without_a_unit(self):
        self.person("Vi Văn Mẫu")
        found = self.make_list()
        request = self.rows(found)["Vi Văn Mẫu"].name
        sees = {COMMUNE: True, POLICE: True, OTHER_COMMUNE: False, LOST_POLICE: False}
        sees[make_user("idv-bank@ansinh.example", "Bank Officer", providers=["STB"])] = False
        for user, expected in sees.items():
            for doctype, name in (
                ("Identity Verification", request),
                ("Identity Verification List", found.name),
            ):
                with self.subTest(user=user, doctype=doctype), as_user(user):
                    try:
                        listed = name in frappe.get_list(doctype, pluck="name", limit_page_length=0)
                    except frappe.PermissionError:
                        listed = False
                    self.assertEqual(listed, expected)
                    self.assertEqual(bool(frappe.has_permission(doctype, doc=name)), expected)

    def test_the_police_see_neither_money_nor_category(self):
        with as_user(POLICE):
            for doctype in self.MONEY:
                with self.subTest(doctype=doctype):
                    self.assertFalse(frappe.has_permission(doctype, "read"))
        columns = set(frappe.get_meta("Identity Verification").get_valid_columns())
        self.assertFalse(
            columns & {"category", "programme", "amount", "payment_account", "entitlement", "cash_reason", "phone"}
        )

    def test_the_police_answer_and_do_not_decide(self):
        person = self.person("Xuân Văn Mẫu")
        found = self.make_list()
        name = self.rows(found)["Xuân Văn Mẫu"].name
        with as_user(POLICE):
            request = self.step(
                name, "Report Difference", full_name="Tên Khác", result="Mismatch", found_sex="Female"
            )
            self.assertEqual(request.full_name, person.full_name)
            request.differences[0].decision = "Accepted"
            with self.assertRaises(frappe.PermissionError):
                request.save()
            with self.assertRaises(frappe.PermissionError):
                accept_all({"name": name})
            with self.assertRaises(frappe.PermissionError):
                lists.collect(found.as_dict())

    def test_who_is_verified_is_not_for_the_commune_to_say(self):
        person, guardian = self.person("Ân Văn Mẫu"), make_representative("Ân Thị Mẫu")
        with as_user(COMMUNE):
            for doc in (person, guardian):
                stored = frappe.get_doc(doc.doctype, doc.name)
                stored.update({"verification_status": "Verified", "verified_by": "tôi"})
                stored.save()
                self.assertEqual((self.status(doc), stored.verified_by), ("Unverified", None))

    def test_who_entered_the_answer_does_not_accept_it_for_a_representative(self):
        person, guardian = self.person("Âu Văn Con"), make_representative("Âu Thị Mẹ")
        person.append("representatives", {"representative": guardian.name, "capacity": "Guardian"})
        person.save()
        found = self.make_list()
        with as_user(COMMUNE):
            request = self.step(
                self.rows(found)["Âu Thị Mẹ"].name,
                "Report Difference",
                result="Mismatch",
                found_sex="Female",
                verified_by="Công an phường",
            )
            with self.assertRaises(SelfApprovalError):
                accept_all({"name": request.name})
