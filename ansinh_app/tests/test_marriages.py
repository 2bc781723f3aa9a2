"""Husbands and wives: each record follows the other, and a couple draws one share of what is due once."""

import frappe

from ansinh_app.api import explain, preflight
from ansinh_app.exceptions import ChangeNotAllowedError, InvalidDateError
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.office_case import OfficeCase


def marry(person, other, **days):
    person.reload()
    person.append("spouses", {"spouse": other.name, "known_on": "2024-01-02", **days})
    person.save()
    other.reload()


class TestMarriages(OfficeCase):
    def setUp(self):
        super().setUp()
        self.man = world.make_person(self.office, "Lý Văn Chồng", sex="Male")
        self.woman = world.make_person(self.office, "Lý Thị Vợ")

    def test_the_other_record_follows(self):
        marry(self.man, self.woman, married_on="2020-05-06")
        row = self.woman.spouses[0]
        self.assertEqual((row.spouse, str(row.married_on)), (self.man.name, "2020-05-06"))
        self.assertEqual(row.spouse_name, "Lý Văn Chồng")
        row.ended_on = "2024-03-01"
        self.woman.save()
        self.man.reload()
        self.assertEqual(str(self.man.spouses[0].ended_on), "2024-03-01")
        self.assertTrue(self.man.spouses[0].end_known_on)
        self.man.spouses = []
        self.man.save()
        self.woman.reload()
        self.assertEqual(self.woman.spouses, [])

    def test_what_cannot_be_is_refused(self):
        third = world.make_person(self.office, "Lý Thị Ba")
        for days in (
            {"spouse": self.man.name},
            {"spouse": self.woman.name, "married_on": "1960-01-01"},
            {"spouse": self.woman.name, "married_on": "2999-01-01"},
            {"spouse": self.woman.name, "married_on": "2020-01-01", "ended_on": "2019-01-01"},
        ):
            self.man.reload()
            self.man.append("spouses", days)
            with self.assertRaises(InvalidDateError, msg=days):
                self.man.save()
        marry(self.man, self.woman, married_on="2020-05-06")
        for person, other in ((self.man, third), (third, self.woman)):
            frappe.db.savepoint("wedding")
            with self.assertRaises(InvalidDateError):
                marry(person, other, married_on="2023-01-01")
            frappe.db.rollback(save_point="wedding")
        self.man.reload()
        self.man.spouses[0].ended_on = "2022-12-31"
        self.man.save()
        marry(self.man, third, married_on="2023-01-01")
        self.assertEqual([row.spouse for row in third.spouses], [self.man.name])

    def test_who_may_not_write_both_links_nobody(self):
        user = "couple.commune@example.com"
        world.make_user(user, "Commune Officer")
        unit = frappe.db.get_value("Beneficiary", self.man.name, "administrative_unit")
        permission = {"user": user, "allow": "Administrative Unit", "for_value": unit}
        frappe.get_doc({"doctype": "User Permission", **permission}).insert()
        far = world.make_person(self.make_office(), "Lý Thị Xa")
        with world.as_user(user):
            marry(self.man, self.woman)
            self.woman.spouses = []
            self.woman.save()
            self.man.reload()
            self.man.append("spouses", {"spouse": far.name})
            with self.assertRaises(frappe.PermissionError):
                self.man.save()

    def test_one_share_is_paid_and_the_other_is_explained(self):
        marry(self.man, self.woman)
        world.make_entitlement(self.man, "CS-06M1")
        world.make_entitlement(self.woman, "CS-06M2", known_on="2024-04-16")
        world.make_entitlement(self.man, "BTXH-06B1")
        self.assertEqual(
            self.paid("2024-05", "2024-04-24"), {self.man.name: 540_000, self.woman.name: 720_000}
        )
        period, _summary = self.prepare("2024-06", "2024-05-24")
        self.assertIn("one_per_couple", {row["code"] for row in preflight(period)["warnings"]})
        answer = explain(self.man.name, "2024-06")
        self.assertEqual([problem["code"] for problem in answer["problems"]], ["one_per_couple"])
        codes = {
            step["code"] for line in explain(self.woman.name, "2024-06")["lines"] for step in line["steps"]
        }
        self.assertIn("one_per_couple", codes)
        self.assertSettled(self.man, "2024-05")

    def test_a_couple_in_two_offices_draws_one_share(self):
        other = self.make_office()
        wife = world.make_person(other, "Lý Thị Nơi Khác")
        marry(self.man, wife)
        world.make_entitlement(self.man, "CS-06M1")
        world.make_entitlement(wife, "CS-06M1", known_on="2024-04-16")
        self.assertEqual(self.paid("2024-05", "2024-04-24"), {self.man.name: 540_000})
        self.assertEqual(self.paid("2024-05", "2024-04-24", other), {})
        world.change(self.man, "Death", "2024-05-20", occurred_on="2024-05-18")
        self.assertEqual(self.paid("2024-06", "2024-05-24", other), {wife.name: 540_000})

    def test_what_was_paid_under_a_marriage_stays_explained_by_it(self):
        marry(self.man, self.woman)
        world.make_entitlement(self.man, "CS-06M1")
        world.make_entitlement(self.woman, "CS-06M2")
        self.man.reload()
        self.man.spouses = []
        with self.assertRaises(ChangeNotAllowedError):
            self.man.save()

    def test_decisions_that_meet_a_marriage_say_so(self):
        marry(self.man, self.woman)
        world.make_entitlement(self.man, "CS-06M1")
        frappe.clear_messages()
        world.make_entitlement(self.woman, "CS-06M1")
        self.assertIn("Lý Văn Chồng", str(frappe.get_message_log()))
        frappe.clear_messages()
        world.make_entitlement(self.woman, "BTXH-04")
        self.assertIn("Lý Văn Chồng", str(frappe.get_message_log()))
        frappe.clear_messages()
        world.make_entitlement(self.woman, "BTXH-06B1")
        self.assertNotIn("Lý Văn Chồng", str(frappe.get_message_log()))
