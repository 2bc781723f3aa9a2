"""Saving a form: what the form's Save, Submit, Update and Cancel buttons call."""

import frappe


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
    frappe.response["docs"] = [doc.readable_dict()]
    frappe.response["docinfo"] = get_docinfo(doc)
