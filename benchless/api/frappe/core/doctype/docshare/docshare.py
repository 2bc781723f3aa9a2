"""DocShare: what one user (or everyone) may do with one document."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_fullname


class DocShare(Document):
    def validate(self):
        if self.everyone:
            self.user = None
        elif not self.user:
            frappe.throw(_("User is mandatory for Share"), frappe.MandatoryError)
        self.check_share_permission()
        if self.submit and not frappe.get_meta(self.share_doctype).is_submittable:
            frappe.throw(
                _("Cannot share {0} with submit permission as the doctype {1} is not submittable").format(
                    frappe.bold(self.share_name), frappe.bold(_(self.share_doctype))
                )
            )
        if self.submit:
            self.write = 1
        if self.write or self.share:
            self.read = 1
        self.shared_doc().run_method("validate_share", self)

    def shared_doc(self):
        return frappe.get_doc(self.share_doctype, self.share_name)

    def check_share_permission(self):
        if not self.flags.ignore_share_permission and not frappe.has_permission(
            self.share_doctype, "share", self.shared_doc()
        ):
            frappe.throw(_('You need to have "Share" permission'), frappe.PermissionError)

    def after_insert(self):
        who = get_fullname(self.owner)
        if self.everyone:
            text = _("{0} shared this document with everyone").format(who)
        else:
            text = _("{0} shared this document with {1}").format(who, get_fullname(self.user))
        self.shared_doc().add_comment("Shared", text)

    def on_trash(self):
        self.check_share_permission()
        text = _("{0} un-shared this document with {1}").format(get_fullname(self.owner), get_fullname(self.user))
        self.shared_doc().add_comment("Unshared", text)


def on_doctype_update():
    frappe.db.add_index("DocShare", ["user", "share_doctype"])
    frappe.db.add_index("DocShare", ["share_doctype", "share_name"])
