"""Workflows: who may move a document to which state, and what moving it does."""

from unittest.mock import patch

import frappe
import pytest
from frappe.model.workflow import (
    WorkflowPermissionError,
    WorkflowTransitionError,
    apply_workflow,
    bulk_workflow_approval,
    can_cancel_document,
    get_common_transition_actions,
    get_transitions,
)
from frappe.tests.utils import FrappeTestCase
from services_world import CHECKER, MAKER, OUTSIDER, PAPER, drop_workflow, make_workflow, make_world, paper

pytestmark = pytest.mark.usefixtures("site")


class TestWorkflow(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_world()
        make_workflow()
        frappe.db.commit()

    @classmethod
    def tearDownClass(cls):
        frappe.db.rollback()
        drop_workflow()
        frappe.db.commit()
        super().tearDownClass()

    def tearDown(self):
        frappe.set_user("Administrator")
        frappe.db.rollback()

    def proposed(self, amount=1000):
        frappe.set_user(MAKER)
        doc = apply_workflow(paper(amount=amount), "Propose")
        frappe.set_user(CHECKER)
        return doc

    def test_new_document_is_in_the_first_state(self):
        self.assertEqual(paper().workflow_state, "Draft")

    def test_document_cannot_be_born_in_a_later_state(self):
        self.assertRaises(WorkflowPermissionError, paper, workflow_state="Proposed")

    def test_only_transitions_of_the_role_are_offered(self):
        frappe.set_user(MAKER)
        doc = paper()
        self.assertEqual([t.action for t in get_transitions(doc)], ["Propose"])
        frappe.set_user(CHECKER)
        self.assertEqual(get_transitions(doc), [])

    def test_reading_transitions_needs_the_right_to_read(self):
        doc = paper()
        frappe.set_user(OUTSIDER)
        self.assertRaises(frappe.PermissionError, get_transitions, doc)

    def test_action_moves_state_and_docstatus_and_writes_the_update_field(self):
        doc = apply_workflow(self.proposed(), "Approve")
        doc.reload()
        self.assertEqual((doc.workflow_state, doc.docstatus, doc.stamp), ("Approved", 1, "stamped"))
        notes = frappe.get_all(
            "Comment",
            filters={"reference_doctype": PAPER, "reference_name": doc.name, "comment_type": "Workflow"},
            pluck="content",
        )
        self.assertIn("Approved", notes)

    def test_cancelling_is_an_action(self):
        doc = apply_workflow(apply_workflow(self.proposed(), "Approve"), "Revoke")
        self.assertEqual(
            frappe.db.get_value(PAPER, doc.name, ["workflow_state", "docstatus"]), ("Revoked", 2)
        )
        self.assertFalse(can_cancel_document(PAPER))

    def test_action_of_another_role_is_refused(self):
        frappe.set_user(CHECKER)
        doc = paper()
        self.assertRaises(WorkflowTransitionError, apply_workflow, doc, "Propose")
        self.assertEqual(frappe.db.get_value(PAPER, doc.name, "workflow_state"), "Draft")

    def test_condition_hides_the_transition(self):
        doc = self.proposed(amount=0)
        self.assertEqual([t.action for t in get_transitions(doc)], ["Return"])
        self.assertRaises(WorkflowTransitionError, apply_workflow, doc, "Approve")

    def test_what_the_client_sends_does_not_count(self):
        doc = self.proposed(amount=0)
        forged = frappe.as_json({**doc.as_dict(), "amount": 5_000_000})
        self.assertRaises(WorkflowTransitionError, apply_workflow, forged, "Approve")

    def test_own_paper_cannot_be_approved(self):
        frappe.get_doc("User", CHECKER).add_roles("Svc Maker")
        frappe.set_user(CHECKER)
        doc = apply_workflow(paper(amount=10), "Propose")
        self.assertRaises(frappe.ValidationError, apply_workflow, doc, "Approve")
        self.assertEqual(frappe.db.get_value(PAPER, doc.name, "docstatus"), 0)

    def test_state_cannot_be_set_by_saving(self):
        frappe.set_user(MAKER)
        doc = paper(amount=10)
        doc.workflow_state = "Approved"
        self.assertRaises(WorkflowPermissionError, doc.save)

    def test_saving_in_the_same_state_is_allowed(self):
        doc = self.proposed()
        doc.title = "Changed"
        doc.save()
        self.assertEqual(doc.workflow_state, "Proposed")

    def test_common_actions_are_those_of_every_document(self):
        good, poor = self.proposed(), self.proposed(amount=0)
        docs = [{"doctype": PAPER, "name": doc.name} for doc in (good, poor)]
        self.assertEqual(set(get_common_transition_actions([docs[0]], PAPER)), {"Approve", "Return"})
        self.assertEqual(get_common_transition_actions(docs, PAPER), ["Return"])

    def test_bulk_action_does_what_it_can_and_says_what_it_cannot(self):
        good, poor = self.proposed(), self.proposed(amount=0)
        frappe.db.commit()
        with patch("frappe.publish_realtime") as publish:  # a host with a socket shows the outcome there
            bulk_workflow_approval(frappe.as_json([good.name, poor.name]), PAPER, "Approve")
        self.assertEqual(frappe.db.get_value(PAPER, good.name, "workflow_state"), "Approved")
        self.assertEqual(frappe.db.get_value(PAPER, poor.name, "workflow_state"), "Proposed")
        shown = f"{frappe.get_message_log()} {publish.call_args_list}"
        self.assertIn(poor.name, shown)
