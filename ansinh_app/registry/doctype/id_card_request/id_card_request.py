"""ID Card Request: a person's way to an identity card: asked, appointment, issued or refused."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from ansinh_app.core.errors import BadIdentifier
from ansinh_app.core.identity import cccd
from ansinh_app.exceptions import VerificationError
from ansinh_app.registry import id_cards
from ansinh_app.registry.doctype.identity_verification.identity_verification import is_police
from ansinh_app.registry.offices import office_of
from ansinh_app.registry.people import known_provinces, say_doubt
from ansinh_app.utils.sealed_numbers import SealedNumbers

_OF_THE_POLICE = (
    "status",
    "appointment_on",
    "appointment_time",
    "appointment_place",
    "issued_on",
    "new_personal_id",
    "refused_reason",
)
_OF_STEPS = ("asked_on", "registry_change", "answered_by")


class IDCardRequest(SealedNumbers, Document):
    def validate(self):
        self.set_person()
        self.keep_own_part()
        self.validate_single()
        self.clean_number()
        self.take_step()

    def on_update(self):
        if self.card_list:
            id_cards.recount(self.card_list)

    def on_trash(self):
        if self.status not in ("Draft", "Withdrawn"):
            self.refuse(_("the police have it: withdraw it instead"))

    def refuse(self, problem: str, error=VerificationError):
        """Say what is wrong with this request, by the person's name."""
        who = self.full_name or self.beneficiary or self.representative or self.name
        frappe.throw(_("Identity card of {0}: {1}").format(frappe.bold(who), problem), error)

    @property
    def person(self) -> tuple[str, str | None]:
        """DocType and name of whom it is for."""
        return ("Beneficiary", self.beneficiary) if self.beneficiary else ("Representative", self.representative)

    def set_person(self):
        """Copied while it is a draft: the police need no right to the registry."""
        if bool(self.beneficiary) == bool(self.representative):
            self.refuse(_("choose a beneficiary or a representative: one of the two"))
        before = self.get_doc_before_save()
        copied = ("full_name", "birth_shown", "sex", "old_id", "phone", "address", "village", "administrative_unit",
                  "office")  # fmt: skip
        if before and before.status != "Draft":
            for field in copied:
                self.set(field, before.get(field))
            return
        person = frappe.get_doc(*self.person)
        values = id_cards.copy_of(person)
        if self.representative and before:
            for field in ("village", "administrative_unit", "office"):
                values[field] = before.get(field) or values[field]
        self.update(values)
        if not self.office and self.administrative_unit:
            self.office = office_of(self.administrative_unit)
        if not before:
            if not person.get("personal_id"):
                self.reason = id_cards.reason_of(person)
            if person.get("cash_reason") == "Bedridden without a receiver":
                self.cannot_travel = 1

    def keep_own_part(self):
        """The police set the appointment and the result; only steps set the course."""
        before = self.get_doc_before_save()
        if not before:
            return
        for field in _OF_STEPS:
            self.set(field, before.get(field))
        if is_police():
            for df in self.meta.fields:
                if df.fieldname not in _OF_THE_POLICE:
                    self.set(df.fieldname, before.get(df.fieldname))

    def validate_single(self):
        if self.status not in id_cards.UNDER_WAY:
            return
        field = "beneficiary" if self.beneficiary else "representative"
        other = frappe.db.get_value(
            "ID Card Request",
            {field: self.get(field), "status": ["in", id_cards.UNDER_WAY], "name": ["!=", self.name or ""]},
            "name",
        )
        if other:
            self.refuse(_("{0} is open for the same person").format(frappe.bold(other)))

    def clean_number(self):
        if not (self.new_personal_id or "").strip():
            self.new_personal_id = None
            return
        born = frappe.db.get_value(*self.person, "date_of_birth")
        try:
            doubts = cccd.validate(
                self.new_personal_id, self.sex or None, getdate(born) if born else None, known_provinces()
            )
        except BadIdentifier:
            self.refuse(
                _("personal ID {0} cannot be right: 12 digits are expected").format(
                    frappe.bold(self.new_personal_id)
                )
            )
        self.new_personal_id = cccd.compact(self.new_personal_id)
        if doubts and self.has_value_changed("new_personal_id"):
            frappe.msgprint(
                "<br>".join(say_doubt(doubt.code, doubt.params) for doubt in doubts),
                title=_("Please Check the Personal ID"),
                indicator="orange",
            )

    def take_step(self):
        """What a change of status needs and brings; the workflow says who may take which."""
        before = self.get_doc_before_save()
        if self.status == (before.status if before else "Draft"):
            return
        if self.status == "Requested":
            self.asked_on = nowdate()
        elif self.status == "Appointment":
            if not self.appointment_on:
                self.refuse(_("enter the day of the appointment"))
        elif self.status == "Issued":
            self.issue()
        elif self.status == "Refused" and not (self.refused_reason or "").strip():
            self.refuse(_("say why it is refused"))

    def issue(self):
        """The card is there: its number goes into the registry through the office."""
        if not self.new_personal_id:
            self.refuse(_("enter the personal ID on the card"))
        self.issued_on = self.issued_on or nowdate()
        if getdate(self.issued_on) > getdate(nowdate()):
            self.refuse(_("the day of issue lies in the future"))
        self.answered_by = frappe.session.user
        id_cards.take_number(self)


def on_doctype_update():
    """The lists of a commune by status."""
    frappe.db.add_index("ID Card Request", ["administrative_unit", "status"], "unit_status")
