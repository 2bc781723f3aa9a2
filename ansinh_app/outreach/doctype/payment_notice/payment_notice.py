"""Payment Notice: what one commune tells its people before a payout, on paper, by phone and over the loudspeaker."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from ansinh_app.core import sms
from ansinh_app.core.months import Month
from ansinh_app.exceptions import OutreachError
from ansinh_app.outreach import notices
from ansinh_app.utils import steps

_STEPS = ("status", "sent_on", "sent_by")
_SAID = ("papers", "advice", "sms_text", "sms_plain", "spoken_text")
_ROW = ("what", "day_from", "day_to", "hours", "pay_point", "place", "provider")


class PaymentNotice(Document):
    def autoname(self):
        self.name = f"TB-{self.period}-{self.administrative_unit}"

    def validate(self):
        self.office, month = frappe.db.get_value("Payout Period", self.period, ["office", "month"])
        unit = frappe.get_cached_value("Administrative Unit", self.administrative_unit, "unit_name")
        self.title = _("Notice of {0}, month {1}", lang="vi").format(unit, Month.of(getdate(month)).label)
        self.keep_what_steps_set()
        self.validate_days()
        if not (self.papers or "").strip():
            self.papers = notices.usual_papers()
        self.write_texts()
        size = sms.measure(self.sms_text or "")
        self.sms_alphabet, self.sms_length, self.sms_parts = size.alphabet, size.places, size.parts

    def keep_what_steps_set(self):
        """Buttons send it and take it back; what is sent stays as people were told."""
        if self.flags.by_step:
            return
        before = steps.keep(self, _STEPS)
        if before and before.status == "Sent" and self.is_changed_from(before):
            frappe.throw(
                _("{0} is sent. Take it back first, and tell people of the change.").format(
                    frappe.bold(self.title)
                ),
                OutreachError,
            )

    def is_changed_from(self, before) -> bool:
        said = any((self.get(fieldname) or "") != (before.get(fieldname) or "") for fieldname in _SAID)
        return said or not self.says([row.as_dict() for row in before.schedule])

    def validate_days(self):
        for row in self.schedule:
            if row.day_from and row.day_to and getdate(row.day_to) < getdate(row.day_from):
                frappe.throw(_("Row {0}: the last day is before the first.").format(row.idx), OutreachError)

    def write_texts(self):
        """The texts follow the schedule until somebody writes his own; an emptied one is written again."""
        before = self.get_doc_before_save()
        for fieldname, text in (("sms_text", notices.message), ("spoken_text", notices.spoken)):
            mine = (self.get(fieldname) or "").strip()
            by_system = before and before.get(fieldname) == mine and mine == text(before)
            if not mine or by_system:
                self.set(fieldname, text(self))

    def is_as_made(self) -> bool:
        """Whether nobody has put words of his own on it."""
        return (
            not self.advice
            and self.papers == notices.usual_papers()
            and self.sms_text == notices.message(self)
            and self.spoken_text == notices.spoken(self)
        )

    def says(self, rows: list[dict]) -> bool:
        """Whether its schedule is these rows."""
        mine = [tuple(_plain(row.get(fieldname)) for fieldname in _ROW) for row in self.schedule]
        return mine == [tuple(_plain(row.get(fieldname)) for fieldname in _ROW) for row in rows]

    def take_schedule(self, rows: list[dict]):
        """This schedule, and the texts that go with it."""
        self.set("schedule", rows)
        self.sms_text = self.spoken_text = None

    def step(self, **values):
        """Take a step and keep it."""
        steps.take(self, **values)

    def on_trash(self):
        if self.status == "Sent":
            frappe.throw(_("{0} is sent and stays.").format(frappe.bold(self.title)), OutreachError)


def _plain(value) -> str:
    return str(value or "")
