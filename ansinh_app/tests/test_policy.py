"""The law as data: what install loads, what a rate version may say, what the core reads from it."""

from datetime import date
from decimal import Decimal

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.core.errors import EstimatedRate, NoRateInForce
from ansinh_app.core.months import Month
from ansinh_app.exceptions import RateVersionError, UnknownCategoryError
from ansinh_app.policy.doctype.rate_version.rate_version import copy_as_draft
from ansinh_app.policy.law import coefficient_of, load_law
from ansinh_app.setup import load_reference_data
from ansinh_app.tests.factories import PROVINCE, as_user, grant, make_office, make_person, make_user


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

    def test_the_settings_hold_their_defaults_from_the_start(self):
        """An office that never opened its settings works by them: three returned transfers are enough, 72 hours."""
        settings = frappe.get_meta("An Sinh Settings")
        counts = {df.fieldname: int(df.default) for df in settings.fields if (df.default or "").isdigit()}
        self.assertEqual((counts["failures_before_cash"], counts["incident_hours"]), (3, 72))
        held = {name: int(frappe.db.get_single_value("An Sinh Settings", name)) for name in counts}
        self.assertEqual(held, counts)

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

    def test_a_gap_is_refused_where_somebody_is_paid(self):
        grant(make_person(), "BTXH-06B1")
        lines = [{"category": "BTXH-06A1", "coefficient": 2}]
        version = rate_version(
            administrative_unit=None, effective_from="2027-01-01", in_force_on="2027-01-01"
        )
        version.set("lines", lines)
        version.insert()
        with self.assertRaises(RateVersionError) as refused:
            version.submit()
        self.assertIn("BTXH-06B1", str(refused.exception))
        version.reload()
        version.append("lines", {"category": "BTXH-06B1", "coefficient": 1.5, "ends_on": "2026-12-31"})
        version.save()
        version.submit()
        with self.assertRaises(NoRateInForce):
            load_law().rate("BTXH-06B1", Month(2027, 1), date(2027, 1, 2))

    def test_an_officer_copies_and_submits_and_a_used_level_is_corrected_by_a_later_decree(self):
        make_user("rates@example.com", "Social Affairs Officer")
        source = frappe.get_doc("Rate Version", {"programme": "HTXH", "effective_from": "2026-07-01"})
        with as_user("rates@example.com"):
            draft = frappe.get_doc("Rate Version", copy_as_draft(source.as_json()))
            self.assertEqual(
                [(line.category, line.coefficient) for line in draft.lines],
                [(line.category, line.coefficient) for line in source.lines],
            )
            self.assertEqual((draft.docstatus, str(draft.effective_from)), (0, "2026-08-01"))
            draft.update({"effective_from": "2027-07-01", "in_force_on": "2027-07-01", "base_amount": 600000})
            draft.save()
            draft.submit()
        self.assertEqual(
            load_law().rate("HTXH-75", Month(2027, 7), date(2027, 7, 1)).amount_per_unit, 600_000
        )
        with as_user("rates@example.com"):
            draft.cancel()
            amended = frappe.copy_doc(draft)
            amended.update({"amended_from": draft.name, "docstatus": 0, "base_amount": 650000})
            amended.insert()
            amended.submit()
        self.assertEqual(
            load_law().rate("HTXH-75", Month(2027, 7), date(2027, 7, 1)).amount_per_unit, 650_000
        )

    def test_only_a_level_in_use_is_corrected_by_another_of_the_same_month(self):
        first = rate_version(effective_from="2025-09-01").insert().submit()
        later = {"effective_from": "2025-09-01", "in_force_on": "2025-10-01", "base_amount": 700000}
        later["legal_instrument"] = "76/2024/NĐ-CP"
        with self.assertRaises(RateVersionError):
            rate_version(**later).insert()
        period = frappe.get_doc(
            {
                "doctype": "Payout Period",
                "office": make_office(),
                "month": "2025-09-01",
                "as_of": "2025-09-20",
            }
        ).insert()
        frappe.db.set_value("Payout Period", period.name, "line_count", 1)
        self.addCleanup(frappe.delete_doc, "Payout Period", period.name)
        with self.assertRaises(RateVersionError):
            first.cancel()
        rate_version(**later).insert().submit()
        law, month = load_law(), Month(2025, 9)
        for known_on, amount in ((date(2025, 9, 20), 900_000), (date(2025, 10, 1), 1_050_000)):
            rate = law.rate("BTXH-06B1", month, known_on, (PROVINCE,))
            self.assertEqual(rate.amount_per_unit, amount)

    def test_the_end_of_study_is_a_setting(self):
        born, month = date(2003, 3, 3), Month(2025, 4)
        self.assertIsNone(load_law().band("BTXH-02", born, month))
        frappe.db.set_single_value("An Sinh Settings", "study_age_limit", 23)
        self.addCleanup(frappe.db.set_single_value, "An Sinh Settings", "study_age_limit", 22)
        self.assertEqual(load_law().band("BTXH-02", born, month).code, "BTXH-02")
        self.assertIsNone(load_law().band("BTXH-02", born, Month(2026, 4)))

    def test_one_off_grants_are_no_monthly_categories(self):
        law = load_law()
        self.assertIn("MT-BTXH", law.one_off)
        self.assertEqual(law.rate("MT-NCC", Month(2026, 8), date(2026, 8, 20)).amount_per_unit, 25_300_000)
        with self.assertRaises(UnknownCategoryError):
            grant(make_person(), "MT-BTXH")

    def test_what_the_law_ended_is_not_granted(self):
        old = make_person(date_of_birth="1940-02-01")
        with self.assertRaises(UnknownCategoryError) as refused:
            grant(old, "BTXH-05C", effective_from="2025-07-01", decision_date="2025-06-20")
        self.assertIn("30/06/2025", str(refused.exception))
        grant(old, "BTXH-05C", effective_from="2025-06-01", decision_date="2025-05-20")

    def test_a_decision_ahead_of_its_level_says_what_is_missing(self):
        frappe.clear_messages()
        person = make_person("Mẫu Chưa Có Mức", date_of_birth="1949-04-30")
        grant(person, "NCC-06-61", decision_date="2026-08-15", effective_from="2026-08-01")
        said = str(frappe.get_message_log())
        self.assertIn("NCC-06-61", said)
        self.assertIn("08/2026", said)
        frappe.clear_messages()
        grant(person, "NCC-09", decision_date="2025-08-15", effective_from="2025-08-01")
        self.assertNotIn("NCC-09", str(frappe.get_message_log()))
