"""Results: matched or listed with a reason, applied once, carried over when they came back."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import ResultFileError, WorkbookError
from ansinh_app.tests import payout_world as world


class TestResults(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        self.office = world.make_office("RES-" + frappe.generate_hash(length=6).upper()).name
        world.make_contracts(self.office)
        for name in ("Một", "Hai", "Ba"):
            world.make_entitlement(world.make_person(self.office, f"Lý Thị {name}"))
        self.period = world.make_period(self.office, "2024-05", "2024-04-24").name
        with world.as_user(world.OFFICER):
            prepare_period(self.period)
        self.batch = world.batches_of(self.period)[0]
        world.approve(self.batch)

    def lines(self) -> dict[str, dict]:
        return {line.full_name: line for line in world.lines_of(self.period)}

    def snapshot(self) -> list:
        return [
            (line.name, line.status, line.failure_reason, line.modified)
            for line in world.lines_of(self.period)
        ]

    def test_every_row_sets_its_line_and_completes_the_batch(self):
        world.send(self.batch)
        failed = self.lines()["Lý Thị Hai"].name
        late = self.lines()["Lý Thị Ba"].name
        answer = world.answer(
            self.batch, {failed: ("Không thành công", "Tài khoản đã đóng"), late: ("Chưa đến nhận", "")}
        )
        result = world.import_result(self.batch, answer)
        self.assertEqual((result.matched, result.paid, result.failed, result.unmatched), (3, 1, 2, 0))
        lines = self.lines()
        self.assertEqual(lines["Lý Thị Một"].status, "Paid")
        self.assertEqual(lines["Lý Thị Ba"].status, "Uncollected")
        self.assertEqual(
            (lines["Lý Thị Hai"].status, lines["Lý Thị Hai"].failure_reason), ("Failed", "Tài khoản đã đóng")
        )
        batch = frappe.get_doc("Payout Batch", self.batch)
        self.assertEqual((batch.status, batch.paid_count, batch.unpaid_count), ("Completed", 1, 2))
        self.assertEqual((as_dong(batch.paid_amount), as_dong(batch.unpaid_amount)), (540_000, 1_080_000))

    def test_unpaid_lines_stand_on_the_next_list(self):
        world.send(self.batch)
        failed = self.lines()["Lý Thị Hai"]
        world.import_result(self.batch, world.answer(self.batch, {failed.name: ("Thất bại", "đóng")}))
        june = world.make_period(self.office, "2024-06", "2024-05-24").name
        prepare_period(june)
        carried = {line.full_name: as_dong(line.carried_over) for line in world.lines_of(june)}
        self.assertEqual(carried, {"Lý Thị Một": 0, "Lý Thị Hai": 540_000, "Lý Thị Ba": 0})

    def test_same_file_twice_changes_nothing(self):
        world.send(self.batch)
        answer = world.answer(self.batch, {self.lines()["Lý Thị Hai"].name: ("Thất bại", "đóng")})
        world.import_result(self.batch, answer)
        before = self.snapshot()
        again = world.import_result(self.batch, answer, "again.xlsx")
        self.assertEqual((again.paid, again.failed, again.unmatched), (0, 0, 0))
        self.assertEqual((again.matched, again.already_applied), (3, 3))
        self.assertEqual(self.snapshot(), before)

    def test_partial_files_follow_one_another(self):
        world.send(self.batch)
        first = self.lines()["Lý Thị Một"].name
        world.import_result(self.batch, world.answer(self.batch, keep=lambda row: first in row))
        self.assertEqual(frappe.db.get_value("Payout Batch", self.batch, "status"), "Sent")
        self.assertEqual(sorted(line.status for line in self.lines().values()), ["Paid", "Sent", "Sent"])
        rest = world.import_result(self.batch, world.answer(self.batch))
        self.assertEqual((rest.paid, rest.already_applied), (2, 1))
        self.assertEqual(frappe.db.get_value("Payout Batch", self.batch, "status"), "Completed")

    def test_paid_line_stays_paid(self):
        world.send(self.batch)
        world.import_result(self.batch, world.answer(self.batch))
        line = self.lines()["Lý Thị Một"]
        result = world.import_result(
            self.batch, world.answer(self.batch, {line.name: ("Thất bại", "trả lại")})
        )
        self.assertEqual((result.unmatched, result.already_applied), (1, 2))
        self.assertTrue(result.rows[0].reason)
        self.assertEqual(self.lines()["Lý Thị Một"].status, "Paid")

    def test_rows_without_reference_match_by_account_and_amount_then_by_name(self):
        world.send(self.batch)
        lines = self.lines()
        rows = [
            ["Số tài khoản", "Tên người thụ hưởng", "Số tiền", "Trạng thái"],
            [lines["Lý Thị Một"].account_no, "", 540_000, "Thành công"],
            ["", "LY THI HAI", 540_000, "Thành công"],
        ]
        result = world.import_result(self.batch, world.workbook(rows))
        self.assertEqual((result.matched, result.unmatched), (2, 0))
        self.assertEqual(self.lines()["Lý Thị Ba"].status, "Sent")

    def test_unknown_rows_and_wrong_amounts_are_listed_with_a_reason(self):
        world.send(self.batch)
        line = self.lines()["Lý Thị Một"]
        answer = world.answer(self.batch, keep=lambda row: line.name in row, amounts={line.name: 999})
        wrong = world.import_result(self.batch, answer)
        self.assertEqual((wrong.matched, wrong.unmatched), (0, 1))
        rows = [
            ["Số tài khoản", "Tên người thụ hưởng", "Số tiền", "Trạng thái"],
            ["0987654321", "NGUYEN VAN LA", 540_000, "Thành công"],
        ]
        unknown = world.import_result(self.batch, world.workbook(rows))
        self.assertEqual((unknown.matched, unknown.unmatched), (0, 1))
        self.assertEqual(unknown.rows[0].account_no, "0987654321")
        self.assertNotEqual(wrong.rows[0].reason, unknown.rows[0].reason)
        self.assertEqual({line.status for line in self.lines().values()}, {"Sent"})

    def test_result_for_a_batch_not_approved_is_refused(self):
        june = world.make_period(self.office, "2024-06", "2024-05-24").name
        world.import_result(self.batch, world.answer(self.batch))
        prepare_period(june)
        rows = [["Số tài khoản", "Số tiền", "Trạng thái"], ["0601", 1, "Thành công"]]
        with self.assertRaises(ResultFileError):
            world.import_result(world.batches_of(june)[0], world.workbook(rows))

    def test_answer_proves_that_the_batch_was_sent(self):
        world.import_result(self.batch, world.answer(self.batch))
        self.assertEqual({line.status for line in self.lines().values()}, {"Paid"})

    def test_broken_or_empty_file_changes_nothing(self):
        world.send(self.batch)
        before = self.snapshot()
        for content, error in (
            (b"PK\x03\x04 broken", WorkbookError),
            (world.workbook([["only", "words"]]), ResultFileError),
        ):
            with self.assertRaises(error):
                world.import_result(self.batch, content)
        self.assertEqual(self.snapshot(), before)

    def test_results_are_not_cancelled(self):
        world.send(self.batch)
        result = world.import_result(self.batch, world.answer(self.batch))
        self.assertRaises(ResultFileError, result.cancel)
