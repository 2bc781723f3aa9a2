"""Results that contradict themselves, belong elsewhere, come piecemeal or too late: each row matched, or listed."""

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period, provider_file
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import ResultFileError
from ansinh_app.payee_accounts.closing import CASH_REASON
from ansinh_app.payouts import answers
from ansinh_app.tests import payout_world as world

AMOUNT = 540_000
HEADS = ["Mã tham chiếu", "Tên người thụ hưởng", "Số tiền", "Trạng thái", "Lý do"]


class ResultCase(FrappeTestCase):
    """Three people paid into accounts of one bank, from May 2024 on."""

    office = "TOTAL-T"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        world.make_office(cls.office)
        world.make_contracts(cls.office)
        cls.people = {}
        for name in ("Lý Thị Một", "Lý Thị Hai", "Lý Thị Ba"):
            cls.people[name] = world.make_person(cls.office, name)
            world.make_entitlement(cls.people[name])

    def setUp(self):
        frappe.db.savepoint("before_test")
        self.addCleanup(frappe.db.rollback, save_point="before_test")
        self.batch = self.sealed("2024-05")

    def sealed(self, month: str) -> str:
        self.period = world.make_period(self.office, month, f"{month}-02").name
        prepare_period(self.period)
        (batch,) = frappe.get_all("Payout Batch", filters={"period": self.period, "channel": "Bank Transfer"}, pluck="name")
        world.approve(batch)
        world.send(batch)
        return batch

    def lines(self) -> dict[str, dict]:
        return {line.full_name: line for line in world.lines_of(self.period)}

    def statuses(self) -> set[str]:
        return {line.status for line in self.lines().values()}

    def rows(self, status: str = "Thành công", names=None) -> list[list]:
        return [
            [line.name, line.payee_name, as_dong(line.total), status, "đóng" if "Không" in status else ""]
            for name, line in self.lines().items()
            if names is None or name in names
        ]

    def result(self, *rows, above=()):
        return world.import_result(self.batch, world.workbook([*above, HEADS, *rows]))


class TestTotals(ResultCase):
    def test_a_file_that_sums_up_rightly_needs_no_answer(self):
        for rows in (
            [["Tổng cộng", "", 3 * AMOUNT, "", ""]],
            [["Tổng cộng: 3 giao dịch", "", f"{3 * AMOUNT:,}".replace(",", "."), "", ""]],
            [["Cộng Xã Mẫu", "", AMOUNT, "", ""], ["Tổng số tiền thành công: 1.620.000 đồng", "", "", "", ""]],
            [["Tổng số không thành công: 0", "", "", "", ""]],
        ):
            result = self.result(*self.rows(), *rows)
            self.assertEqual((result.unanswered, result.unmatched, result.row_count), (0, 0, 3), rows)
            self.assertEqual(as_dong(result.row_amount), 3 * AMOUNT)
        self.assertEqual(self.statuses(), {"Paid"})

    def test_a_wrong_total_is_listed_and_holds_the_settlement_up(self):
        result = self.result(
            *self.rows(), ["Tổng cộng", "", 4 * AMOUNT, "", ""], above=[["Tổng số giao dịch:", 5]]
        )
        self.assertEqual([(row.reason_code, as_dong(row.amount)) for row in result.rows],
                         [("totals_differ", 5), ("totals_differ", 4 * AMOUNT)])  # fmt: skip
        self.assertEqual((result.stated_count, as_dong(result.stated_amount)), (5, 4 * AMOUNT))
        # What is known of the lines is known all the same.
        self.assertEqual(self.statuses(), {"Paid"})
        self.assertEqual(answers.unanswered(self.period, "STB"), {result.name: 2})
        with world.as_user(world.OFFICER):
            result.reload()
            for row in result.rows:
                row.answer, row.answer_note = answers.SETTLED, "Ngân hàng xác nhận cộng nhầm"
            result.save()
        self.assertEqual(answers.unanswered(self.period, "STB"), {})

    def test_a_part_that_lost_rows_says_so_by_its_own_total(self):
        frappe.db.set_value("Provider File Profile", {"purpose": "Payments"}, "row_limit", 0)
        rows = self.rows()
        result = self.result(rows[0], ["Tổng cộng: 2 người", "", 2 * AMOUNT, "", ""])
        self.assertEqual(result.unanswered, 2)
        rest = self.result(*rows[1:], ["Tổng cộng: 2 người", "", 2 * AMOUNT, "", ""])
        self.assertEqual((rest.unanswered, rest.paid), (0, 2))
        self.assertEqual(frappe.db.get_value("Payout Batch", self.batch, "status"), "Completed")

    def test_parts_come_out_of_order_and_again(self):
        rows = self.rows()
        self.result(rows[2])
        self.result(rows[0], rows[1])
        again = self.result(rows[2], rows[1])
        self.assertEqual((again.paid, again.already_applied, again.unanswered), (0, 2, 0))
        self.assertEqual(self.statuses(), {"Paid"})


class TestOtherLists(ResultCase):
    office = "OTHERL-T"

    def test_last_months_file_pays_nobody_this_month(self):
        old = self.rows()
        memos = [["", row[1], row[2], row[3], ""] for row in old]
        self.result(*old)
        self.batch = self.sealed("2024-06")
        result = self.result(*old)
        self.assertEqual((result.paid, {row.reason_code for row in result.rows}), (0, {"other_list"}))
        # A provider that drops the reference sends the memo back, and that names the month.
        for number, row in enumerate(memos, start=1):
            row[0] = f"TC BTXH T05/2024 {number}"
        self.assertEqual(self.result(*memos).unanswered, 3)
        self.assertEqual(self.statuses(), {"Sent"})

    def test_the_result_of_a_cancelled_batch_is_refused_and_pays_no_other(self):
        frappe.db.set_value("Payout Batch", self.batch, "status", "Approved")
        for line in self.lines().values():
            frappe.db.set_value("Payout Line", line.name, "status", "Planned")
        provider_file(self.batch)
        old = self.rows()
        world.cancel_batch(self.batch)
        with self.assertRaises((ResultFileError, frappe.CancelledLinkError)):
            self.result(*old)
        prepare_period(self.period)
        (self.batch,) = world.batches_of(self.period)
        world.approve(self.batch)
        result = self.result(*old)
        self.assertEqual((result.paid, result.unanswered), (0, 3))
        self.assertNotIn("Paid", self.statuses())


class TestWhatComesBack(ResultCase):
    office = "BACK-T"

    def account(self, name: str) -> str:
        return frappe.db.get_value("Payment Account", {"beneficiary": self.people[name].name}, "status")

    def test_a_providers_own_code_says_what_to_mend(self):
        provider = frappe.get_doc("Payment Service Provider", "STB")
        provider.append("reason_codes", {"said": "E68", "kind": "ACCOUNT_CLOSED", "meaning": "TK tất toán"})
        provider.append("reason_codes", {"said": "68", "kind": "WRONG_NAME", "meaning": "Tên không khớp"})
        provider.save()
        row, other, third = self.rows("Không thành công")
        row[4], other[4], third[4] = "Mã E68", "mã 68", "mã 168"
        self.result(row, other, third)
        found = {line.name: (line.failure_code, line.failure_reason) for line in self.lines().values()}
        self.assertEqual(found[row[0]], ("ACCOUNT_CLOSED", "Mã E68 (TK tất toán)"))
        self.assertEqual(found[other[0]], ("WRONG_NAME", "mã 68 (Tên không khớp)"))
        self.assertEqual(found[third[0]], ("PROVIDER", "mã 168"))
        closed = [name for name in self.people if self.account(name) == "Closed"]
        self.assertEqual([self.lines()[name].name for name in closed], [row[0]])

    def fail(self, month: str, status: str = "Không thành công"):
        if month != "2024-05":
            self.batch = self.sealed(month)
        rows = self.rows(status, {"Lý Thị Một"})
        rows[0][4] = "Mã lỗi 99" if "Không" in status else ""
        self.result(*rows, *self.rows(names={"Lý Thị Hai", "Lý Thị Ba"}))

    def test_after_so_many_transfers_back_in_a_row_cash_is_paid(self):
        frappe.db.set_single_value("An Sinh Settings", "failures_before_cash", 2)
        self.fail("2024-05")
        self.fail("2024-06", "Thành công")
        self.fail("2024-07")
        self.assertEqual(self.account("Lý Thị Một"), "Active")
        self.fail("2024-08")
        self.assertEqual((self.account("Lý Thị Một"), self.account("Lý Thị Hai")), ("Blocked", "Active"))
        person = frappe.get_doc("Beneficiary", self.people["Lý Thị Một"].name)
        self.assertEqual((person.payment_method, person.cash_reason), ("Cash", CASH_REASON))
        self.assertTrue(frappe.db.exists("Account Request", {"beneficiary": person.name}))
        september = world.make_period(self.office, "2024-09", "2024-09-02").name
        prepare_period(september)
        (line,) = world.lines_of(september, beneficiary=person.name)
        self.assertEqual((line.channel, as_dong(line.carried_over) > 0), ("Cash", True))

    def test_the_setting_switches_it_off(self):
        frappe.db.set_single_value("An Sinh Settings", "failures_before_cash", 0)
        self.fail("2024-05")
        self.fail("2024-06")
        self.fail("2024-07")
        self.assertEqual(self.account("Lý Thị Một"), "Active")
