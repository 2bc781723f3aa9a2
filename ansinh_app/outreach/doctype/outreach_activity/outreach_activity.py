"""Outreach Activity: people are told, by which channel, by whom, how many; planned and done (plan II.1, IV.2, IV.9)."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate, nowdate

from ansinh_app.exceptions import OutreachError
from ansinh_app.outreach.agencies import COMMUNE, OUTREACH, PROVIDERS, is_office, of_user
from ansinh_app.permissions import scope
from ansinh_app.registry.offices import office_of
from ansinh_app.utils import actions, steps

_BY = {"Office": "Social Affairs Office", COMMUNE: "Commune", "Bank": "Bank", "Post": "Post"}


class OutreachActivity(Document):
    def validate(self):
        before = self.get_doc_before_save()
        if not self.flags.by_step:
            self.status = before.status if before else "Planned"
        if not before:
            self.set_up()
        self.validate_days()
        self.validate_pictures()
        if self.payment_notice and not (self.text or "").strip():
            self.text = frappe.db.get_value("Payment Notice", self.payment_notice, "spoken_text")

    def set_up(self):
        """Who enters it, where and for which office, as far as that is plain."""
        mine = of_user()
        own_units = scope().only("commune").units
        if not self.administrative_unit and own_units and not is_office():
            given = frappe.get_all(
                "User Permission",
                filters={"user": frappe.session.user, "allow": "Administrative Unit"},
                pluck="for_value",
            )
            self.administrative_unit = given[0] if len(given) == 1 else None
        own = scope().only("provider").providers
        if set(mine) & set(PROVIDERS) and own and not is_office():
            self.provider = self.provider if self.provider in own else sorted(own)[0]
        if not self.by_agency and mine:
            self.by_agency = "Culture and Information" if mine[0] == OUTREACH else _BY.get(mine[0], "Other")
        if not self.office:
            offices = frappe.get_all("Paying Office", pluck="name", limit=2)
            self.office = (
                office_of(self.administrative_unit)
                if self.administrative_unit
                else offices[0]
                if len(offices) == 1
                else None
            )

    def validate_days(self):
        for first, last in (("planned_from", "planned_to"), ("done_from", "done_to")):
            if self.get(first) and self.get(last) and getdate(self.get(last)) < getdate(self.get(first)):
                frappe.throw(_("The last day is before the first."), OutreachError)
        if self.done_from and getdate(self.done_from) > getdate(nowdate()):
            frappe.throw(_("What is still to come has not been done."), OutreachError)

    def validate_pictures(self):
        for row in self.pictures:
            name = (row.picture or "").split("?")[0].lower()
            if not name.endswith((".jpg", ".jpeg", ".png", ".webp", ".gif")):
                frappe.throw(
                    _("Row {0}: {1} is no picture (JPG, PNG, WEBP or GIF).").format(row.idx, row.picture),
                    OutreachError,
                )

    def on_trash(self):
        if self.status == "Done":
            frappe.throw(_("{0} was done and stays.").format(frappe.bold(self.subject)), OutreachError)


@frappe.whitelist(methods=["POST"])
def mark_done(doc: str | dict) -> dict:
    """Action: it was done; days and times left empty are those planned."""
    activity = _planned(doc)
    if getdate(activity.done_from or activity.planned_from) > getdate(nowdate()):
        frappe.throw(_("What is still to come has not been done."), OutreachError)
    if not activity.reach:
        frappe.throw(
            _("Enter how many people were reached (an estimate will do), save, and press again."),
            OutreachError,
        )
    return _step(
        activity,
        status="Done",
        done_from=activity.done_from or activity.planned_from,
        done_to=activity.done_to or activity.planned_to,
        times=activity.times or activity.planned_times or 1,
    )


@frappe.whitelist(methods=["POST"])
def call_off(doc: str | dict) -> dict:
    """Action: it will not be done; why stands under Remarks."""
    activity = _planned(doc)
    if not (activity.remarks or "").strip():
        frappe.throw(_("Write under Remarks why it is called off, save, and press again."), OutreachError)
    return _step(activity, status="Cancelled")


def _planned(doc):
    activity = actions.stored(doc, "Outreach Activity")
    if activity.status != "Planned":
        frappe.throw(
            _("{0} is {1}: this cannot be done now.").format(
                frappe.bold(activity.subject), _(activity.status)
            ),
            OutreachError,
        )
    return activity


def _step(activity, **values) -> dict:
    return steps.take(activity, **values).as_dict()
