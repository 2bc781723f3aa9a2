"""Months that went wrong in two ways at once: what is paid in the end is what the law grants, once, to the đồng."""

import frappe

from ansinh_app.api import explain
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import InvalidDateError
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.office_case import OfficeCase

BACK = "Không thành công"
MONTHS = {
    "2024-08": "2024-07-24",
    "2024-09": "2024-08-23",
    "2024-10": "2024-09-24",
    "2024-11": "2024-10-24",
    "2024-12": "2024-11-22",
}


class HardCase(OfficeCase):
    def setUp(self):
        super().setUp()
        self.person = world.make_person(self.office, date_of_birth="1984-04-13")

    def grant(self, category="BTXH-06B1", start="2024-08", known_on="2024-07-20", **values):
        return world.make_entitlement(self.person, category, start=start, known_on=known_on, **values)

    def change(self, kind: str, known_on: str, **values):
        return world.change(self.person, kind, known_on, **values)

    def move(self, known_on: str, office: str, **values):
        unit = frappe.db.get_value("Paying Office", office, "administrative_unit")
        return self.change("Transfer", known_on, new_unit=unit, new_office=office, **values)

    def month(self, month: str, office: str | None = None, as_of: str = "", outcome: str = "") -> int:
        """What the person gets in the month from the office, in đồng."""
        return self.paid(month, as_of or MONTHS[month], office, outcome).get(self.person.name, 0)

    def case(self):
        return frappe.get_doc("Recovery Case", {"beneficiary": self.person.name, "docstatus": ["<", 2]})


class TestMovesAndDeaths(HardCase):
    def test_arrears_and_what_came_back_follow_a_move_in_the_middle_of_a_month(self):
        other = self.make_office()
        self.grant(start="2024-06")
        self.assertEqual(self.month("2024-08", outcome=BACK), 540_000 + 750_000 * 2)
        self.move("2024-08-28", other)
        # Decided in August: the new office pays September, and what came back of June to August.
        self.assertEqual(self.month("2024-09"), 0)
        self.assertEqual(self.month("2024-09", other), 540_000 + 750_000 * 3)
        self.assertEqual(self.month("2024-10", other), 750_000)
        self.assertSettled(self.person, "2024-10")

    def test_the_old_office_ran_the_month_after_before_it_knew_of_the_move(self):
        other = self.make_office()
        self.grant()
        self.assertEqual(self.month("2024-08"), 750_000)
        september, _summary = self.prepare("2024-09", "2024-08-23")
        world.pay(september, {line.name: (BACK, "") for line in world.lines_of(september)})
        self.move("2024-08-28", other)
        # September stands on the old office's list; the new one pays it with October, as carried over.
        self.assertEqual(self.month("2024-09", other, "2024-09-02"), 0)
        self.assertEqual(self.month("2024-10", other), 1_500_000)
        self.assertSettled(self.person, "2024-10")

    def test_death_in_the_month_of_a_move(self):
        other = self.make_office()
        self.grant()
        self.assertEqual(self.month("2024-08"), 750_000)
        self.move("2024-09-05", other)
        self.change("Death", "2024-09-25", occurred_on="2024-09-20")
        self.assertEqual(self.month("2024-09", other, "2024-09-26"), 0)
        self.assertEqual(self.month("2024-09", None, "2024-09-26"), 750_000)
        self.assertEqual(self.month("2024-10", other, "2024-09-27"), 0)
        self.assertSettled(self.person, "2024-10")

    def test_a_death_before_the_move_found_out_after_it(self):
        other = self.make_office()
        self.grant()
        self.assertEqual(self.month("2024-08"), 750_000)
        self.assertEqual(self.month("2024-09"), 750_000)
        self.move("2024-09-10", other)
        self.assertEqual(self.month("2024-10", other), 750_000)
        self.change("Death", "2024-10-20", occurred_on="2024-08-30")
        self.assertEqual(self.month("2024-11", other), 0)
        case = self.case()
        self.assertEqual((as_dong(case.amount), case.office), (1_500_000, other))

    def test_two_moves_in_one_month(self):
        second, third = self.make_office(), self.make_office()
        self.grant()
        self.assertEqual(self.month("2024-08"), 750_000)
        self.move("2024-09-03", second)
        self.move("2024-09-20", third)
        for office, expected in ((second, 0), (third, 0), (self.office, 750_000)):
            self.assertEqual(self.month("2024-09", office, "2024-09-22"), expected)
        for office, expected in ((self.office, 0), (second, 0), (third, 750_000)):
            self.assertEqual(self.month("2024-10", office), expected)
        self.assertSettled(self.person, "2024-10")

    def test_a_move_to_an_office_that_began_later_recovers_nothing(self):
        """July 2025: communes pay from then on; what the district paid in this system is neither owed nor overpaid."""
        frappe.db.set_value("Paying Office", self.office, "starts_on", "2024-08-01")
        commune = self.make_office()
        frappe.db.set_value("Paying Office", commune, "starts_on", "2024-11-01")
        self.grant()
        self.assertEqual(self.month("2024-08"), 750_000)
        self.assertEqual(self.month("2024-09"), 750_000)
        self.assertEqual(self.month("2024-10", outcome=BACK), 750_000)
        self.move("2024-10-10", commune)
        self.assertEqual(self.month("2024-11", commune), 1_500_000)
        self.assertFalse(frappe.get_all("Recovery Case", {"beneficiary": self.person.name}))
        self.assertSettled(self.person, "2024-11")

    def test_an_office_set_anew_without_a_change_recovers_nothing_either(self):
        commune = self.make_office()
        frappe.db.set_value("Paying Office", commune, "starts_on", "2024-10-01")
        self.grant()
        self.assertEqual(self.month("2024-08"), 750_000)
        self.assertEqual(self.month("2024-09", outcome=BACK), 750_000)
        frappe.db.set_value("Beneficiary", self.person.name, "office", commune)
        self.assertEqual(self.month("2024-10", commune), 1_500_000)
        self.assertFalse(frappe.get_all("Recovery Case", {"beneficiary": self.person.name}))


class TestDecisionsTakenBack(HardCase):
    def test_an_amendment_back_after_half_of_it_was_recovered(self):
        """Down to nặng from August, known in October; one instalment later found wrong: all is paid in the end."""
        high = self.grant("BTXH-06A1")
        total = sum(self.month(month) for month in ("2024-08", "2024-09", "2024-10"))
        low = self.change(
            "Adjust", "2024-10-20", entitlement=high.name, effective_month="2024-08-01", category="BTXH-06B1"
        )
        november, _summary = self.prepare("2024-11", "2024-10-24")
        case = self.case()
        self.assertEqual(as_dong(case.amount), 750_000)
        case.instalment = 250_000
        case.submit()
        world.pay(november)
        total += sum(as_dong(line.total) for line in world.lines_of(november))
        total += self.month("2024-12")
        case.reload()
        self.assertEqual((as_dong(case.recovered), as_dong(case.outstanding)), (250_000, 500_000))
        self.change(
            "Adjust",
            "2024-12-10",
            entitlement=low.result_entitlement,
            effective_month="2024-08-01",
            category="BTXH-06A1",
        )
        total += self.month("2025-01", as_of="2024-12-24")
        total += self.month("2025-02", as_of="2025-01-24")
        total += self.month("2025-03", as_of="2025-02-24")
        self.assertEqual(total, 8 * 1_000_000)
        case.reload()
        self.assertEqual((case.status, as_dong(case.recovered)), ("Closed", 750_000))

    def test_a_decision_cancelled_after_being_paid_and_granted_again_lower(self):
        high = self.grant("BTXH-06A1")
        self.assertEqual(self.month("2024-08"), 1_000_000)
        high.reload()
        high.cancel()
        self.assertEqual(self.month("2024-09"), 0)
        self.assertEqual(as_dong(self.case().amount), 1_000_000)
        self.grant("BTXH-06B1", known_on="2024-09-10")
        # The proposal shrinks with what is due after all: 2 × 750.000 less 1.000.000 are still owed.
        self.assertEqual(self.month("2024-10"), 750_000 + 500_000)
        self.assertFalse(frappe.get_all("Recovery Case", {"beneficiary": self.person.name}))

    def test_the_first_and_the_last_day_of_a_month_count_alike(self):
        for known_on in ("2024-09-01", "2024-09-30"):
            with self.subTest(known_on):
                self.setUp()
                low = self.grant("BTXH-06B1")
                self.assertEqual(self.month("2024-08"), 750_000)
                self.assertEqual(self.month("2024-09"), 750_000)
                self.change(
                    "Adjust",
                    known_on,
                    entitlement=low.name,
                    effective_month=known_on,
                    category="BTXH-06A1",
                )
                self.assertEqual(self.month("2024-10", as_of="2024-10-01"), 1_000_000 + 250_000)
                self.assertSettled(self.person, "2024-10")

    def test_a_stop_twice_and_a_death_between(self):
        held = self.grant()
        self.assertEqual(self.month("2024-08"), 750_000)
        self.change("Stop", "2024-08-20", entitlement=held.name, effective_month="2024-11-01")
        self.change("Stop", "2024-08-25", entitlement=held.name, effective_month="2024-10-01")
        self.change("Death", "2024-09-28", occurred_on="2024-09-15")
        self.assertEqual(self.month("2024-09"), 750_000)
        self.assertEqual(self.month("2024-10", as_of="2024-09-29"), 0)
        self.assertSettled(self.person, "2024-10")

    def test_a_birth_corrected_behind_a_decision_is_refused_and_a_band_is_made_good(self):
        held = self.grant("BTXH-06A1")
        self.assertEqual(self.month("2024-08"), 1_000_000)
        for born in ("01/10/2024", "2024-08-02"):
            with self.assertRaises(InvalidDateError, msg=born):
                self.change("Correct", "2024-08-10", corrected_field="date_of_birth", corrected_value=born)
        self.change("Correct", "2024-08-12", corrected_field="date_of_birth", corrected_value="1964")
        self.assertEqual(self.month("2024-09"), 1_250_000 + 250_000)
        self.assertEqual(held.category, "BTXH-06A1")
        self.assertSettled(self.person, "2024-09")

    def test_a_decision_before_birth_is_refused(self):
        child = world.make_person(self.office, "Lý Bảo Bé", date_of_birth="2024-08-10")
        for values in (
            {"start": "2024-07", "known_on": "2024-08-20"},
            {"start": "2024-08", "known_on": "2024-08-09"},
        ):
            with self.assertRaises(InvalidDateError):
                world.make_entitlement(child, "BTXH-01A", **values)


class TestLawAfterTheMoney(HardCase):
    def test_a_province_that_decides_later_about_paid_months_pays_the_difference_and_takes_nothing(self):
        """620.000 is more than the state's 500.000 and comes as arrears; 400.000 is less, and the state's stands."""
        for base, september in ((620_000, 930_000 + 180_000), (400_000, 750_000)):
            with self.subTest(base):
                self.setUp()
                province = world.make_unit(f"P{base}", f"Tỉnh Mức {base}", level="Province", is_group=1).name
                unit = world.make_unit(f"U{base}", f"Xã Mức {base}", parent=province).name
                frappe.db.set_value("Beneficiary", self.person.name, "administrative_unit", unit)
                self.grant()
                self.assertEqual(self.month("2024-08"), 750_000)
                self.own_level(province, base)
                self.assertEqual(self.month("2024-09"), september)
                self.assertFalse(frappe.get_all("Recovery Case", {"beneficiary": self.person.name}))

    def own_level(self, province: str, base: int):
        frappe.get_doc(
            {
                "doctype": "Rate Version",
                "programme": "BTXH",
                "effective_from": "2024-08-01",
                "in_force_on": "2024-08-10",
                "base_amount": base,
                "legal_instrument": "20/2021/NĐ-CP",
                "administrative_unit": province,
                "lines": [{"category": "BTXH-06B1", "coefficient": 1.5, "law_article": "HĐND"}],
            }
        ).insert().submit()

    def test_explain_says_the_same_before_and_after_the_month_is_paid(self):
        self.grant(start="2024-06")
        period, _summary = self.prepare("2024-08", "2024-07-24")
        before = explain(self.person.name, "2024-08")["lines"]
        world.pay(period)
        self.assertEqual(explain(self.person.name, "2024-08")["lines"], before)
        self.assertEqual([line["total"] for line in before], [540_000 + 1_500_000])
