"""Representative: a guardian, an authorised person or a carer, who may receive for several beneficiaries."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from ansinh_app.exceptions import InvalidDateError, PayeeError
from ansinh_app.permissions import scope
from ansinh_app.registry import mandates
from ansinh_app.registry.people import clean_person, day, refuse_second_registration
from ansinh_app.registry.verification import standing
from ansinh_app.utils.sealed_numbers import SealedNumbers
from ansinh_app.utils.virtual_fields import forget_sent


class Representative(SealedNumbers, Document):
    @property
    def people(self):
        """Whom this person stands for, as the reader may see them."""
        return mandates.people_of(self.name) if self.name else ""

    def validate(self):
        forget_sent(self)
        standing.keep_answers(self)
        clean_person(self)
        standing.follow(self)
        refuse_second_registration(self)
        self.set_unit()
        self.validate_end()

    def validate_end(self):
        """Whoever represents nobody any more does so for a reason, from a day that has come."""
        if not self.ended_on:
            self.ended_reason = None
            return
        if getdate(self.ended_on) > getdate(nowdate()):
            frappe.throw(
                _("The day from which {0} represents nobody, {1}, lies in the future").format(
                    frappe.bold(self.full_name), day(self.ended_on)
                ),
                InvalidDateError,
            )
        if not (self.ended_reason or "").strip():
            frappe.throw(
                _("Say why {0} represents nobody any more").format(frappe.bold(self.full_name)), PayeeError
            )

    def set_unit(self):
        """A commune officer's representatives belong to his commune, or he would not find them again."""
        if self.administrative_unit or not self.is_new() or self.flags.checked_by_import:
            return
        who = scope()
        if who.kinds == {"commune"}:
            own = frappe.get_all(
                "User Permission",
                filters={"user": who.user, "allow": "Administrative Unit"},
                pluck="for_value",
            )
            self.administrative_unit = own[0] if len(own) == 1 else None
