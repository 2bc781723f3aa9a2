"""Administrative Unit: a province, district, commune or village, in the days it bore its code and name."""

import frappe
from frappe import _
from frappe.utils import getdate
from frappe.utils.nestedset import NestedSet

from ansinh_app.exceptions import DuplicatePersonError, InvalidDateError
from ansinh_app.registry.people import day
from ansinh_app.setup.units import unit_name


class AdministrativeUnit(NestedSet):
    nsm_parent_field = "parent_administrative_unit"

    def autoname(self):
        self.code = (self.code or "").strip()
        self.name = unit_name(self.code, getdate(self.valid_from))

    def validate(self):
        self.validate_dates()
        self.validate_key()
        self.validate_no_overlap()
        self.validate_parent()

    def validate_dates(self):
        if self.valid_to and getdate(self.valid_to) < getdate(self.valid_from):
            frappe.throw(
                _("{0}: the last day {1} lies before the first day {2}").format(
                    frappe.bold(self.unit_name), day(self.valid_to), day(self.valid_from)
                ),
                InvalidDateError,
            )

    def validate_key(self):
        """The name carries code and first day: both stay, or documents would point to another unit."""
        if not self.is_new() and self.name != unit_name(self.code, getdate(self.valid_from)):
            frappe.throw(
                _(
                    "Code and first day of {0} may not change: enter a new unit and name it as successor"
                ).format(frappe.bold(self.unit_name)),
                InvalidDateError,
            )

    def validate_no_overlap(self):
        """One code names one unit a day (codes were reused with other names in 2025)."""
        others = frappe.get_all(
            "Administrative Unit",
            filters={"code": self.code, "name": ["!=", self.name], "level": self.level},
            fields=["name", "unit_name", "valid_from", "valid_to"],
        )
        for other in others:
            starts_before_end = not self.valid_to or getdate(other.valid_from) <= getdate(self.valid_to)
            ends_after_start = not other.valid_to or getdate(other.valid_to) >= getdate(self.valid_from)
            if starts_before_end and ends_after_start:
                frappe.throw(
                    _("Code {0} belongs to {1} from {2} to {3}").format(
                        frappe.bold(self.code),
                        frappe.bold(other.unit_name),
                        day(other.valid_from),
                        day(other.valid_to) if other.valid_to else _("today"),
                    ),
                    DuplicatePersonError,
                )

    def validate_parent(self):
        if self.parent_administrative_unit == self.name or self.succeeded_by == self.name:
            frappe.throw(_("{0} cannot stand above or after itself").format(frappe.bold(self.unit_name)))
