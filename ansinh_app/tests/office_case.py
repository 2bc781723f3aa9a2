"""A test case with a made-up office of its own, whose months are prepared and paid through documents."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import explain, prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.tests import both_ways
from ansinh_app.tests import payout_world as world


class OfficeCase(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.office = self.make_office()

    def make_office(self) -> str:
        code = "LAW-" + frappe.generate_hash(length=7).upper()
        world.make_office(code)
        world.make_contract(code, "STB", programmes=[{"programme": "BTXH"}, {"programme": "CARE"}])
        world.make_contract(code, "BID", programmes=[{"programme": "NCC"}])
        world.make_contract(code, "VNPOST", pays_accounts=0, pays_cash=1)
        return code

    def prepare(self, month: str, as_of: str, office: str | None = None) -> tuple[str, dict]:
        """The month's period and what preparing it answered."""
        period = world.make_period(office or self.office, month, as_of).name
        both_ways.assert_same(self, period)
        return period, prepare_period(period)

    def paid(self, month: str, as_of: str, office: str | None = None, outcome: str = "") -> dict:
        """Totals by beneficiary of a month that is prepared, approved, sent and answered."""
        period, _summary = self.prepare(month, as_of, office)
        lines = world.lines_of(period)
        world.pay(period, {line.name: (outcome, "") for line in lines} if outcome else None)
        totals: dict[str, int] = {}
        for line in lines:
            totals[line.beneficiary] = totals.get(line.beneficiary, 0) + as_dong(line.total)
        return totals

    def held(self, summary: dict) -> set[str]:
        return {item["code"] for item in summary["held"]}

    def assertSettled(self, person, month: str):
        """Nothing is owed and nothing overpaid, in any month up to this one."""
        rows = explain(person.name, month)["ledger"]
        self.assertTrue(rows)
        self.assertEqual([row for row in rows if row["balance"]], [])
