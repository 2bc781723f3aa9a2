"""Provider File Profile: how a provider wants its file laid out."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import ResultFileError


class ProviderFileProfile(Document):
    def validate(self):
        self.validate_columns()
        self.validate_header_row()

    def validate_columns(self):
        """A file that does not say who, how much and which line cannot be paid or matched."""
        fields = {row.source_field for row in self.columns}
        reference, name = (
            ("request_ref", "holder_name")
            if self.purpose == "Account Requests"
            else ("line_ref", "payee_name")
        )
        missing = {reference} - fields
        if self.purpose != "Account Requests":
            missing |= {"amount"} - fields
        if not {name, f"{name}_ascii"} & fields:
            missing.add(name)
        if missing:
            frappe.throw(
                _("The layout needs these columns too: {0}.").format(", ".join(sorted(missing))),
                ResultFileError,
            )
        headers = [row.header.strip().lower() for row in self.columns]
        if len(headers) != len(set(headers)):
            frappe.throw(_("Two columns have the same header."), ResultFileError)

    def validate_header_row(self):
        if not 1 <= (self.header_row or 0) <= 50:
            frappe.throw(_("The header must stand in row 1 to 50."), ResultFileError)
