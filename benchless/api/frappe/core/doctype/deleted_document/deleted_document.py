"""Deleted Document: what a document was, so that it can be brought back."""

import frappe
from frappe import _
from frappe.model.document import Document


class DeletedDocument(Document):
    """One deleted document as JSON; its reader sees of it what he might have seen of the document."""

    def apply_fieldlevel_read_permissions(self) -> None:
        super().apply_fieldlevel_read_permissions()
        self.data = self.readable_data()

    def readable_dict(self):
        return {**super().readable_dict(), "data": self.readable_data()}

    def readable_data(self) -> str | None:
        if frappe.session.user == "Administrator" or not frappe.db.exists("DocType", self.deleted_doctype):
            return self.data
        return frappe.as_json(frappe.get_doc(frappe.parse_json(self.data)).readable_dict())


@frappe.whitelist()
def restore(name: str, alert: bool = True):
    """Insert a deleted document again; a cancelled one comes back as a draft."""
    deleted = frappe.get_doc("Deleted Document", name)
    if deleted.restored:
        frappe.throw(_("Document {0} Already Restored").format(name), exc=frappe.DocumentAlreadyRestored)
    doc = frappe.get_doc(frappe.parse_json(deleted.data))
    try:
        doc.insert()
    except frappe.DocstatusTransitionError:
        frappe.msgprint(_("Cancelled Document restored as Draft"))
        doc.docstatus = 0
        if workflow := doc.meta.get_workflow():
            doc.set(frappe.get_cached_value("Workflow", workflow, "workflow_state_field"), None)
        doc.insert()
    doc.add_comment("Edit", _("restored {0} as {1}").format(deleted.deleted_name, doc.name))
    deleted.new_name = doc.name
    deleted.restored = 1
    deleted.db_update()
    if alert:
        frappe.msgprint(_("Document Restored"))


@frappe.whitelist()
def bulk_restore(docnames) -> dict:
    """{"restored", "invalid" (restored before), "failed"} names; each stands by itself."""
    answer = {"restored": [], "invalid": [], "failed": []}
    for name in frappe.parse_json(docnames):
        try:
            restore(name, alert=False)
            frappe.db.commit()
            answer["restored"].append(name)
        except frappe.DocumentAlreadyRestored:
            frappe.clear_last_message()
            answer["invalid"].append(name)
        except Exception:
            frappe.clear_last_message()
            frappe.db.rollback()
            answer["failed"].append(name)
    return answer
