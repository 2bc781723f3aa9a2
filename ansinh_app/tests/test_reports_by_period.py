"""Reports of a month find its lines by the period: a year's lines are a million, and none but the month's is read."""

from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.core.months import Month
from ansinh_app.oversight.report.monthly_payout import monthly_payout
from ansinh_app.oversight.report.statistics_forms import statistics_forms
from ansinh_app.payouts.report.arrears_and_recoveries import arrears_and_recoveries
from ansinh_app.payouts.report.cash_payments import cash_payments
from ansinh_app.payouts.report.provider_performance import provider_performance
from ansinh_app.registry.report.increase_and_decrease_list import increase_and_decrease_list
from ansinh_app.tests import payout_world as world
from ansinh_app.utils.reports import periods_of

JULY = "2024-07-01"
OF_A_MONTH = (
    (monthly_payout, {"month": JULY}, 1),
    (arrears_and_recoveries, {"month": JULY}, 1),
    (cash_payments, {"month": JULY}, 2),  # of decisions and of grants
    (statistics_forms, {"form": "10a", "from_month": JULY, "to_month": JULY}, 2),
    # Two months, the one before them for what it paid early, two sums to prove the tie, and the lines that differ.
    (increase_and_decrease_list, {"month": JULY}, 6),
    (provider_performance, {"from_month": JULY, "to_month": JULY}, 1),
)


class TestReportsByPeriod(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = world.make_office("RBP-" + frappe.generate_hash(length=6).upper()).name
        world.make_contracts(cls.office)
        world.make_entitlement(world.make_person(cls.office, "Lý Thị Kỳ"))
        cls.period = world.make_period(cls.office, "2024-07", "2024-06-24").name
        prepare_period(cls.period)

    def test_lines_are_found_by_their_period_and_read_once(self):
        for report, filters, times in OF_A_MONTH:
            with self.subTest(report.__name__):
                with patch.object(frappe.local.db, "sql", wraps=frappe.local.db.sql) as asked:
                    report.execute({**filters, "office": self.office})
                found = [call for call in asked.call_args_list if "from `tabpayout line`" in str(call.args[0]).lower()]
                self.assertEqual(len(found), times)
                for call in found:
                    self.assertNotIn("join `tabpayout period`", str(call.args[0]).lower())
                    if frappe.db.db_type == "sqlite":
                        plan = str(frappe.db.sql(f"explain query plan {call.args[0]}", *call.args[1:]))
                        self.assertNotIn("SCAN tabPayout Line", plan)

    def test_periods_of_months(self):
        july = Month.parse(JULY)
        self.assertEqual(periods_of(july, office=self.office).run(), ((self.period,),))
        self.assertIn((self.period,), periods_of(july - 1, july + 1).run())
        self.assertFalse(periods_of(july + 1, office=self.office).run())
