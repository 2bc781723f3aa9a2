"""The law as data: what install loads, what a rate version may say, what the core reads from it."""

from datetime import date
from decimal import Decimal

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.core.errors import EstimatedRate, NoRateInForce
from ansinh_app.core.months import Month
from ansinh_app.exceptions import RateVersionError
from ansinh_app.policy.law import coefficient_of, load_law
from ansinh_app.setup import load_reference_data
from ansinh_app.tests.factories import PROVINCE


def rate_version(**values):
    """A draft of a level of Lạng Sơn's own for people with severe disabilities."""
    return frappe.get_doc(
        {
            "doctype": "Rate Version",
            "programme": "BTXH",
            "effective_from": "2025-01-01",
            "in_force_on": "2025-01-01",
            "base_amount": 600000,
            "legal_instrument": "20/2021/NĐ-CP",
            "administrative_unit": PROVINCE,
            "lines": [{"category": "BTXH-06B1", "coefficient": 1.5, "law_article": "HĐND"}],
            **values,
        }
    )


class TestPolicy(FrappeTestCase):
    def test_reference_data_is_loaded_once(self):
        before = frappe.db.count("Rate Version"), frappe.db.count("Administrative Unit")
        made = load_reference_data()
        self.assertEqual(set(made.values()), {0})
        self.assertEqual(before, (frappe.db.count("Rate Version"), frappe.db.count("Administrative Unit")))

    def test_rates_of_the_decrees(self):
        law, today = load_law(), date(2026, 11, 22)
        amounts = {
            ("BTXH-06B1", Month(2024, 6)): 540_000,
            ("BTXH-06B1", Month(2024, 7)): 750_000,
            ("BTXH-06B1", Month(2026, 7)): 810_000,
            ("NCC-03A", Month(2024, 6)): 2_055_000,
            ("NCC-03A", Month(2024, 7)): 2_789_000,
            ("HTXH-75", Month(2025, 7)): 500_000,
            ("CS-06H", Month(2024, 7)): 500_000,
        }
        for (category, month), amount in amounts.items():
            with self.subTest(category=category, month=str(month)):
                self.assertEqual(law.rate(category, month, today).amount_per_unit, amount)

    def test_a_level_is_unknown_before_it_is_in_force(self):
        law, july = load_law(), Month(2026, 7)
        self.assertEqual(law.rate("BTXH-06B1", july, date(2026, 10, 4)).amount_per_unit, 750_000)
        self.assertEqual(law.rate("BTXH-06B1", july, date(2026, 10, 5)).amount_per_unit, 810_000)

    def test_a_category_ended_by_law_has_no_rate(self):
        law = load_law()
        self.assertEqual(law.rate("BTXH-05C", Month(2025, 6), date(2026, 1, 1)).amount_per_unit, 500_000)
        with self.assertRaises(NoRateInForce):
            law.rate("BTXH-05C", Month(2025, 7), date(2026, 1, 1))

    def test_amounts_not_yet_read_never_fall_back(self):
        law, known = load_law(), date(2026, 11, 1)
        with self.assertRaises(NoRateInForce):
            law.rate("NCC-06-61", Month(2026, 7), known)
        with self.assertRaises(EstimatedRate):
            law.rate("NCC-01A", Month(2026, 7), known)

    def test_the_article_of_a_fixed_amount_names_its_decree(self):
        rate = load_law().rate("NCC-06-61", Month(2024, 6), date(2024, 6, 1))
        self.assertEqual(rate.article, "NĐ 55/2023 PL II")

    def test_a_province_may_grant_more(self):
        rate_version().insert().submit()
        law, month = load_law(), Month(2025, 2)
        self.assertEqual(law.rate("BTXH-06B1", month, date(2025, 2, 1), (PROVINCE,)).amount_per_unit, 900_000)
        self.assertEqual(law.rate("BTXH-06B1", month, date(2025, 2, 1)).amount_per_unit, 750_000)

    def test_the_law_is_read_anew_after_a_decision(self):
        before = load_law()
        self.assertIs(before, load_law())
        rate_version(effective_from="2025-03-01").insert().submit()
        self.assertIsNot(before, load_law())

    def test_the_same_level_twice_is_refused(self):
        rate_version(effective_from="2025-04-01").insert().submit()
        with self.assertRaises(RateVersionError):
            rate_version(effective_from="2025-04-01").insert()

    def test_the_state_s_level_is_not_a_province_s(self):
        rate_version(effective_from="2024-07-01").insert()
        with self.assertRaises(RateVersionError):
            rate_version(effective_from="2024-07-01", administrative_unit=None).insert()

    def test_a_decided_level_never_changes(self):
        version = rate_version(effective_from="2025-05-01").insert().submit()
        version.base_amount = 700000
        with self.assertRaises(frappe.UpdateAfterSubmitError):
            version.save()

    def test_what_is_wrong_with_lines_is_said(self):
        cases = {
            "twice": [
                {"category": "BTXH-06B1", "coefficient": 1.5},
                {"category": "BTXH-06B1", "coefficient": 2},
            ],
            "programme": [{"category": "NCC-03A", "amount": 2789000}],
            "either": [{"category": "BTXH-06B1"}],
            "both": [{"category": "BTXH-06B1", "coefficient": 1.5, "amount": 900000}],
        }
        for name, lines in cases.items():
            with self.subTest(name), self.assertRaises(RateVersionError):
                rate_version(effective_from="2025-06-01", lines=lines).insert()

    def test_dates_of_a_level(self):
        with self.assertRaises(RateVersionError):
            rate_version(effective_from="2025-07-15").insert()
        with self.assertRaises(RateVersionError):
            rate_version(
                effective_from="2025-08-01", signed_on="2025-08-20", in_force_on="2025-08-10"
            ).insert()

    def test_coefficients_come_back_as_written(self):
        self.assertEqual(coefficient_of(2.5000000000000004), Decimal("2.5"))
        self.assertIsNone(coefficient_of(None))
