"""Number Reveal: a reason, and the numbers of one document shown once to who gave it."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import PersonalDataError
from ansinh_app.oversight import reveal


class NumberReveal(Document):
    def validate(self):
        if not self.is_new():
            frappe.throw(
                _("A reveal is written down once. Ask anew to see the numbers again."), PersonalDataError
            )
        shown = reveal.reveal(self.reference_doctype, self.reference_name, self.reason)
        self.numbers = ", ".join(shown)
        reveal.say(shown)

    def on_trash(self):
        frappe.throw(_("{0} stays, as the log does.").format(_(self.doctype)), PersonalDataError)
