"""A manager waives what is left of a recovery case, with a reason and a name; it stays out of the ledger."""

import frappe

from ansinh_app.api import prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import ChangeNotAllowedError
from ansinh_app.payouts.doctype.recovery_case.recovery_case import waive
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.office_case import OfficeCase


class TestWaivers(OfficeCase):
    def setUp(self):
        super().setUp()
        self.person = world.make_person(self.office)
        first = world.make_entitlement(self.person)
        self.paid("2024-05", "2024-04-24")
        world.change(self.person, "Stop", "2024-05-20", entitlement=first.name, effective_month="2024-05-01")
        world.make_entitlement(self.person, start="2024-06", known_on="2024-05-20")
        self.june, _summary = self.prepare("2024-06", "2024-05-24")
        self.name = frappe.db.get_value("Recovery Case", {"beneficiary": self.person.name}, "name")

    def case(self):
        return frappe.get_doc("Recovery Case", self.name)

    def sums(self) -> tuple:
        case = self.case()
        amounts = (case.amount, case.recovered, case.repaid, case.waived, case.outstanding)
        return (case.status, *(as_dong(amount or 0) for amount in amounts))

    def waive(self, reason="Quyết định 12/QĐ-UBND: hộ nghèo, bệnh nặng"):
        with world.as_user(world.MANAGER):
            return waive(frappe.as_json({"name": self.name, "waive_reason": reason}))

    def approve(self, instalment: int):
        case = self.case()
        case.instalment = instalment
        case.submit()

    def test_a_proposal_is_waived_with_reason_name_and_day(self):
        self.waive()
        self.assertEqual(self.sums(), ("Waived", 540_000, 0, 0, 540_000, 0))
        case = self.case()
        self.assertEqual((case.docstatus, case.waived_by), (1, world.MANAGER))
        self.assertTrue(case.waived_on and "12/QĐ-UBND" in case.waive_reason)
        self.assertEqual(self.again()["recovery_cases"], {"proposed": 0, "changed": 0, "withdrawn": 0})
        self.assertEqual([as_dong(line.recovery) for line in world.lines_of(self.june)], [0])

    def again(self) -> dict:
        return prepare_period(self.june)

    def test_without_a_reason_or_the_right_nothing_is_waived(self):
        with self.assertRaises(ChangeNotAllowedError):
            self.waive("  ")
        with world.as_user(world.OFFICER), self.assertRaises(frappe.PermissionError):
            waive(frappe.as_json({"name": self.name, "waive_reason": "x"}))
        self.assertEqual(self.sums()[0], "Proposed")

    def test_what_a_list_already_deducts_is_not_waived_twice(self):
        self.approve(200_000)
        self.again()
        batch = world.batches_of(self.june)[0]
        world.approve(batch)
        self.waive()
        self.assertEqual(self.sums(), ("Waived", 540_000, 0, 0, 340_000, 200_000))
        world.send(batch)
        world.import_result(batch, world.answer(batch))
        self.assertEqual(self.sums(), ("Waived", 540_000, 200_000, 0, 340_000, 0))
        with self.assertRaises(ChangeNotAllowedError):
            self.waive()

    def test_a_deduction_that_came_back_is_waived_with_the_rest(self):
        self.approve(200_000)
        self.again()
        batch = world.batches_of(self.june)[0]
        world.approve(batch)
        self.waive()
        world.send(batch)
        line = world.lines_of(self.june)[0]
        world.import_result(batch, world.answer(batch, {line.name: ("Không thành công", "")}))
        self.assertEqual(self.sums(), ("Waived", 540_000, 0, 0, 540_000, 0))
        july, _summary = self.prepare("2024-07", "2024-06-24")
        (line,) = world.lines_of(july)
        self.assertEqual((as_dong(line.carried_over), as_dong(line.recovery)), (540_000, 0))

    def test_money_back_at_the_counter_counts_what_is_on_its_way(self):
        self.approve(300_000)
        self.again()
        world.approve(world.batches_of(self.june)[0])
        case = self.case()
        case.append("repayments", {"paid_on": "2024-06-03", "amount": 540_000, "voucher_no": "PT9"})
        with self.assertRaises(ChangeNotAllowedError):
            case.save()
        case.reload()
        case.append("repayments", {"paid_on": "2024-06-03", "amount": 240_000, "voucher_no": "PT9"})
        case.save()

    def test_the_reason_and_the_case_stay_as_decided(self):
        self.waive()
        case = self.case()
        case.waive_reason = "khác"
        with self.assertRaises(ChangeNotAllowedError):
            case.save()
        with self.assertRaises(ChangeNotAllowedError):
            self.case().cancel()
