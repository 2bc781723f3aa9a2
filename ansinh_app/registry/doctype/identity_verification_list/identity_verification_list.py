"""Identity Verification List: people of a commune whose identity the police are asked for, and their answer."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import AnSinhError, VerificationError
from ansinh_app.permissions import check_unit
from ansinh_app.registry.doctype.identity_verification import identity_verification
from ansinh_app.registry.doctype.identity_verification.identity_verification import is_police
from ansinh_app.registry.offices import office_of
from ansinh_app.registry.verification import answers, background, requests, sending
from ansinh_app.utils import actions, steps

_OF_STEPS = (
    "status",
    "sent_on",
    "row_count",
    "list_file",
    "verified",
    "differing",
    "waiting",
    "unmatched",
    "rows",
    "running_since",
    "error_message",
)
_OF_THE_POLICE = ("answer_file", "verified_by")


class IdentityVerificationList(Document):
    def validate(self):
        self.keep_what_steps_set()
        self.validate_own_part()
        if not self.office and self.administrative_unit and self.is_new():
            self.office = office_of(self.administrative_unit)
        unit = frappe.db.get_value("Administrative Unit", self.administrative_unit, "unit_name")
        self.title = " - ".join(filter(None, (unit, self.village)))[:140]

    def keep_what_steps_set(self):
        """A form or a REST client may send these; only collecting, sending and answering set them."""
        if self.flags.by_step:
            return
        steps.keep(self, _OF_STEPS)

    def validate_own_part(self):
        """What was sent stays; the police attach their answer and change nothing else."""
        before = self.get_doc_before_save()
        if not before:
            return
        if is_police() or before.status != "Draft":
            for field in ("administrative_unit", "office", "village"):
                self.set(field, before.get(field))
        if is_police():
            kept = [df.fieldname for df in self.meta.fields if df.fieldname not in _OF_THE_POLICE]
            for field in kept:
                self.set(field, before.get(field))

    def on_trash(self):
        if self.sent_on:
            frappe.throw(
                _("The police have {0}: it stays.").format(frappe.bold(self.name)), VerificationError
            )
        frappe.db.delete("Identity Verification", {"verification_list": self.name, "status": "Draft"})


@frappe.whitelist(methods=["POST"])
def collect(doc: str | dict) -> dict:
    """Action: a request for everyone the choices name. `doc`: the document as JSON."""
    found = _own(doc)
    check_unit(found.administrative_unit)
    if background.left_to_queue(found, "collect", requests.number_of_people(found)):
        return found.reload().as_dict()
    count = requests.collect(found)
    frappe.msgprint(_("{0} people were added, {1} are in the list.").format(count, found.row_count), alert=True)
    return found.reload().as_dict()


@frappe.whitelist(methods=["POST"])
def write_and_send(doc: str | dict) -> dict:
    """Action: writes the numbered list, and everyone on it counts as asked for. `doc`: the document as JSON."""
    found = _own(doc)
    if background.left_to_queue(found, "send", found.row_count or 0):
        return found.reload().as_dict()
    count = sending.send(found)
    frappe.msgprint(
        _("{0} people are in the list. The police of the commune see it on their desk; the file is for sending it.")
        .format(count)
    )  # fmt: skip
    return found.reload().as_dict()


@frappe.whitelist(methods=["POST"])
def apply_answer(doc: str | dict) -> dict:
    """Action: reads the attached answer; every row is taken or listed with its reason. `doc`: as JSON."""
    found = _sent(doc)
    if background.left_to_queue(found, "answer", found.row_count or 0):
        return found.reload().as_dict()
    counts = answers.apply_file(found)
    frappe.msgprint(
        _("Verified: {verified}. Differing: {differing}. Not answered yet: {waiting}. Rows not taken: {unmatched}.")
        .format(**counts),
        title=_("Apply Answer"),
    )  # fmt: skip
    return found.reload().as_dict()


@frappe.whitelist(methods=["POST"])
def verify_rest(doc: str | dict) -> dict:
    """Action: everyone without an answer yet is right. `doc`: the document as JSON."""
    found = _sent(doc)
    if background.left_to_queue(found, "rest", found.waiting or 0):
        return found.reload().as_dict()
    count = answers.confirm_rest(found)
    frappe.msgprint(_("{0} people are verified.").format(count), alert=True)
    return found.reload().as_dict()


@frappe.whitelist(methods=["POST"])
def accept_differences(doc: str | dict) -> dict:
    """Action: accept what the commune has not decided; who cannot be settled so is named. `doc`: as JSON."""
    found = _own(doc)
    waiting = frappe.get_list(
        "Identity Verification",
        filters={"verification_list": found.name, "status": "To Decide", "result": ["!=", "Not Found"]},
        fields=["name", "full_name"],
        order_by="row_no",
        limit_page_length=0,
    )
    refused = []
    for number, row in enumerate(waiting, start=1):
        frappe.db.savepoint("accept_difference")
        try:
            identity_verification.accept(row.name)
        except AnSinhError as error:
            frappe.db.rollback(save_point="accept_difference")
            frappe.clear_last_message()
            refused.append(frappe.utils.strip_html(str(error)))
        if number % 20 == 0:
            frappe.publish_progress(
                number * 100 / len(waiting), title=_("Accept Every Difference"), doctype=found.doctype,
                docname=found.name,
            )  # fmt: skip
    lines = [_("{0} people are settled; the office approves the changes.").format(len(waiting) - len(refused))]
    lines += [frappe.utils.escape_html(reason) for reason in refused[:20]]
    frappe.msgprint("<br>".join(lines), indicator="orange" if refused else "green")
    return found.reload().as_dict()


def _own(doc):
    found = actions.stored(doc, "Identity Verification List")
    if is_police():
        frappe.throw(_("The commune or the office makes the list."), frappe.PermissionError)
    return found


def _sent(doc):
    found = actions.stored(doc, "Identity Verification List")
    if found.status == "Draft":
        frappe.throw(
            _("{0} was not sent yet: press Write List and Send first.").format(frappe.bold(found.name)),
            VerificationError,
        )
    return found
