"""Saving a form: what the form's Save, Submit, Update and Cancel buttons call."""

import frappe
from frappe import _


@frappe.whitelist(methods=["POST", "PUT"])
def savedocs(doc, action: str) -> None:
    """Save, Submit, Update or Cancel a document given as JSON; the answer holds it as it is then."""
    doc = frappe.get_doc(frappe.parse_json(doc))
    if doc.get("__islocal") and str(doc.name or "").startswith("new-"):
        doc.name = None
    wanted = {"Save": 0, "Submit": 1, "Update": 1, "Cancel": 2}
    if action not in wanted:
        frappe.throw(_("Unknown action: {0}").format(action))
    doc.docstatus = wanted[action]
    if action == "Submit":
        doc.submit()
    elif action == "Cancel":
        doc.cancel()
    else:
        doc.save()
    _answer(doc)


@frappe.whitelist(methods=["POST", "PUT"])
def cancel(doctype: str, name: str, workflow_state_fieldname=None, workflow_state=None) -> None:
    """Cancel a document."""
    doc = frappe.get_doc(doctype, name)
    if workflow_state_fieldname and workflow_state:
        doc.set(workflow_state_fieldname, workflow_state)
    doc.cancel()
    _answer(doc)


def _answer(doc) -> None:
    from frappe.desk.form.load import get_docinfo

    doc.run_method("onload")
    doc.apply_fieldlevel_read_permissions()
    frappe.response["docs"] = [doc.as_dict()]
    frappe.response["docinfo"] = get_docinfo(doc)
