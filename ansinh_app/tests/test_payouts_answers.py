"""Rows that differ from what was sent: answered by the office before the month is settled."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period, verify_seal
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import ResultFileError, SettlementError
from ansinh_app.payouts.doctype.payout_period import payout_period
from ansinh_app.payouts.doctype.provider_result.provider_result import set_aside_rest
from ansinh_app.tests import payout_world as world

BANK = "payout.bank@example.com"


class TestAnswers(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        world.make_user(BANK, "Bank Officer")
        if not frappe.db.exists("User Permission", {"user": BANK}):
            frappe.get_doc(
                {
                    "doctype": "User Permission",
                    "user": BANK,
                    "allow": "Payment Service Provider",
                    "for_value": "STB",
                }
            ).insert()

    def setUp(self):
        self.office = world.make_office("ANS-" + frappe.generate_hash(length=6).upper()).name
        world.make_contract(self.office, "STB")
        for name in ("Một", "Hai"):
            world.make_entitlement(world.make_person(self.office, f"Lý Thị {name}"))
        self.period = world.make_period(self.office, "2024-05", "2024-04-24").name
        with world.as_user(world.OFFICER):
            prepare_period(self.period)
        self.batch = world.batches_of(self.period)[0]
        world.approve(self.batch)
        world.send(self.batch)

    def line(self, name: str):
        return next(line for line in world.lines_of(self.period) if line.full_name == name)

    def contradict(self, first: tuple | None, second: tuple | None):
        """Two files, the later saying the other thing about Lý Thị Hai."""
        name = self.line("Lý Thị Hai").name
        world.import_result(self.batch, world.answer(self.batch, {name: first} if first else None))
        return world.import_result(self.batch, world.answer(self.batch, {name: second} if second else None))

    def reply(self, result, answer: str, note: str = "Đã gọi ngân hàng", user: str = world.OFFICER):
        with world.as_user(user):
            document = frappe.get_doc("Provider Result", result.name)
            document.rows[0].answer, document.rows[0].answer_note = answer, note
            document.save()
            return document

    def settle(self):
        frappe.get_doc(
            {
                "doctype": "Budget Allotment",
                "office": self.office,
                "programme": "BTXH",
                "year": 2024,
                "amount": 100_000_000,
            }
        ).insert().submit()
        as_sent = frappe.get_doc("Payout Period", self.period).as_json()
        for name in payout_period.make_drawdowns(as_sent):
            frappe.get_doc("Treasury Drawdown", name).submit()
        return frappe.get_doc("Settlement", payout_period.make_settlements(as_sent)[0])

    def test_a_difference_blocks_the_settlement_until_it_is_answered(self):
        result = self.contradict(None, ("Thất bại", "trả lại"))
        self.assertEqual((result.unanswered, result.rows[0].line), (1, self.line("Lý Thị Hai").name))
        settlement = self.settle()
        with self.assertRaises(SettlementError) as refused:
            settlement.submit()
        self.assertIn(result.name, str(refused.exception))
        self.reply(result, "Settled With the Provider")
        settlement.reload()
        settlement.submit()
        self.assertEqual(self.line("Lý Thị Hai").status, "Paid")

    def test_money_reversed_after_it_was_paid_is_owed_again_with_its_history(self):
        result = self.contradict(None, ("Thất bại", "Tài khoản đã đóng"))
        answered = self.reply(result, "Reversed", "Ngân hàng hoàn tiền ngày 12/05")
        line = self.line("Lý Thị Hai")
        self.assertEqual((line.status, line.paid_on or None), ("Failed", None))
        self.assertEqual((answered.unanswered, answered.rows[0].answered_by), (0, world.OFFICER))
        batch = frappe.db.get_value("Payout Batch", self.batch, ["paid_amount", "unpaid_amount"])
        self.assertEqual([as_dong(amount) for amount in batch], [540_000, 540_000])
        self.assertTrue(verify_seal(self.batch)["valid"])
        told = frappe.get_all("Comment", filters={"reference_name": line.name}, pluck="content")
        self.assertTrue(any(result.name in text and "12/05" in text for text in told), told)
        june = world.make_period(self.office, "2024-06", "2024-05-24").name
        prepare_period(june)
        carried = {row.full_name: as_dong(row.carried_over) for row in world.lines_of(june)}
        self.assertEqual(carried, {"Lý Thị Một": 0, "Lý Thị Hai": 540_000})
        settlement = self.settle()
        settlement.submit()
        self.assertEqual(as_dong(settlement.closing_held), 540_000)

    def test_what_is_carried_over_already_is_not_paid_after_all(self):
        result = self.contradict(("Thất bại", "đóng"), None)
        june = world.make_period(self.office, "2024-06", "2024-05-24").name
        prepare_period(june)
        with self.assertRaises(ResultFileError):
            self.reply(result, "Paid After All")
        self.assertEqual(self.line("Lý Thị Hai").status, "Failed")
        frappe.delete_doc("Payout Batch", world.batches_of(june)[0])
        self.reply(result, "Paid After All")
        self.assertEqual(self.line("Lý Thị Hai").status, "Paid")
        prepare_period(june)
        self.assertEqual({as_dong(row.carried_over) for row in world.lines_of(june)}, {0})

    def test_a_settled_month_is_opened_first(self):
        result = self.contradict(None, ("Thất bại", "trả lại"))
        self.reply(result, "Settled With the Provider")
        self.settle().submit()
        with self.assertRaises(ResultFileError):
            self.reply(result, "Reversed")
        self.assertEqual(self.line("Lý Thị Hai").status, "Paid")

    def test_only_the_office_answers_with_a_finding_and_rows_stay(self):
        result = self.contradict(None, ("Thất bại", "trả lại"))
        with self.assertRaises(frappe.PermissionError):
            self.reply(result, "Not Ours", user=BANK)
        with self.assertRaises(ResultFileError):
            self.reply(result, "Not Ours", note=" ")
        document = frappe.get_doc("Provider Result", result.name)
        document.set("rows", [])
        self.assertRaises((ResultFileError, frappe.UpdateAfterSubmitError), document.save)
        self.reply(result, "Reversed")
        with self.assertRaises(ResultFileError):
            self.reply(result, "Not Ours")
        self.assertEqual(self.line("Lý Thị Hai").status, "Failed")

    def test_a_file_that_does_not_belong_here_is_set_aside_whole(self):
        head = ["Số tài khoản", "Tên người thụ hưởng", "Số tiền", "Trạng thái"]
        rows = [[f"09876543{index:02d}", f"NGUYEN VAN {index}", 540_000, "Thành công"] for index in range(3)]
        result = world.import_result(self.batch, world.workbook([head, *rows]))
        self.assertEqual(result.unanswered, 3)
        with self.assertRaises(ResultFileError):
            set_aside_rest(result.as_json())
        with world.as_user(world.OFFICER):
            document = frappe.get_doc("Provider Result", result.name)
            document.set_aside_reason = "Danh sách của huyện khác"
            document.save()
            told = set_aside_rest(document.as_json())
        self.assertEqual(told["unanswered"], 0)
        self.assertEqual({row["answer"] for row in told["rows"]}, {"Not Ours"})
