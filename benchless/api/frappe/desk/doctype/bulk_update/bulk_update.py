"""Bulk actions of Frappe's lists: submit, cancel or update several documents."""

import frappe
from frappe import _
from frappe.utils import cint

DIRECTLY = 20
MOST = 500


@frappe.whitelist()
def submit_cancel_or_update_docs(doctype: str, docnames, action: str = "submit", data=None, task_id: str | None = None):
    """The names that could not be done (of fewer than 20 documents); more are done in the background."""
    docnames = frappe.parse_json(docnames)
    if len(docnames) < DIRECTLY:
        return _bulk_action(doctype, docnames, action, data, task_id)
    if len(docnames) > MOST:
        frappe.throw(_("Bulk operations only support up to 500 documents."), title=_("Too Many Documents"))
    frappe.msgprint(_("Bulk operation is enqueued in background."), alert=True)
    frappe.enqueue(_bulk_action, doctype=doctype, docnames=docnames, action=action, data=data, task_id=task_id)
    return None


def _bulk_action(doctype: str, docnames: list[str], action: str, data=None, task_id: str | None = None) -> list[str]:
    """Each document by itself: what was done stays when a later one fails."""
    failed = []
    for number, name in enumerate(docnames, 1):
        try:
            doc = frappe.get_doc(doctype, name)
            docstatus = cint(doc.docstatus)
            if action == "submit" and docstatus == 0:
                doc.submit()
            elif action == "cancel" and docstatus == 1:
                doc.cancel()
            elif action == "update" and docstatus != 2:
                doc.update(frappe.parse_json(data))
                doc.save()
            else:
                failed.append(name)
            frappe.db.commit()
            frappe.publish_progress(100 * number / len(docnames), title=_(action.title()), description=name, task_id=task_id)
        except Exception:
            failed.append(name)
            frappe.db.rollback()
    return failed
