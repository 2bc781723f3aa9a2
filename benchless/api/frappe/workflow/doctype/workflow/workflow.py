"""Workflow: one active per DocType; its states must be reachable by legal document statuses."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint


class Workflow(Document):
    def validate(self):
        self.set_active()
        self.validate_state_field()
        self.update_default_workflow_status()
        self.validate_docstatus()

    def on_update(self):
        self.clear_workflow_cache()

    def on_trash(self):
        self.clear_workflow_cache()

    def clear_workflow_cache(self):
        frappe.cache.hdel("workflow", self.document_type)
        frappe.clear_document_cache("Workflow", self.name)
        frappe.clear_cache(doctype=self.document_type)

    def set_active(self):
        """The last workflow that was made active is the one in force."""
        if not cint(self.is_active):
            return
        others = frappe.get_all(
            "Workflow",
            filters={"document_type": self.document_type, "is_active": 1, "name": ("!=", self.name)},
            pluck="name",
        )
        for name in others:
            frappe.db.set_value("Workflow", name, "is_active", 0)

    def validate_state_field(self):
        """Frappe makes a Custom Field where the DocType has none for the state; here the app brings it."""
        if not frappe.get_meta(self.document_type).get_field(self.workflow_state_field):
            frappe.throw(
                _("{0} has no field {1} to hold the workflow state").format(
                    self.document_type, frappe.bold(self.workflow_state_field)
                )
            )

    def update_default_workflow_status(self):
        """Documents from before the workflow get the first state of their docstatus."""
        seen = set()
        for row in self.states:
            docstatus = cint(row.doc_status)
            if docstatus in seen:
                continue
            seen.add(docstatus)
            frappe.db.set_value(
                self.document_type,
                {self.workflow_state_field: ("is", "not set"), "docstatus": docstatus},
                self.workflow_state_field,
                row.state,
                update_modified=False,
            )

    def validate_docstatus(self):
        statuses = {row.state: cint(row.doc_status) for row in self.states}
        for row in self.transitions:
            for state in (row.state, row.next_state):
                if state not in statuses:
                    frappe.throw(frappe.bold(state) + " " + _("not a valid State"))
            before, after = statuses[row.state], statuses[row.next_state]
            if before == 2:
                frappe.throw(
                    _("Cannot change state of Cancelled Document. Transition row {0}").format(row.idx)
                )
            if before == 1 and after == 0:
                frappe.throw(
                    _("Submitted Document cannot be converted back to draft. Transition row {0}").format(
                        row.idx
                    )
                )
            if before == 0 and after == 2:
                frappe.throw(_("Cannot cancel before submitting. See Transition {0}").format(row.idx))
