"""Registry Import Row: one row of a commune's workbook; somebody may decide who is meant, nothing else."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import ImportStateError


class RegistryImportRow(Document):
    def validate(self):
        self.keep_what_was_read()
        self.validate_choice()

    def keep_what_was_read(self):
        """Only the decision is the user's; everything else is what the workbook said."""
        before = self.get_doc_before_save()
        if not before:
            frappe.throw(_("Rows are made by checking a workbook"), ImportStateError)
        for field in self.meta.get_valid_columns():
            if field not in ("choice", "candidate", "modified", "modified_by"):
                self.set(field, before.get(field))

    def validate_choice(self):
        """A decision belongs to a row that asks, before its import has run."""
        if not self.choice:
            return
        status = frappe.db.get_value("Registry Import", self.registry_import, "status")
        if status not in ("Draft", "Checked"):
            frappe.throw(_("The import of this row has been run already"), ImportStateError)
        people = [line.split(":")[0] for line in (self.candidates or "").split("\n")]
        if self.choice == "Same Person" and self.candidate not in people:
            frappe.throw(
                _("Choose one of the people this row may be: {0}").format(", ".join(people)), ImportStateError
            )


def on_doctype_update():
    """Rows are looked up by import and verdict."""
    frappe.db.add_index("Registry Import Row", ["registry_import", "verdict"], "import_verdict")
