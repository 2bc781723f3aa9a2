"""Pay Point: where people come for their money (NĐ 20/2021 Đ34.2: one in every commune)."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import AccountError


class PayPoint(Document):
    def validate(self):
        level = frappe.db.get_value("Administrative Unit", self.administrative_unit, "level")
        if level not in ("Commune", "Village"):
            frappe.throw(
                _("{0}: choose the commune the pay point stands in.").format(frappe.bold(self.point_name)),
                AccountError,
            )
