"""Who may do what to money already decided: two approvals, two people to cancel, a named reopening."""

import frappe
from frappe.model.workflow import apply_workflow, get_transitions
from frappe.tests.utils import FrappeTestCase

from ansinh_app.api import prepare_period, verify_seal
from ansinh_app.core.money import as_dong
from ansinh_app.exceptions import PeriodStateError, SealedError, SelfApprovalError
from ansinh_app.payouts.doctype.payout_period import payout_period
from ansinh_app.tests import payout_world as world

SECOND = "payout.second@example.com"


class ControlCase(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        world.make_users()
        world.make_user(SECOND, "Social Affairs Manager")

    def setUp(self):
        self.office = world.make_office("CTL-" + frappe.generate_hash(length=6).upper()).name
        world.make_contract(self.office, "STB")
        self.people = [world.make_person(self.office, f"Lý Thị {name}") for name in ("Một", "Hai")]
        for person in self.people:
            world.make_entitlement(person)
        self.period = world.make_period(self.office, "2024-05", "2024-04-24").name

    def prepared(self) -> str:
        with world.as_user(world.OFFICER):
            prepare_period(self.period)
        return world.batches_of(self.period)[0]

    def doc(self, batch: str):
        return frappe.get_doc("Payout Batch", batch)


class TestTwoApprovals(ControlCase):
    def submitted(self, limit: int) -> str:
        frappe.db.set_value("Paying Office", self.office, "second_approval_above", limit)
        batch = self.prepared()
        with world.as_user(world.OFFICER):
            apply_workflow(self.doc(batch), "Submit for Approval")
        return batch

    def actions(self, batch: str) -> set[str]:
        return {row["action"] for row in get_transitions(self.doc(batch))}

    def test_above_the_limit_maker_checker_and_approver_are_three_people(self):
        batch = self.submitted(1_079_999)
        with world.as_user(world.MANAGER):
            self.assertEqual(self.actions(batch), {"Check", "Return"})
            with self.assertRaises(SelfApprovalError):
                self.doc(batch).submit()
            checked = apply_workflow(self.doc(batch), "Check")
            self.assertEqual(checked.checked_by, world.MANAGER)
            with self.assertRaises(SelfApprovalError):
                apply_workflow(self.doc(batch), "Approve")
        with world.as_user(SECOND):
            approved = apply_workflow(self.doc(batch), "Approve")
        self.assertEqual((approved.docstatus, approved.approved_by), (1, SECOND))
        self.assertTrue(verify_seal(batch)["valid"])

    def test_at_the_limit_one_approval_is_enough(self):
        batch = self.submitted(1_080_000)
        with world.as_user(world.MANAGER):
            self.assertEqual(self.actions(batch), {"Approve", "Return"})
            apply_workflow(self.doc(batch), "Approve")
        self.assertEqual(frappe.db.get_value("Payout Batch", batch, "docstatus"), 1)

    def test_the_maker_does_not_check_either(self):
        frappe.db.set_value("Paying Office", self.office, "second_approval_above", 1)
        with world.as_user(world.MANAGER):
            prepare_period(self.period)
            batch = world.batches_of(self.period)[0]
            apply_workflow(self.doc(batch), "Submit for Approval")
            with self.assertRaises(SelfApprovalError):
                apply_workflow(self.doc(batch), "Check")

    def test_a_checker_cannot_be_written_in(self):
        batch = self.submitted(1)
        with world.as_user(world.OFFICER):
            document = self.doc(batch)
            document.checked_by = SECOND
            document.save()
        with world.as_user(world.MANAGER), self.assertRaises(SelfApprovalError):
            self.doc(batch).submit()

    def test_a_list_prepared_anew_is_checked_anew(self):
        batch = self.submitted(1)
        with world.as_user(world.MANAGER):
            apply_workflow(self.doc(batch), "Check")
        world.make_entitlement(world.make_person(self.office, "Lý Thị Ba"))
        self.prepared()
        row = frappe.db.get_value("Payout Batch", batch, ["status", "checked_by"], as_dict=True)
        self.assertEqual((row.status, row.checked_by or None), ("Draft", None))


class TestCancelling(ControlCase):
    def setUp(self):
        super().setUp()
        self.batch = self.prepared()
        world.approve(self.batch)

    def ask(self, user: str, reason: str = "Sai danh sách"):
        with world.as_user(user):
            document = self.doc(self.batch)
            document.cancel_reason = reason
            document.save()

    def test_one_person_cannot_cancel_what_is_sealed(self):
        for asked in (None, world.MANAGER):
            if asked:
                self.ask(asked)
            with world.as_user(world.MANAGER), self.assertRaises(SelfApprovalError):
                self.doc(self.batch).cancel()
        self.assertEqual(frappe.db.get_value("Payout Batch", self.batch, "docstatus"), 1)
        self.assertTrue(verify_seal(self.batch)["valid"])

    def test_two_people_put_everything_back_as_it_was(self):
        before = {line.line_key: as_dong(line.total) for line in world.lines_of(self.period)}
        world.cancel_batch(self.batch)
        self.assertEqual(frappe.db.get_value("Payout Period", self.period, "status"), "Prepared")
        with world.as_user(world.OFFICER):
            prepare_period(self.period)
        live = world.lines_of(self.period, status="Planned")
        self.assertEqual({line.line_key: as_dong(line.total) for line in live}, before)

    def test_who_asked_cannot_be_written_over(self):
        self.ask(world.MANAGER)
        with world.as_user(world.MANAGER):
            document = self.doc(self.batch)
            document.cancel_asked_by = world.OFFICER
            document.save()
            with self.assertRaises(SelfApprovalError):
                self.doc(self.batch).cancel()

    def test_a_batch_somebody_wants_back_is_not_sent_until_the_wish_is_gone(self):
        self.ask(world.OFFICER)
        with self.assertRaises(SealedError):
            world.send(self.batch)
        self.ask(world.OFFICER, "")
        world.send(self.batch)
        self.assertEqual({line.status for line in world.lines_of(self.period)}, {"Sent"})
        with self.assertRaises(SealedError):
            self.ask(world.OFFICER, "Muộn rồi")


class TestReopening(ControlCase):
    def setUp(self):
        super().setUp()
        frappe.db.set_value("Payout Period", self.period, "status", "Closed")

    def reason(self, text: str | None):
        with world.as_user(world.OFFICER):
            document = frappe.get_doc("Payout Period", self.period)
            document.reopen_reason = text
            document.save()

    def reopen(self, user: str):
        with world.as_user(user):
            return payout_period.reopen_period(frappe.get_doc("Payout Period", self.period).as_json())

    def test_it_takes_a_manager_and_a_reason_and_is_remembered(self):
        with self.assertRaises(PeriodStateError):
            self.reopen(world.MANAGER)
        self.reason("Ngân hàng trả lại một khoản")
        with self.assertRaises(frappe.PermissionError):
            self.reopen(world.OFFICER)
        self.reopen(world.MANAGER)
        row = frappe.db.get_value("Payout Period", self.period, ["status", "reopened_by"], as_dict=True)
        self.assertEqual((row.status, row.reopened_by), ("Paying", world.MANAGER))
        told = frappe.get_all(
            "Comment", filters={"reference_name": self.period, "comment_type": "Info"}, pluck="content"
        )
        self.assertTrue(any("Ngân hàng trả lại một khoản" in text for text in told), told)

    def test_nothing_else_of_a_closed_period_changes(self):
        document = frappe.get_doc("Payout Period", self.period)
        document.reopen_reason, document.as_of = "Sai", "2024-05-30"
        self.assertRaises(PeriodStateError, document.save)

    def test_the_last_closed_month_opens_first(self):
        later = world.make_period(self.office, "2024-06", "2024-05-24").name
        frappe.db.set_value("Payout Period", later, "status", "Closed")
        self.reason("Sai sót")
        with self.assertRaises(PeriodStateError):
            self.reopen(world.MANAGER)
