"""Drawdowns within the allotment and net of money still held; settlements that add up; the period closes."""

import json
from unittest.mock import patch

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import AllotmentError, PeriodStateError, SettlementError
from ansinh_app.payouts import drawdowns
from ansinh_app.payouts.doctype.payout_period import payout_period as actions
from ansinh_app.payouts.report.budget_settlement import budget_settlement
from ansinh_app.tests import payout_world as world


class TestTreasury(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.office = world.make_office("TRE-" + frappe.generate_hash(length=6).upper()).name
        world.make_contracts(self.office)
        for name in ("Một", "Hai"):
            world.make_entitlement(world.make_person(self.office, f"Lý Thị {name}"))

    def allot(self, amount: int, programme: str = "BTXH", year: int = 2024, **values):
        document = frappe.get_doc(
            {
                "doctype": "Budget Allotment",
                "office": self.office,
                "programme": programme,
                "year": year,
                "amount": amount,
                **values,
            }
        ).insert()
        document.submit()
        return document

    def month(self, month: str, as_of: str, fail: str | None = None) -> str:
        """A month prepared, paid and answered; `fail`: the name of the person whose money comes back."""
        period = world.make_period(self.office, month, as_of).name
        with world.as_user(world.OFFICER):
            prepare_period(period)
        lines = {line.full_name: line.name for line in world.lines_of(period)}
        world.pay(period, {lines[fail]: ("Thất bại", "đóng")} if fail else None)
        return period

    def act(self, action: str, period: str):
        document = frappe.get_doc("Payout Period", period).as_json()
        return getattr(actions, action)(json.dumps(json.loads(document)))

    def drawdown(self, period: str):
        names = self.act("make_drawdowns", period)
        self.assertEqual(len(names), 1)
        return frappe.get_doc("Treasury Drawdown", names[0])

    def test_drawdown_needs_an_allotment_that_is_large_enough(self):
        period = self.month("2024-05", "2024-04-24")
        drawdown = self.drawdown(period)
        self.assertRaises(AllotmentError, drawdown.submit)
        small = self.allot(1_079_999)
        drawdown.reload()
        self.assertRaises(AllotmentError, drawdown.submit)
        self.assertEqual(frappe.db.get_value("Treasury Drawdown", drawdown.name, "docstatus"), 0)
        self.allot(1)
        drawdown.reload()
        drawdown.submit()
        self.assertEqual((as_dong(drawdown.amount), as_dong(drawdown.allotment_left)), (1_080_000, 0))
        self.assertRaises(AllotmentError, small.cancel)

    def test_allotment_of_another_year_or_programme_does_not_count(self):
        drawdown = self.drawdown(self.month("2024-05", "2024-04-24"))
        self.allot(10_000_000, year=2025)
        self.allot(10_000_000, programme="NCC")
        drawdown.reload()
        self.assertRaises(AllotmentError, drawdown.submit)

    def test_carried_over_money_is_not_drawn_twice(self):
        self.allot(100_000_000)
        may = self.month("2024-05", "2024-04-24", fail="Lý Thị Hai")
        first = self.drawdown(may)
        first.submit()
        self.assertEqual(as_dong(first.held_by_provider), 0)
        june = self.month("2024-06", "2024-05-24", fail="Lý Thị Hai")
        second = self.drawdown(june)
        second.submit()
        self.assertEqual(
            (as_dong(second.batch_total), as_dong(second.held_by_provider), as_dong(second.amount)),
            (1_620_000, 540_000, 1_080_000),
        )
        july = self.month("2024-07", "2024-06-24")
        third = self.drawdown(july)
        self.assertEqual((as_dong(third.held_by_provider), as_dong(third.amount)), (1_080_000, 1_080_000))
        self.assertEqual(third.amount_in_words, "Một triệu không trăm tám mươi nghìn đồng")

    def test_batch_is_drawn_once(self):
        period = self.month("2024-05", "2024-04-24")
        first = self.drawdown(period)
        self.assertEqual(self.act("make_drawdowns", period), [])
        copy = frappe.copy_doc(first)
        self.assertRaises(PeriodStateError, copy.insert)

    def test_settlement_adds_up_and_the_period_closes(self):
        self.allot(100_000_000)
        may = self.month("2024-05", "2024-04-24", fail="Lý Thị Hai")
        self.assertRaises(PeriodStateError, self.act, "close_period", may)
        name = self.act("make_settlements", may)[0]
        settlement = frappe.get_doc("Settlement", name)
        self.assertRaises(SettlementError, settlement.submit)
        self.drawdown(may).submit()
        settlement.reload()
        settlement.submit()
        self.assertEqual(self.figures(settlement), (0, 1_080_000, 1_080_000, 540_000, 540_000, 540_000, 0))
        self.assertEqual(as_dong(settlement.fee_amount), 2_700)
        self.act("close_period", may)
        self.assertEqual(frappe.db.get_value("Payout Period", may, "status"), "Closed")
        self.assertRaises(PeriodStateError, prepare_period, may)

        june = self.month("2024-06", "2024-05-24")
        self.drawdown(june).submit()
        settlement = frappe.get_doc("Settlement", self.act("make_settlements", june)[0])
        settlement.submit()
        self.assertEqual(self.figures(settlement), (540_000, 1_080_000, 1_620_000, 1_620_000, 0, 0, 0))

    def figures(self, settlement) -> tuple:
        names = ("opening_held", "received", "due", "paid", "unpaid", "closing_held", "difference")
        return tuple(as_dong(settlement.get(name)) for name in names)

    def test_money_nobody_waits_for_is_returned_before_settling(self):
        self.allot(100_000_000)
        may = self.month("2024-05", "2024-04-24", fail="Lý Thị Hai")
        self.drawdown(may).submit()
        frappe.get_doc("Settlement", self.act("make_settlements", may)[0]).submit()
        gone = frappe.db.get_value("Beneficiary", {"office": self.office, "full_name": "Lý Thị Hai"}, "name")
        other = frappe.db.get_value("Beneficiary", {"office": self.office, "full_name": "Lý Thị Một"}, "name")
        for person in (gone, other):
            entitlement = frappe.db.get_value("Entitlement", {"beneficiary": person}, "name")
            world.change(
                frappe.get_doc("Beneficiary", person),
                "Stop",
                "2024-05-20",
                entitlement=entitlement,
                effective_month="2024-05-01" if person == gone else "2024-06-01",
            )
        world.make_entitlement(
            frappe.get_doc("Beneficiary", other), "BTXH-04", start="2024-06", known_on="2024-05-20"
        )
        june = self.month("2024-06", "2024-05-24")
        drawdown = self.drawdown(june)
        self.assertEqual((as_dong(drawdown.batch_total), as_dong(drawdown.amount)), (360_000, 0))
        drawdown.submit()
        settlement = frappe.get_doc("Settlement", self.act("make_settlements", june)[0])
        self.assertEqual(as_dong(settlement.difference), 180_000)
        self.assertRaises(SettlementError, settlement.submit)
        too_much = self.give_back(june, 180_001)
        self.assertRaises(SettlementError, too_much.submit)
        voucher = self.give_back(june, 180_000)
        left = drawdowns.allotment_left(self.office, "BTXH", 2024)
        voucher.submit()
        self.assertEqual(drawdowns.allotment_left(self.office, "BTXH", 2024), left + 180_000)
        self.assertEqual(voucher.amount_in_words, "Một trăm tám mươi nghìn đồng")
        settlement.reload()
        settlement.submit()
        self.assertEqual((as_dong(settlement.returned), as_dong(settlement.closing_held)), (180_000, 0))
        voucher.reload()
        self.assertRaises(SettlementError, voucher.cancel)
        july = self.month("2024-07", "2024-06-24")
        self.assertEqual(as_dong(self.drawdown(july).held_by_provider), 0)

    def give_back(self, period: str, amount: int, **values):
        return frappe.get_doc(
            {
                "doctype": "Treasury Return",
                "office": self.office,
                "period": period,
                "programme": "BTXH",
                "provider": "STB",
                "amount": amount,
                **values,
            }
        ).insert()

    def test_money_recovered_from_people_goes_to_the_treasury_once(self):
        self.allot(100_000_000)
        may = self.month("2024-05", "2024-04-24")
        person = frappe.db.get_value("Beneficiary", {"office": self.office, "full_name": "Lý Thị Hai"}, "name")
        world.change(
            frappe.get_doc("Beneficiary", person),
            "Stop",
            "2024-05-20",
            entitlement=frappe.db.get_value("Entitlement", {"beneficiary": person}, "name"),
            effective_month="2024-05-01",
        )
        june = self.month("2024-06", "2024-05-24")
        case = frappe.get_doc("Recovery Case", {"beneficiary": person})
        case.submit()
        case.append("repayments", {"paid_on": "2024-06-10", "amount": 300_000, "voucher_no": "PT 01"})
        case.save()

        def voucher(amount: int):
            rows = [{"recovery_case": case.name, "amount": amount}]
            return self.give_back(june, 0, source="Money Recovered", cases=rows, provider=None)

        self.assertRaises(SettlementError, voucher, 300_001)
        first, second = voucher(200_000), voucher(200_000)
        first.submit()
        self.assertEqual(as_dong(first.amount), 200_000)
        self.assertRaises(SettlementError, second.submit)
        self.assertEqual(frappe.db.get_value("Treasury Return", second.name, "docstatus"), 0)
        settlement = frappe.get_doc("Settlement", self.act("make_settlements", may)[0])
        self.assertEqual(as_dong(settlement.returned or 0), 0)

    def test_the_fee_is_drawn_by_itself_once_the_month_is_settled(self):
        self.allot(100_000_000)
        may = self.month("2024-05", "2024-04-24", fail="Lý Thị Hai")
        self.drawdown(may).submit()
        self.assertEqual(self.act("make_drawdowns", may), [])
        settlement = frappe.get_doc("Settlement", self.act("make_settlements", may)[0])
        settlement.submit()
        fee = self.drawdown(may)
        self.assertEqual((fee.purpose, as_dong(fee.amount), fee.settlement), ("Provider Fee", 2_700, settlement.name))
        self.assertRaises(AllotmentError, fee.submit)
        left = drawdowns.allotment_left(self.office, "BTXH", 2024)
        self.allot(2_700, purpose="Provider Fee")
        self.assertEqual(drawdowns.allotment_left(self.office, "BTXH", 2024), left)
        self.assertRaises(PeriodStateError, frappe.copy_doc(fee).insert)
        fee.reload()
        fee.submit()
        self.assertEqual(as_dong(fee.allotment_left), 0)
        self.assertEqual(self.act("make_drawdowns", may), [])
        settlement.reload()
        self.assertRaises(SettlementError, settlement.cancel)
        june = self.month("2024-06", "2024-05-24")
        self.assertEqual(as_dong(self.drawdown(june).held_by_provider), 540_000)

    def test_the_budget_year_adds_up_and_says_what_does_not(self):
        self.allot(100_000_000)
        self.allot(10_000, purpose="Provider Fee")
        may = self.month("2024-05", "2024-04-24", fail="Lý Thị Hai")
        self.drawdown(may).submit()
        frappe.get_doc("Settlement", self.act("make_settlements", may)[0]).submit()
        self.drawdown(may).submit()
        _columns, rows, _message, _chart, summary = budget_settlement.execute(
            {"office": self.office, "year": 2024}
        )
        by_purpose = {row.get("purpose"): row for row in rows}
        names = ("allotted", "opening", "drawn", "paid", "returned", "closing", "difference", "left")
        self.assertEqual(
            [by_purpose[frappe._("Benefits")][name] for name in names],
            [100_000_000, 0, 1_080_000, 540_000, 0, 540_000, 0, 98_920_000],
        )
        self.assertEqual(
            [by_purpose[frappe._("Provider Fee")][name] for name in names],
            [10_000, 0, 2_700, 2_700, 0, 0, 0, 7_300],
        )
        self.assertEqual([item["value"] for item in summary], [100_010_000, 542_700, 540_000, 0])
        next_year = budget_settlement.settle(self.office, 2025)
        self.assertEqual(next_year[("BTXH", "Benefits")].opening, 540_000)
        # A month paid whose drawdown nobody recorded is what the year cannot explain.
        self.month("2024-06", "2024-05-24")
        year = budget_settlement.settle(self.office, 2024)[("BTXH", "Benefits")]
        self.assertEqual((year.paid, year.drawn, year.difference), (2_160_000, 1_080_000, -1_080_000))
        self.check_lines_are_summed_once()

    def check_lines_are_summed_once(self):
        """A year's lines are a million: both ends of the year and every receiver come from one reading of an index."""
        with patch.object(frappe.local.db, "sql", wraps=frappe.local.db.sql) as asked:
            budget_settlement.settle(self.office, 2024)
        (statement,) = (call for call in asked.call_args_list if "tabPayout Line" in str(call.args[0]))
        self.assertTrue(frappe.db.has_index("tabPayout Line", "of_batch"))
        if frappe.db.db_type == "sqlite":
            plan = str(frappe.db.sql(f"explain query plan {statement.args[0]}", *statement.args[1:]))
            self.assertIn("COVERING INDEX tabPayout Line.of_batch", plan)

    def test_settlement_waits_for_results(self):
        self.allot(100_000_000)
        period = world.make_period(self.office, "2024-05", "2024-04-24").name
        with world.as_user(world.OFFICER):
            prepare_period(period)
        batch = world.batches_of(period)[0]
        world.approve(batch)
        world.send(batch)
        self.drawdown(period).submit()
        settlement = frappe.get_doc("Settlement", self.act("make_settlements", period)[0])
        self.assertEqual(as_dong(settlement.in_flight), 1_080_000)
        self.assertRaises(SettlementError, settlement.submit)

    def test_open_batches_are_not_drawn(self):
        period = world.make_period(self.office, "2024-05", "2024-04-24").name
        prepare_period(period)
        self.assertRaises(PeriodStateError, self.act, "make_drawdowns", period)

    def test_actions_ask_for_the_right_to_run_the_period(self):
        period = self.month("2024-05", "2024-04-24")
        with world.as_user("Guest"):
            for action in (
                "run_prepare",
                "run_preflight",
                "make_drawdowns",
                "make_settlements",
                "close_period",
            ):
                with self.assertRaises(frappe.PermissionError):
                    getattr(actions, action)(json.dumps({"doctype": "Payout Period", "name": period}))
