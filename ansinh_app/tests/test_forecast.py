"""The forecast through documents: sums by month, programme and commune, a scenario, and who may see it."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import forecast
from ansinh_app.exceptions import ForecastError
from ansinh_app.payouts.report.cost_forecast.cost_forecast import execute
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.factories import as_user, make_user

OFFICE = "FORE-A"


class TestForecast(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        cls.unit = world.make_unit("FORE-X", "Xã Dự Toán").name
        world.make_office(OFFICE, cls.unit)
        world.make_office("FORE-B")
        world.make_entitlement(world.make_person(OFFICE), start="2026-10", known_on="2026-09-15")
        world.make_entitlement(
            world.make_person(OFFICE, date_of_birth="2011-03-20"),
            "BTXH-01B",
            start="2026-10",
            known_on="2026-09-15",
        )
        # Draws nothing, 75 in May 2027.
        world.make_person(OFFICE, date_of_birth="1952-05-06")
        world.make_entitlement(world.make_person("FORE-B"), start="2026-10", known_on="2026-09-15")

    def year(self, **scenario) -> dict:
        return forecast("2027-01", "2027-06", {"office": OFFICE, **scenario})

    def test_a_half_year_under_today_s_law(self):
        found = self.year()
        self.assertEqual(found["total"]["amount"], 6 * 810_000 + 3 * 810_000 + 2 * 540_000)
        self.assertEqual((found["total"]["ageing_in"], found["total"]["ageing_out"]), (1, 1))
        self.assertEqual([month["amount"] for month in found["months"]][2:5], [1_620_000, 810_000, 1_350_000])
        self.assertEqual({row["unit"] for row in found["rows"]}, {"Xã Dự Toán"})
        self.assertEqual(found["total"]["difference"], 0)

    def test_a_scenario_of_another_base_and_age(self):
        found = self.year(from_month="2027-04", bases={"BTXH": 600_000})
        self.assertEqual(found["total"]["difference"], 3 * 90_000)
        found = self.year(ages={"HTXH-75": [70, None]})
        self.assertEqual(found["total"]["difference"], 4 * 540_000)
        self.assertEqual(
            forecast("2027-01", "2027-06", frappe.as_json({"office": OFFICE, "bases": {"BTXH": 600_000}}))[
                "total"
            ]["difference"],
            9 * 90_000,
        )

    def test_what_is_wrong_with_the_question_is_said(self):
        for args in (
            ("2027-06", "2027-01"),
            ("2027", "2028"),
            ("2027-01", "2031-01"),
            ("2027-01", "2027-02", "{"),
            ("2027-01", "2027-02", {"rates": {}}),
            ("2027-01", "2027-02", {"bases": {"BTXH": -1}}),
            ("2027-01", "2027-02", {"bases": {"BTXH": "nhiều"}}),
            ("2027-01", "2027-02", {"bases": {"XYZ": 1000}}),
            ("2027-01", "2027-02", {"ages": {"BTXH-99": [1, 2]}}),
        ):
            with self.subTest(args), self.assertRaises(ForecastError):
                forecast(*args)

    def test_only_those_who_plan_the_money_see_it_and_only_their_offices(self):
        for role in ("Commune Officer", "Bank Officer", "Police Officer", "Treasury Officer"):
            user = make_user(f"fore.{role.split()[0].lower()}@example.com", role, units=[self.unit])
            with as_user(user), self.assertRaises(frappe.PermissionError):
                self.year()
        own = make_user("fore.officer@example.com", "Social Affairs Officer", offices=["FORE-B"])
        with as_user(own):
            self.assertEqual(self.year()["total"]["amount"], 0)
            self.assertEqual(forecast("2027-01", "2027-01")["total"]["amount"], 810_000)
        viewer = make_user("fore.viewer@example.com", "Province Viewer", units=[self.unit])
        with as_user(viewer):
            self.assertEqual(forecast("2027-01", "2027-01")["total"]["amount"], 1_620_000)

    def test_the_report_shows_months_chart_and_difference(self):
        filters = {"from_month": "2027-01-15", "to_month": "2027-06-01", "office": OFFICE}
        columns, rows, message, chart, summary = execute(filters)
        self.assertEqual(rows[-1]["amount"], sum(row["amount"] for row in rows[:-1]))
        self.assertEqual(rows[0]["month"], "01/2027")
        self.assertEqual(chart["data"]["labels"], [f"0{month}/2027" for month in range(1, 7)])
        self.assertEqual(len(chart["data"]["datasets"]), 1)
        self.assertTrue(message)
        names = {column["fieldname"] for column in columns}
        self.assertTrue(names <= set(rows[0]) and "difference" not in names)
        filters |= {"base_programme": "BTXH", "base_amount": 600000, "scenario_from": "2027-04-01"}
        columns, rows, _message, chart, summary = execute(filters)
        self.assertIn("difference", {column["fieldname"] for column in columns})
        self.assertEqual(len(chart["data"]["datasets"]), 2)
        self.assertEqual(summary[-1]["value"], 270_000)
        filters = {"from_month": "2027-01-01", "age_category": "HTXH-75", "age_from": 70, "office": OFFICE}
        self.assertEqual(execute(filters)[4][-1]["value"], 4 * 540_000)
