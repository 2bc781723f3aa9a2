"""Two months at once before Tết (TT 44/2022 Đ8.3): once, explained, and a death in between is recovered."""

import json

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import explain, prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import PeriodStateError
from ansinh_app.payouts.preflight import preflight
from ansinh_app.registry.report.increase_and_decrease_list import increase_and_decrease_list
from ansinh_app.tests import payout_world as world

OFFICE = "TET-T"


class TestEarlyMonths(FrappeTestCase):
    """One person of merit and one of social assistance; January pays February early to the first."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        world.make_office(OFFICE)
        world.make_contracts(OFFICE)
        cls.merit = world.make_person(OFFICE, "Lý Thị Công", provider="BID")
        world.make_entitlement(cls.merit, "NCC-03A")
        cls.other = world.make_person(OFFICE, "Lý Thị Trợ")
        world.make_entitlement(cls.other)

    def setUp(self):
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        self.addCleanup(frappe.set_user, "Administrator")

    def period(self, month: str, **values):
        return frappe.get_doc(
            {"doctype": "Payout Period", "office": OFFICE, "month": f"{month}-01", "as_of": f"{month}-02", **values}
        ).insert()

    def first_month(self):
        """May, the first month of both, with June for people of merit."""
        period = self.period("2024-05", advances=[{"programme": "NCC", "pays_through": "2024-06-15"}])
        prepare_period(period.name)
        return period

    def line(self, period: str, person) -> dict:
        (line,) = world.lines_of(period, beneficiary=person.name)
        return line

    def test_the_next_month_is_paid_with_this_one_and_never_again(self):
        period = self.first_month()
        row = period.advances[0]
        self.assertEqual((str(row.pays_through), row.certainty), ("2024-06-01", "law"))
        self.assertIn("TT 44/2022", row.basis)
        line = self.line(period.name, self.merit)
        month = as_dong(line.monthly_amount)
        self.assertEqual((as_dong(line.advance), as_dong(line.total)), (month, 2 * month))
        self.assertEqual(json.loads(line.months), {"2024-05": month, "2024-06": month})
        self.assertIn("month_ahead", line.explanation)
        self.assertEqual(as_dong(self.line(period.name, self.other).advance), 0)
        # Prepared again nothing changes; the form says beforehand what the next list will not hold.
        self.assertEqual(prepare_period(period.name)["changed"], 0)
        (found,) = [one for one in preflight(period.name)["warnings"] if one["code"] == "paid_early"]
        self.assertIn("NCC: 1", found["items"][0]["detail"])
        self.assertIn("Chi trước tháng 06/2024", explain(self.merit.name, "2024-05")["lines"][0]["steps"][-1]["text"])
        world.pay(period.name)
        june = self.period("2024-06")
        prepare_period(june.name)
        self.assertEqual([line.full_name for line in world.lines_of(june.name)], ["Lý Thị Trợ"])
        world.pay(june.name)
        july = self.period("2024-07", as_of="2024-06-28")
        prepare_period(july.name)
        self.assertEqual(as_dong(self.line(july.name, self.merit).total), month)
        # On the list of changes nobody has left in June.
        rows = increase_and_decrease_list.execute({"month": "2024-06-01", "office": OFFICE})[1]
        self.assertFalse([one for one in rows if "Công" in (one.get("full_name") or "")])

    def test_a_death_in_between_is_recovered(self):
        period = self.first_month()
        world.pay(period.name)
        world.change(
            self.merit, "Death", "2024-06-01", occurred_on="2024-05-20", effective_month="2024-06-01"
        )
        june = self.period("2024-06")
        prepare_period(june.name)
        self.assertFalse(world.lines_of(june.name, beneficiary=self.merit.name))
        (case,) = frappe.get_all(
            "Recovery Case", filters={"beneficiary": self.merit.name}, fields=["amount", "months", "status"]
        )
        early = as_dong(self.line(period.name, self.merit).advance)
        self.assertEqual((as_dong(case.amount), json.loads(case.months)), (early, {"2024-06": early}))
        self.assertEqual(case.status, "Proposed")

    def test_what_comes_back_stands_on_the_next_list_whole(self):
        period = self.first_month()
        line = self.line(period.name, self.merit)
        world.pay(period.name, {line.name: ("Thất bại", "Mã lỗi 68")})
        june = self.period("2024-06")
        prepare_period(june.name)
        month = as_dong(line.monthly_amount)
        again = self.line(june.name, self.merit)
        self.assertEqual((as_dong(again.monthly_amount), as_dong(again.carried_over)), (month, month))

    def test_only_programmes_that_may_and_only_so_far(self):
        for programme, through in (("BTXH", "2024-06-01"), ("NCC", "2024-07-01"), ("NCC", "2024-05-01")):
            with self.assertRaises(PeriodStateError):
                self.period("2024-05", advances=[{"programme": programme, "pays_through": through}])
        frappe.db.set_value("Benefit Programme", "BTXH", {"months_early": 1, "early_basis": "QĐ 01"})
        period = self.period("2024-05", advances=[{"programme": "BTXH", "pays_through": "2024-06-01"}])
        prepare_period(period.name)
        self.assertEqual(as_dong(self.line(period.name, self.other).advance), 540_000)
        # What is approved pays what it says.
        world.approve(frappe.db.get_value("Payout Batch", {"period": period.name, "programme": "BTXH"}, "name"))
        period.reload()
        period.advances = []
        with self.assertRaises(PeriodStateError):
            period.save()
