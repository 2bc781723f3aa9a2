"""An old database brought back: the seal book knows what was approved since, and nobody is paid by it again."""

import tempfile
from pathlib import Path
from unittest.mock import patch

import frappe
from frappe.model.workflow import apply_workflow
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import preflight, prepare_period
from ansinh_app.exceptions import ChangeNotAllowedError, LostListError
from ansinh_app.payouts import drawdowns, lost_lists, seal_book
from ansinh_app.tests import payout_world as world
from ansinh_app.www.seal_check import check


def asked(batch: str, seal: str) -> dict:
    """What a paper's code asks the page."""
    return {"b": batch, "s": seal, "n": "", "t": "", "p": ""}


class TestOldDatabase(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()

    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.book = Path(place.name, seal_book.NAME)
        stand_in = patch.object(seal_book, "path", lambda: self.book)
        stand_in.start()
        self.addCleanup(stand_in.stop)
        seal_book.begin(fresh=True)
        self.office = world.make_office("OLD-" + frappe.generate_hash(length=6).upper()).name
        world.make_contract(self.office, "STB", programmes=[{"programme": "BTXH"}])
        self.people = [world.make_person(self.office, f"Lý Thị {name}") for name in ("Một", "Hai")]
        for person in self.people:
            world.make_entitlement(person)
        self.may = world.make_period(self.office, "2024-05", "2024-04-24").name
        self.june = world.make_period(self.office, "2024-06", "2024-05-24").name

    def lose(self, *events: str, **more) -> str:
        """May's list is approved and all this happens to it; then the database of before comes back. Its seal."""
        frappe.db.savepoint("saved")
        prepare_period(self.may)
        name = world.batches_of(self.may)[0]
        world.approve(name)
        seal_book.append([seal_book._row(name, event) | more for event in (seal_book.SEALED, *events)])
        seal = frappe.db.get_value("Payout Batch", name, "seal")
        frappe.db.rollback(save_point="saved")
        self.assertFalse(frappe.db.exists("Payout Batch", name))
        return seal

    def approve_may(self):
        prepare_period(self.may)
        return world.approve(world.batches_of(self.may)[0]).reload()

    def say(self, code: str, user: str = world.MANAGER, period: str | None = None):
        with world.as_user(user):
            values = {"doctype": "Preflight Override", "code": code, "reason": "Ngân hàng trả lời bằng văn bản"}
            return frappe.get_doc(values | {"period": period or self.may}).insert()

    def codes(self) -> set[str]:
        return {row["code"] for row in preflight(self.june)["blocks"]}

    def test_the_same_list_takes_its_place_and_is_not_sent_twice(self):
        seal = self.lose(seal_book.WRITTEN, seal_book.SENT)
        self.assertIn("lost_list_sent", self.codes())
        self.assertRaises(LostListError, prepare_period, self.june)
        batch = self.approve_may()
        self.assertEqual((batch.seal, batch.status), (seal, "Sent"))
        self.assertTrue(batch.sent_on)
        self.assertEqual({line.status for line in world.lines_of(self.may)}, {"Sent"})
        self.assertNotIn("lost_list_sent", self.codes())
        prepare_period(self.june)
        self.assertEqual({line.total for line in world.lines_of(self.june)}, {540_000})

    def test_one_that_was_not_sent_is_approved_and_waits(self):
        self.lose()
        self.assertIn("lost_list_unsent", self.codes())
        self.assertEqual(self.approve_may().status, "Approved")
        self.assertNotIn("lost_list_unsent", self.codes())

    def test_another_list_waits_for_a_managers_word(self):
        self.lose(seal_book.SENT)
        world.make_entitlement(world.make_person(self.office, "Lý Thị Ba"))
        self.assertRaises(LostListError, self.approve_may)
        with self.assertRaises(frappe.PermissionError):
            self.say("lost_list_sent", world.OFFICER)
        with self.assertRaises(ChangeNotAllowedError):
            self.say("lost_list_sent", period=self.june)
        self.say("lost_list_sent")
        self.assertRaises(LostListError, prepare_period, self.june)
        batch = self.approved_again()
        self.assertEqual((batch.status, batch.line_count), ("Sent", 3))
        prepare_period(self.june)

    def approved_again(self):
        with world.as_user(world.MANAGER):
            return apply_workflow(frappe.get_doc("Payout Batch", world.batches_of(self.may)[0]), "Approve").reload()

    def test_a_list_nobody_is_paid_by_is_put_aside_until_that_is_withdrawn(self):
        self.lose(seal_book.SENT)
        word = self.say("lost_list_unsent")
        self.assertNotIn("lost_list_sent", self.codes())
        with world.as_user(world.MANAGER):
            word.status = "Withdrawn"
            word.save()
        self.assertIn("lost_list_sent", self.codes())

    def test_the_paper_of_a_lost_list_is_known_to_who_may_check_it(self):
        seal = self.lose(seal_book.SENT)
        name = seal_book.read().entries[0].batch
        with world.as_user(world.MANAGER):
            self.assertEqual(check(asked(name, seal))["kind"], "waits")
            self.assertEqual(check(asked(name, "0" * 64))["kind"], "bad")
        with world.as_user("Guest"):
            self.assertEqual(check(asked(name, seal))["kind"], "bad")

    def test_a_cancelled_list_is_missed_by_nobody(self):
        self.lose(seal_book.SENT, seal_book.CANCELLED)
        self.assertEqual(lost_lists.unaccounted(self.office), [])

    def test_the_treasury_gets_no_second_drawdown_unnoticed(self):
        self.lose(seal_book.SENT, seal_book.DRAWN, drawdown="TDR-LOST")
        budget = {"office": self.office, "programme": "BTXH", "year": 2024, "amount": 900_000_000}
        frappe.get_doc({"doctype": "Budget Allotment", **budget}).insert().submit()
        self.approve_may()
        drawdown = frappe.get_doc("Treasury Drawdown", drawdowns.make(self.may)[0])
        drawdown.submit()
        said = frappe.get_all("Comment", {"reference_name": drawdown.name, "comment_type": "Info"}, pluck="content")
        self.assertTrue(any("TDR-LOST" in text for text in said), said)

    def test_a_database_that_comes_without_its_book_waits_for_every_office(self):
        self.book.unlink()
        self.assertRaises(LostListError, prepare_period, self.june)
        self.assertIn("database_moved", self.codes())
        other = world.make_office("OLD-" + frappe.generate_hash(length=6).upper()).name
        self.assertEqual(lost_lists.moved(other), "")
        self.say("database_moved", period=self.june)
        self.assertNotIn("database_moved", self.codes())
        prepare_period(self.june)
        # Another database's book is put aside, and this one's begun anew.
        self.book.write_text('{"book": "of another", "at": "2024-05-01 08:00:00"}\n')
        self.assertIn("database_moved", self.codes())
        self.assertTrue(self.book.with_name(f"{seal_book.NAME}.of another").exists())
