"""ID Card List: a visit of the mobile team, or a day at the police, for everyone of a commune without a card."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import nowdate

from ansinh_app.exceptions import VerificationError
from ansinh_app.permissions import check_unit
from ansinh_app.registry import id_cards
from ansinh_app.registry.doctype.identity_verification.identity_verification import is_police
from ansinh_app.registry.offices import office_of
from ansinh_app.utils import actions, steps

_OF_STEPS = ("status", "row_count", "cannot_travel", "list_file")
_OF_THE_POLICE = ("held_on", "from_time", "place")


class IDCardList(Document):
    def validate(self):
        self.keep_what_steps_set()
        if not self.office and self.administrative_unit and self.is_new():
            self.office = office_of(self.administrative_unit)
        unit = frappe.db.get_value("Administrative Unit", self.administrative_unit, "unit_name")
        self.title = " - ".join(filter(None, (unit, self.village)))[:140]

    def keep_what_steps_set(self):
        """Only the actions set the course; the police set day and place."""
        before = steps.keep(self, _OF_STEPS)
        if before and is_police():
            for df in self.meta.fields:
                if df.fieldname not in _OF_THE_POLICE:
                    self.set(df.fieldname, before.get(df.fieldname))

    def on_trash(self):
        if self.status != "Draft":
            frappe.throw(
                _("The police have {0}: it stays.").format(frappe.bold(self.name)), VerificationError
            )
        frappe.db.delete("ID Card Request", {"card_list": self.name, "status": "Draft"})


@frappe.whitelist(methods=["POST"])
def collect(doc: str | dict) -> dict:
    """Action: a request for everyone of the commune without a card. `doc`: the document as JSON."""
    found = _own(doc)
    check_unit(found.administrative_unit)
    count = id_cards.collect(found)
    found.reload()
    frappe.msgprint(_("{0} people were added, {1} are in the list.").format(count, found.row_count), alert=True)
    return found.as_dict()


@frappe.whitelist(methods=["POST"])
def ask(doc: str | dict) -> dict:
    """Action: the police get every request of the list. `doc`: the document as JSON."""
    found = _own(doc)
    count = id_cards.move(found, "Draft", "Requested", asked_on=nowdate())
    if not count:
        frappe.throw(_("Nobody of the list waits to be asked for."), VerificationError)
    if found.status == "Draft":
        found.db_set("status", "Requested")
    frappe.msgprint(_("The police were asked for {0} cards.").format(count), alert=True)
    return found.reload().as_dict()


@frappe.whitelist(methods=["POST"])
def announce(doc: str | dict) -> dict:
    """Action: everyone asked for gets the day of the visit; who cannot travel, at home. `doc`: as JSON."""
    found = actions.stored(doc, "ID Card List")
    if not found.held_on:
        frappe.throw(_("Enter the day of the visit first."), VerificationError)
    count = id_cards.move(
        found,
        "Requested",
        "Appointment",
        appointment_on=found.held_on,
        appointment_time=found.from_time,
        appointment_place=found.place,
    )
    if not count:
        frappe.throw(_("Nobody of the list waits for an appointment."), VerificationError)
    frappe.db.set_value(
        "ID Card Request",
        {"card_list": found.name, "status": "Appointment", "cannot_travel": 1},
        {"appointment_place": _("At home", lang="vi"), "appointment_time": None},
    )
    found.db_set("status", "Announced")
    frappe.msgprint(_("{0} people have an appointment.").format(count), alert=True)
    return found.reload().as_dict()


@frappe.whitelist(methods=["POST"])
def write_list(doc: str | dict) -> dict:
    """Action: the mobile team's workbook, attached. `doc`: the document as JSON."""
    found = actions.stored(doc, "ID Card List")
    file = frappe.get_doc(
        {
            "doctype": "File", "file_name": f"{found.name}.xlsx", "content": id_cards.team_list(found),
            "is_private": 1, "attached_to_doctype": found.doctype, "attached_to_name": found.name,
            "attached_to_field": "list_file",
        }
    ).insert(ignore_permissions=True)  # fmt: skip
    found.db_set("list_file", file.file_url)
    frappe.msgprint(_("The list is attached: {0}").format(file.file_name), alert=True)
    return found.reload().as_dict()


def _own(doc):
    found = actions.stored(doc, "ID Card List")
    if is_police():
        frappe.throw(_("The commune or the office makes the list."), frappe.PermissionError)
    return found
