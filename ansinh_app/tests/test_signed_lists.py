"""A signed cash list comes back by ticking: once, in the way of every result, with its control total."""

from unittest.mock import patch

import frappe

from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import OvertakenError, ResultFileError
from ansinh_app.payouts import answers, settlements, signed_lists
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.test_cash_lists import CLERK, NOWHERE, POLICE, STRANGER, CashCase

KEY, OTHER = "a1b2c3d4e5f60718293a4b5c6d7e8f90", "b1b2c3d4e5f60718293a4b5c6d7e8f91"
AMOUNT = 540_000
SHEET = "1-5"
# A picture of one black dot.
_DOT = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNgAAAAAgAB5Sfe/AAAAABJRU5ErkJggg=="


class TestSignedLists(CashCase):
    office = "SIGN-T"

    def setUp(self):
        super().setUp()
        self.lines = {line.full_name: line.name for line in world.lines_of(self.period)}

    def take(self, absent=(), key=KEY, stated=None, user=CLERK, **values):
        """The whole sheet, everybody paid but those absent; `absent`: names."""
        ticks = {
            line: ["Uncollected", "Không đến nhận"] if name in absent else ["Paid", ""]
            for name, line in self.lines.items()
        }
        given = {"values": ticks, "stated_total": AMOUNT * (len(ticks) - len(absent)), **values}
        if stated is not None:
            given["stated_total"] = stated
        with world.as_user(user):
            return signed_lists.take(self.batch, SHEET, key, **given)

    def statuses(self) -> dict[str, str]:
        return {line.full_name: line.status for line in world.lines_of(self.period)}

    def test_a_sheet_pays_who_signed_and_says_why_the_others_did_not(self):
        answer = self.take(absent=("Vi Thị Xa",))
        self.assertEqual((answer["paid"], answer["unpaid"], answer["differing"]), (4, 1, 0))
        line = world.lines_of(self.period, full_name="Vi Thị Xa")[0]
        self.assertEqual((line.status, line.failure_code), ("Uncollected", "NOT_COLLECTED"))
        self.assertEqual(frappe.db.get_value("Payout Batch", self.batch, "status"), "Completed")
        record = frappe.get_doc("Signed Cash List", KEY)
        self.assertEqual((record.paid_count, record.unpaid_count, record.taken_by), (4, 1, CLERK))
        result = frappe.get_doc("Provider Result", record.provider_result)
        self.assertEqual((result.docstatus, result.owner), (1, CLERK))
        self.assertEqual((as_dong(result.stated_amount), result.row_count), (4 * AMOUNT, 5))
        self.assertEqual(as_dong(result.row_amount), 5 * AMOUNT)

    def test_sent_again_it_is_taken_once(self):
        self.take()
        again = self.take(absent=("Vi Thị Xa",))
        self.assertTrue(again["repeated"])
        self.assertEqual(set(self.statuses().values()), {"Paid"})
        self.assertEqual(frappe.db.count("Provider Result", {"batch": self.batch}), 1)

    def test_a_clerk_who_was_overtaken_while_he_waited_looks_again(self):
        real, asked = signed_lists.lock_period, []

        def overtaken_twice(period):
            asked.append(period)
            if len(asked) < 3:
                frappe.throw("Somebody else changed payments", OvertakenError)
            return real(period)

        with (
            patch.object(signed_lists, "lock_period", overtaken_twice),
            patch("frappe.db.rollback") as looked_again,
        ):
            answer = self.take()
        self.assertEqual((answer["paid"], len(asked), looked_again.call_count), (5, 3, 2))
        self.assertFalse([one for one in frappe.get_message_log() if "Somebody else" in str(one)])
        with (
            patch.object(signed_lists, "lock_period", side_effect=OvertakenError),
            patch("frappe.db.rollback"),
            self.assertRaises(OvertakenError),  # at some time he is told
        ):
            self.take(key=OTHER)

    def test_two_clerks_who_differ_wait_for_the_office(self):
        self.take()
        answer = self.take(absent=("Vi Thị Xa",), key=OTHER)
        self.assertEqual((answer["already"], answer["differing"]), (4, 1))
        self.assertEqual(self.statuses()["Vi Thị Xa"], "Paid")
        self.assertEqual(answers.unanswered(self.period, "VNPOST"), {answer["result"]: 1})
        (name,) = settlements.make(self.period)
        settlement = frappe.get_doc("Settlement", name)
        with self.assertRaises(frappe.ValidationError) as refused:
            settlement.submit()
        self.assertIn(answer["result"], str(refused.exception))

    def test_the_papers_sum_is_a_control_total(self):
        with self.assertRaises(ResultFileError):
            self.take(stated=4 * AMOUNT)
        self.assertEqual(set(self.statuses().values()), {"Planned"})
        answer = self.take(stated=4 * AMOUNT, note="Cộng nhầm trên giấy")
        self.assertEqual((answer["paid"], answer["differing"]), (5, 1))
        (row,) = frappe.get_doc("Provider Result", answer["result"]).rows
        self.assertEqual((row.reason_code, as_dong(row.amount)), ("totals_differ", 4 * AMOUNT))

    def test_only_lines_of_the_sheet_with_a_reason(self):
        wrong = (
            {"values": {}},
            {"values": {"Lkhongco00000": ["Paid", ""]}},
            {"values": {self.lines["Vi Thị Xa"]: ["Uncollected", ""]}},
            {"values": {self.lines["Vi Thị Xa"]: ["Cancelled", "x"]}},
        )
        for values in wrong:
            with self.assertRaises(ResultFileError):
                self.take(**values)
        with world.as_user(CLERK), self.assertRaises(ResultFileError):
            signed_lists.sheet(self.batch, "4-9")
        with self.assertRaises(ResultFileError):
            self.take(key="short")

    def test_a_sheet_shows_what_a_counter_needs_and_no_number_in_full(self):
        frappe.db.set_value("Beneficiary", self.people["Vi Thị Xa"].name, "personal_id", None)
        self.take()
        with world.as_user(CLERK):
            found = signed_lists.sheet(self.batch, "5.1-2")
            (mine,) = [one for one in signed_lists.batches() if one.name == self.batch]
            places = signed_lists.places(self.batch)["places"]
        self.assertEqual([line["no"] for line in found["lines"]], [5, 1, 2])
        self.assertEqual({line["status"] for line in found["lines"]}, {"Paid"})
        self.assertEqual((mine.name, mine.left), (self.batch, 0))
        self.assertEqual(sorted(place["left"] for place in places), [0, 0, 0])
        person = frappe.get_doc("Beneficiary", self.people["Lý Văn Đạt"].name)
        if person.personal_id:
            self.assertNotIn(person.personal_id, str(found))

    def test_others_see_no_sheet_and_take_none(self):
        for user in (STRANGER, POLICE, NOWHERE):
            with world.as_user(user), self.assertRaises(frappe.PermissionError):
                signed_lists.sheet(self.batch, SHEET)
            with self.assertRaises(frappe.PermissionError):
                self.take(user=user)
        self.take()
        with world.as_user(STRANGER):
            self.assertNotIn(self.batch, {one.name for one in signed_lists.batches()})
            self.assertEqual(frappe.get_list("Signed Cash List", {"batch": self.batch}), [])
            with self.assertRaises(frappe.PermissionError):
                frappe.get_doc("Signed Cash List", KEY).check_permission("read")
        with world.as_user(CLERK):
            self.assertEqual(len(frappe.get_list("Signed Cash List", {"batch": self.batch})), 1)
            with self.assertRaises(frappe.PermissionError):
                frappe.get_doc({"doctype": "Signed Cash List", "list_key": OTHER, "batch": self.batch}).insert()

    def test_a_photo_is_kept_with_the_list_and_nothing_else_is(self):
        picture = f"data:image/png;base64,{_DOT}"
        for wrong in ("data:image/svg+xml;base64,PHN2Zz4=", "data:image/png;base64,/9j/AAAA", "x"):
            with self.assertRaises(ResultFileError):
                self.take(photo=wrong)
        self.take(photo=picture)
        photo = frappe.db.get_value("Signed Cash List", KEY, "photo")
        self.assertTrue(frappe.db.get_value("File", {"file_url": photo}, "is_private"))

    def test_a_cancelled_or_unapproved_list_is_not_ticked(self):
        world.cancel_batch(self.batch)
        with self.assertRaises(ResultFileError):
            self.take()
