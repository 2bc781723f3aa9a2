"""Representative: a guardian, an authorised person or a carer, who may receive for several beneficiaries."""

import frappe
from frappe.model.document import Document

from ansinh_app.permissions import scope
from ansinh_app.registry.people import clean_person, refuse_second_registration
from ansinh_app.registry.verification import standing


class Representative(Document):
    def validate(self):
        standing.keep_answers(self)
        clean_person(self)
        standing.follow(self)
        refuse_second_registration(self)
        self.set_unit()

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
