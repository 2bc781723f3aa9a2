"""Documents that nobody changes, removes or renames, whatever his role."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import PersonalDataError


class AppendOnly(Document):
    """Written by the system (`flags.by_system`), read by people."""

    def before_insert(self):
        if not self.flags.by_system:
            self.refuse()

    def validate(self):
        if not self.is_new():
            self.refuse()

    def before_rename(self, old, new, merge=False):
        self.refuse()

    def on_trash(self):
        self.refuse()

    def refuse(self):
        frappe.throw(
            _("{0} is written by the system and never changed.").format(_(self.doctype)), PersonalDataError
        )
