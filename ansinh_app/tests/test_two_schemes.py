"""Social assistance beside an allowance of merit waits until somebody has found that both are due (Đ6.2)."""

import frappe

from ansinh_app.api import explain, preflight, prepare_period
from ansinh_app.exceptions import ChangeNotAllowedError
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.office_case import OfficeCase


class TestTwoSchemes(OfficeCase):
    def setUp(self):
        super().setUp()
        self.person = world.make_person(self.office, provider="BID")
        self.assisted = world.make_entitlement(self.person, "BTXH-06B1")
        self.merit = world.make_entitlement(self.person, "NCC-03A")

    def check(self, **values):
        self.assisted.reload()
        self.assisted.update(
            {"both_schemes_on": "2024-05-20", "both_schemes_reason": "Đ6.2, đã kiểm tra", **values}
        )
        self.assisted.save()

    def test_it_is_held_back_and_paid_with_arrears_once_checked(self):
        world.make_contract(self.office, "BID", contract_no="BTXH", programmes=[{"programme": "BTXH"}])
        period, summary = self.prepare("2024-05", "2024-04-24")
        self.assertEqual(self.held(summary), {"two_schemes_unchecked"})
        block = preflight(period)["blocks"]
        self.assertIn("two_schemes_unchecked", {row["code"] for row in block})
        messages = [problem["message"] for problem in explain(self.person.name, "2024-05")["problems"]]
        self.assertEqual(len(messages), 1)
        world.pay(period)
        self.assertEqual([line.programme for line in world.lines_of(period)], ["NCC"])
        self.check()
        self.assertEqual(
            frappe.db.get_value("Entitlement", self.assisted.name, "both_schemes_by"), "Administrator"
        )
        june, summary = self.prepare("2024-06", "2024-05-24")
        self.assertEqual(self.held(summary), set())
        self.assertEqual(sorted(line.total for line in world.lines_of(june)), [540_000 * 2, 2_055_000])
        self.assertIn("two_schemes", {row["code"] for row in preflight(june)["warnings"]})

    def test_a_stop_from_the_first_month_ends_it(self):
        self.prepare("2024-05", "2024-04-24")
        world.change(
            self.person, "Stop", "2024-04-22", entitlement=self.assisted.name, effective_month="2024-05-01"
        )
        period = f"{self.office}-2024-05"
        self.assertEqual(self.held(prepare_period(period)), set())

    def test_the_check_needs_a_reason_a_day_and_somebody_of_the_office(self):
        for values in (
            {"both_schemes_reason": " "},
            {"both_schemes_on": "2999-01-01"},
        ):
            with self.assertRaises(ChangeNotAllowedError, msg=values):
                self.check(**values)
        self.merit.reload()
        self.merit.update({"both_schemes_on": "2024-05-20", "both_schemes_reason": "x"})
        with self.assertRaises(ChangeNotAllowedError):
            self.merit.save()
        user = "schemes.commune@example.com"
        world.make_user(user, "Commune Officer")
        unit = frappe.db.get_value("Beneficiary", self.person.name, "administrative_unit")
        permission = {"user": user, "allow": "Administrative Unit", "for_value": unit}
        frappe.get_doc({"doctype": "User Permission", **permission}).insert()
        with world.as_user(user), self.assertRaises(frappe.PermissionError):
            self.check()
