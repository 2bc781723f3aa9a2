"""Drafts a run makes and a person decides: suspend what lies uncollected, stop what stays suspended."""

import frappe
from frappe.model.workflow import apply_workflow
from frappe.utils import getdate

from ansinh_app.api import preflight, prepare_period
from ansinh_app.tests import payout_world as world
from ansinh_app.tests.office_case import OfficeCase

MONTHS = (("2024-05", "2024-04-24"), ("2024-06", "2024-05-24"), ("2024-07", "2024-06-24"))
AUGUST = ("2024-08", "2024-07-24")


class TestProposals(OfficeCase):
    def setUp(self):
        super().setUp()
        self.person = world.make_person(self.office, cash=True)
        self.entitlement = world.make_entitlement(self.person)

    def drafts(self, **filters) -> list:
        return frappe.get_all(
            "Registry Change",
            filters={"beneficiary": self.person.name, **filters},
            fields=[
                "name",
                "change_type",
                "status",
                "effective_month",
                "occurred_on",
                "entitlement",
                "found_by",
            ],
            order_by="name",
        )

    def lie_uncollected(self):
        for month, as_of in MONTHS:
            self.paid(month, as_of, outcome="Chưa đến nhận")

    def test_three_months_uncollected_draft_one_suspension_and_stop_nothing(self):
        for month, as_of in MONTHS:
            self.paid(month, as_of, outcome="Chưa đến nhận")
            self.assertEqual(self.drafts(), [])
        period, summary = self.prepare(*AUGUST)
        self.assertEqual(summary["changes_proposed"], {"proposed": 1, "withdrawn": 0})
        (draft,) = self.drafts()
        self.assertEqual((draft.change_type, draft.status, draft.found_by), ("Suspend", "Draft", period))
        self.assertEqual(getdate(draft.effective_month), getdate("2024-08-01"))
        self.assertEqual(getdate(draft.occurred_on), getdate("2024-05-01"))
        self.assertEqual(len(world.lines_of(period)), 1)
        self.assertEqual(prepare_period(period)["changes_proposed"], {"proposed": 0, "withdrawn": 0})
        self.assertIn("uncollected_long", {row["code"] for row in preflight(period)["warnings"]})

    def test_approved_it_suspends_and_after_three_months_a_stop_is_drafted(self):
        self.lie_uncollected()
        period, _summary = self.prepare(*AUGUST)
        change = frappe.get_doc("Registry Change", self.drafts()[0].name)
        change.decision_no, change.decision_date = "05/QĐ-UBND", "2024-07-24"
        with world.as_user(world.OFFICER):
            change.save()
            change = apply_workflow(change, "Propose")
        with world.as_user(world.MANAGER):
            apply_workflow(change, "Approve")
        self.assertEqual(prepare_period(period)["changes_proposed"], {"proposed": 0, "withdrawn": 0})
        # What lies there from before is still owed and carried over; August itself is not.
        self.assertEqual([line.monthly_amount for line in world.lines_of(period)], [0])
        world.pay(period, {line.name: ("Chưa đến nhận", "") for line in world.lines_of(period)})
        for month, as_of in (("2024-09", "2024-08-23"), ("2024-10", "2024-09-24")):
            self.paid(month, as_of, outcome="Chưa đến nhận")
            self.assertEqual(self.drafts(change_type="Stop"), [])
        november, summary = self.prepare("2024-11", "2024-10-24")
        self.assertEqual(summary["changes_proposed"]["proposed"], 1)
        (stop,) = self.drafts(change_type="Stop")
        self.assertEqual((stop.status, stop.entitlement), ("Draft", self.entitlement.name))
        self.assertIn("suspended_long", {row["code"] for row in preflight(november)["warnings"]})
        self.assertFalse(frappe.db.get_value("Entitlement", self.entitlement.name, "effective_to"))

    def test_rejected_it_is_not_proposed_again_for_the_same_months(self):
        self.lie_uncollected()
        period, _summary = self.prepare(*AUGUST)
        with world.as_user(world.OFFICER):
            change = apply_workflow(frappe.get_doc("Registry Change", self.drafts()[0].name), "Propose")
        with world.as_user(world.MANAGER):
            apply_workflow(change, "Reject")
        self.assertEqual(prepare_period(period)["changes_proposed"], {"proposed": 0, "withdrawn": 0})
        self.assertEqual([row.status for row in self.drafts()], ["Rejected"])

    def test_a_draft_goes_when_its_reason_goes(self):
        self.lie_uncollected()
        period, _summary = self.prepare(*AUGUST)
        line = world.lines_of(f"{self.office}-2024-07")[0]
        frappe.db.set_value("Payout Line", line.name, "status", "Paid")
        self.assertEqual(prepare_period(period)["changes_proposed"], {"proposed": 0, "withdrawn": 1})
        self.assertEqual(self.drafts(), [])

    def test_a_suspension_somebody_writes_down_is_enough(self):
        self.lie_uncollected()
        own = {"doctype": "Registry Change", "beneficiary": self.person.name, "change_type": "Suspend"}
        frappe.get_doc({**own, "effective_month": "2024-08-01"}).insert()
        _period, summary = self.prepare(*AUGUST)
        self.assertEqual(summary["changes_proposed"], {"proposed": 0, "withdrawn": 0})
        self.assertEqual(len(self.drafts()), 1)

    def test_transfers_that_keep_coming_back_ask_for_another_account(self):
        person = world.make_person(self.office, "Lý Thị Trả Lại")
        world.make_entitlement(person)
        for month, as_of in MONTHS:
            self.paid(month, as_of, outcome="Không thành công")
        period, summary = self.prepare(*AUGUST)
        codes = {row["code"]: row["items"] for row in preflight(period)["warnings"]}
        self.assertIn(person.name, {item["beneficiary"] for item in codes["failed_long"]})
        self.assertEqual(summary["changes_proposed"]["proposed"], 0)
