"""Entitlements and the changes to them: once per benefit, paid to the right payee, decided by two people."""

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase
from frappe.utils import getdate

from ansinh_app.exceptions import (
    ChangeNotAllowedError,
    InvalidDateError,
    OverlappingEntitlementError,
    PayeeError,
    SelfApprovalError,
    UnknownCategoryError,
)
from ansinh_app.tests.factories import (
    MAI_PHA,
    as_user,
    grant,
    make_account,
    make_change,
    make_person,
    make_representative,
    make_user,
)


class TestEntitlement(FrappeTestCase):
    def test_months_are_stored_as_first_days(self):
        entitlement = grant(
            make_person("Mẫu Tháng"), effective_from="2024-05-20", settled_through="2024-05-31"
        )
        self.assertEqual(getdate(entitlement.effective_from), getdate("2024-05-01"))
        self.assertEqual(getdate(entitlement.settled_through), getdate("2024-05-01"))
        self.assertEqual(entitlement.programme, "BTXH")

    def test_the_same_benefit_twice_is_refused_naming_the_other(self):
        person = make_person("Mẫu Trùng")
        first = grant(person)
        with self.assertRaises(OverlappingEntitlementError) as raised:
            grant(person, effective_from="2024-09-01")
        self.assertIn(first.name, str(raised.exception))

    def test_another_band_of_the_group_is_the_same_benefit(self):
        person = make_person("Mẫu Nhóm Tuổi", date_of_birth="1950-02-02")
        grant(person, "BTXH-05A1")
        with self.assertRaises(OverlappingEntitlementError):
            grant(person, "BTXH-05A2")

    def test_other_benefits_are_weighed_month_by_month_instead(self):
        person = make_person("Mẫu Hai Diện", date_of_birth="1955-04-04")
        grant(person, "BTXH-05A1")
        self.assertEqual(grant(person, "BTXH-06B3").docstatus, 1)

    def test_an_ended_entitlement_leaves_room(self):
        person = make_person("Mẫu Hưởng Lại")
        entitlement = grant(person)
        make_change(person, "Stop", entitlement=entitlement.name, effective_month="2024-08-01").submit()
        with self.assertRaises(OverlappingEntitlementError):
            grant(person, effective_from="2024-07-01")
        self.assertEqual(grant(person, effective_from="2024-08-01").docstatus, 1)

    def test_age_and_quantity_must_suit_the_category(self):
        with self.assertRaises(UnknownCategoryError):
            grant(make_person("Mẫu Quá Tuổi"), "BTXH-01A")
        with self.assertRaises(UnknownCategoryError):
            grant(make_person("Mẫu Số Lượng"), "BTXH-06B1", quantity=2)
        self.assertEqual(grant(make_person("Mẫu Ba Con"), "BTXH-04", quantity=3).quantity, 3)

    def test_nothing_is_granted_before_birth_or_after_death(self):
        child = make_person("Mẫu Mới Sinh", date_of_birth="2024-05-10")
        with self.assertRaises(InvalidDateError):
            grant(child, "BTXH-01A", effective_from="2024-04-01")
        dead = make_person("Mẫu Đã Mất", deceased_on="2024-03-03")
        with self.assertRaises(InvalidDateError):
            grant(dead)

    def test_payment_follows_the_person_s_default(self):
        person = make_person("Mẫu Mặc Định", payment_method="Cash", cash_reason="Refused an account")
        entitlement = grant(person)
        self.assertEqual(
            (entitlement.payment_method, entitlement.cash_reason), ("Cash", "Refused an account")
        )

    def test_a_representative_must_be_on_the_person_s_list(self):
        guardian = make_representative("Lý Thị Giám Hộ")
        child = make_person("Mẫu Con Nuôi", date_of_birth="2015-05-05")
        with self.assertRaises(PayeeError):
            grant(child, "BTXH-01B", payee_type="Guardian")
        with self.assertRaises(PayeeError):
            grant(child, "BTXH-01B", payee_type="Guardian", representative=guardian.name)
        child.append("representatives", {"representative": guardian.name, "capacity": "Guardian"})
        child.save()
        with self.assertRaises(PayeeError):
            grant(child, "BTXH-01B", payee_type="Authorised", representative=guardian.name)
        account = make_account(representative=guardian, account_no="060100000101")
        entitlement = grant(
            child,
            "BTXH-01B",
            payee_type="Guardian",
            representative=guardian.name,
            payment_account=account.name,
        )
        self.assertEqual(entitlement.docstatus, 1)

    def test_another_person_s_account_is_refused(self):
        owner = make_person("Mẫu Chủ Khoản")
        account = make_account(owner, account_no="060100000102")
        with self.assertRaises(PayeeError):
            grant(make_person("Mẫu Người Khác"), payment_account=account.name)


class TestChanges(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.officer = make_user("canbo@test.example", "Social Affairs Officer")
        cls.second = make_user("canbo2@test.example", "Social Affairs Officer")

    def test_new_grants_an_entitlement_known_from_its_decision(self):
        person = make_person("Mẫu Mới Hưởng")
        change = make_change(
            person, "New", category="BTXH-06B1", effective_month="2024-04-01", payment_method="Cash"
        )
        change.submit()
        entitlement = frappe.get_doc("Entitlement", change.result_entitlement)
        self.assertEqual(entitlement.docstatus, 1)
        self.assertEqual(getdate(entitlement.decision_date), getdate("2024-06-20"))
        self.assertEqual(getdate(entitlement.effective_from), getdate("2024-04-01"))

    def test_new_may_decide_a_draft(self):
        person = make_person("Mẫu Bản Thảo")
        draft = grant(person, submit=False)
        make_change(person, "New", entitlement=draft.name, effective_month="2024-05-01").submit()
        self.assertEqual(frappe.db.get_value("Entitlement", draft.name, "docstatus"), 1)

    def test_stop_finds_the_only_entitlement_and_keeps_what_was_known(self):
        person = make_person("Mẫu Chuyển Đi")
        entitlement = grant(person)
        make_change(
            person, "Stop", effective_month="2024-10-01", decision_date="2024-08-20", reason="chuyển đi"
        ).submit()
        entitlement.reload()
        self.assertEqual(getdate(entitlement.effective_to), getdate("2024-09-01"))
        self.assertEqual(getdate(entitlement.stop_decision_date), getdate("2024-08-20"))
        row = entitlement.changes[0]
        self.assertEqual((getdate(row.effective_month), row.active), (getdate("2024-10-01"), 0))

    def test_stop_of_one_among_several_must_name_it(self):
        person = make_person("Mẫu Nhiều Diện")
        grant(person, "BTXH-04", quantity=2)
        grant(person, "BTXH-06B1")
        with self.assertRaises(ChangeNotAllowedError):
            make_change(person, "Stop", effective_month="2024-10-01")

    def test_death_is_known_from_its_report(self):
        person = make_person("Mẫu Báo Tử")
        grant(person)
        change = make_change(person, "Death", occurred_on="2024-06-10", decision_date="2024-08-01")
        self.assertEqual(getdate(change.effective_month), getdate("2024-07-01"))
        change.submit()
        person.reload()
        self.assertEqual(getdate(person.deceased_on), getdate("2024-06-10"))
        self.assertEqual(getdate(person.death_known_on), getdate("2024-08-01"))
        self.assertEqual(person.status, "Deceased")
        with self.assertRaises(ChangeNotAllowedError):
            make_change(person, "Death", occurred_on="2024-06-11", decision_date="2024-08-01")

    def test_death_cannot_be_known_before_it_occurred(self):
        with self.assertRaises(ChangeNotAllowedError):
            make_change(make_person("Mẫu Sớm"), "Death", occurred_on="2024-06-10", decision_date="2024-06-01")

    def test_suspension_and_resumption_are_dated_decisions(self):
        person = make_person("Mẫu Tạm Dừng")
        entitlement = grant(person)
        make_change(person, "Suspend", effective_month="2024-07-01").submit()
        self.assertEqual(frappe.db.get_value("Beneficiary", person.name, "status"), "Suspended")
        make_change(person, "Resume", effective_month="2024-07-01", decision_date="2024-09-01").submit()
        self.assertEqual(frappe.db.get_value("Beneficiary", person.name, "status"), "Active")
        entitlement.reload()
        self.assertEqual([row.active for row in entitlement.changes], [0, 1])

    def test_adjustment_ends_the_old_terms_and_keeps_the_rest(self):
        person = make_person("Mẫu Điều Chỉnh", payment_method="Cash", cash_reason="Refused an account")
        old = grant(person, "BTXH-04", quantity=3)
        change = make_change(person, "Adjust", entitlement=old.name, effective_month="2024-08-01", quantity=2)
        change.submit()
        old.reload()
        new = frappe.get_doc("Entitlement", change.result_entitlement)
        self.assertEqual(getdate(old.effective_to), getdate("2024-07-01"))
        self.assertEqual((new.category, new.quantity, new.payment_method), ("BTXH-04", 2, "Cash"))
        self.assertEqual(getdate(new.effective_from), getdate("2024-08-01"))

    def test_transfer_and_correction(self):
        person = make_person("Mẫu Chuyển Xã", village="Khối 1")
        make_change(person, "Transfer", new_unit=MAI_PHA, effective_month="2024-08-01").submit()
        make_change(person, "Correct", corrected_field="date_of_birth", corrected_value="1975").submit()
        person.reload()
        self.assertEqual((person.administrative_unit, person.village), (MAI_PHA, None))
        self.assertEqual(
            (getdate(person.date_of_birth), person.dob_precision), (getdate("1975-01-01"), "Year")
        )
        with self.assertRaises(ChangeNotAllowedError):
            make_change(person, "Correct", corrected_field="date_of_birth", corrected_value="hôm qua")

    def test_who_proposes_cannot_approve(self):
        person = make_person("Mẫu Hai Người")
        grant(person)
        with as_user(self.officer):
            change = make_change(person, "Stop", effective_month="2024-10-01")
            change = apply_workflow(change, "Propose")
            with self.assertRaises(SelfApprovalError):
                apply_workflow(change, "Approve")
        with as_user(self.second):
            change = apply_workflow(frappe.get_doc("Registry Change", change.name), "Approve")
        self.assertEqual((change.status, change.docstatus), ("Approved", 1))
        self.assertEqual((change.proposed_by, change.approved_by), (self.officer, self.second))

    def test_a_draft_is_not_approved_past_its_proposal(self):
        person = make_person("Mẫu Đường Tắt")
        grant(person)
        with as_user(self.officer):
            change = make_change(person, "Stop", effective_month="2024-10-01")
        with as_user(self.second), self.assertRaises(ChangeNotAllowedError):
            frappe.get_doc("Registry Change", change.name).submit()
        self.assertFalse(frappe.db.get_value("Entitlement", {"beneficiary": person.name}, "effective_to"))
