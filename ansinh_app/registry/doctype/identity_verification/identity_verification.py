"""Identity Verification: one person's identity before the police, their answer, and the commune's decision."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.model.workflow import apply_workflow
from frappe.utils import getdate, nowdate

from ansinh_app.core import cells, names
from ansinh_app.core.errors import BadIdentifier
from ansinh_app.core.identity import cccd, verification
from ansinh_app.exceptions import SelfApprovalError, VerificationError
from ansinh_app.registry.people import birth
from ansinh_app.registry.verification import answers, proposals, requests, standing
from ansinh_app.utils import actions
from ansinh_app.utils.sealed_numbers import SealedNumbers

# What the police write; the person is the registry's, the decision the commune's.
OF_THE_POLICE = (
    "result",
    "found_full_name",
    "found_birth",
    "found_sex",
    "found_personal_id",
    "died_on",
    "moved_to",
    "moved_to_unit",
    "moved_on",
    "note",
    "verified_by",
)
_OF_STEPS = (
    *requests.COPIED,
    "row_no",
    "requested_on",
    "due_on",
    "found_date_of_birth",
    "found_dob_precision",
    "answered_on",
    "answered_by",
    "decided_by",
    "decided_on",
)
_PLACE = ("administrative_unit", "village", "office")


class IdentityVerification(SealedNumbers, Document):
    def validate(self):
        self.keep_what_steps_set()
        self.validate_person()
        self.validate_own_part()
        self.validate_single()
        self.clean_answer()
        self.take_step()

    def on_update(self):
        before = self.get_doc_before_save()
        if (before.status if before else "Draft") != self.status:
            standing.refresh(*self.person)
            if self.verification_list and not self.flags.in_list:
                answers.recount(self.verification_list)

    def on_trash(self):
        if self.status not in ("Draft", "Withdrawn"):
            self.refuse(_("the police have it: withdraw it instead"))

    @property
    def person(self) -> tuple[str, list[str]]:
        """DocType and name of whom it is about."""
        if self.beneficiary:
            return "Beneficiary", [self.beneficiary]
        return "Representative", [self.representative]

    def refuse(self, problem: str, error=VerificationError):
        """Say what is wrong with this request, by the person's name."""
        who = self.full_name or self.beneficiary or self.representative or self.name
        frappe.throw(_("Identity of {0}: {1}").format(frappe.bold(who), problem), error)

    # what may be written

    def keep_what_steps_set(self):
        """The asked identity is a copy; a form or a REST client may send anything there."""
        before = self.get_doc_before_save()
        if before and not self.flags.by_step:
            kept = [*_OF_STEPS, *(("verification_list",) if before.status != "Draft" else ())]
            if is_police():
                own = {*OF_THE_POLICE, "status", "differences"}
                kept = [df.fieldname for df in self.meta.fields if df.fieldname not in own]
            for field in kept:
                self.set(field, before.get(field))
            self.keep_differences(before)
        if not before or before.status == "Draft" == self.status:
            self.copy_person()

    def keep_differences(self, before):
        """Of a difference only the decision and its reason can be written."""
        said = {row.name: (row.decision, row.reason) for row in self.differences}
        rows = [row.as_dict() for row in before.differences]
        for row in rows:
            row.decision, row.reason = said.get(row.name, (row.decision, row.reason))
        self.set("differences", rows)

    def copy_person(self):
        doctype, (name,) = self.person
        if not name:
            return
        values = requests.copy_of(frappe.get_doc(doctype, name))
        if self.representative and self.verification_list:
            # A list asks the police of its commune, wherever the representative lives.
            values = {key: value for key, value in values.items() if not (key in _PLACE and self.get(key))}
        self.update(values)

    def validate_person(self):
        if bool(self.beneficiary) == bool(self.representative):
            self.refuse(_("choose a beneficiary or a representative: one of the two"))
        if self.verification_list and self.is_new():
            sent = frappe.db.get_value("Identity Verification List", self.verification_list, "status")
            if sent != "Draft":
                self.refuse(_("{0} was sent already").format(frappe.bold(self.verification_list)))

    def validate_own_part(self):
        """The police answer and do not decide; the asked identity nobody changes."""
        before = self.get_doc_before_save()
        if not before or not is_police():
            return
        said = {row.name: (row.decision or "", row.reason or "") for row in before.differences}
        now = {row.name: (row.decision or "", row.reason or "") for row in self.differences}
        if self.status == "Settled" or any(said.get(name, ("", "")) != now[name] for name in now):
            self.refuse(_("the commune decides about the differences"), frappe.PermissionError)

    def validate_single(self):
        """One open request for a person, or one answer would undo the other."""
        if self.status not in standing.OPEN:
            return
        field = standing.LINKS[self.person[0]]
        filters = {field: self.get(field), "status": ["in", standing.OPEN], "name": ["!=", self.name or ""]}
        other = frappe.db.get_value("Identity Verification", filters, "name")
        if other:
            self.refuse(_("{0} is open for the same person").format(frappe.bold(other)))

    def clean_answer(self):
        self.found_full_name = names.proper_case(names.normalise(self.found_full_name or "")) or None
        self.found_date_of_birth = self.found_dob_precision = None
        if (self.found_birth or "").strip():
            found = cells.parse_date(self.found_birth)
            if not found:
                self.refuse(_("{0} is no date of birth: write 31/12/1950, 12/1950 or 1950").format(
                    frappe.bold(self.found_birth)))  # fmt: skip
            self.found_date_of_birth, self.found_dob_precision = found.value, found.precision
            self.found_birth = birth(found.value, found.precision)
        if self.found_personal_id:
            try:
                cccd.validate(self.found_personal_id)
            except BadIdentifier:
                self.refuse(answers.problems()["bad_personal_id"])
            self.found_personal_id = cccd.compact(self.found_personal_id)

    # steps

    def take_step(self):
        """What a change of status needs and brings; the workflow says who may take which."""
        before = self.get_doc_before_save()
        was = before.status if before else "Draft"
        if self.status == was:
            self.refuse_new_answer(before)
            return
        step = {
            "Requested": self.request,
            "Verified": self.confirm,
            "To Decide": self.report,
            "Settled": self.settle,
        }.get(self.status)
        if step:
            step()

    def refuse_new_answer(self, before):
        """An answer that was given stands; who erred asks again first."""
        if not before or self.status not in ("Verified", "To Decide", "Settled") or self.flags.by_step:
            return
        if any(str(before.get(field) or "") != str(self.get(field) or "") for field in OF_THE_POLICE):
            if {field for field in OF_THE_POLICE if before.get(field) != self.get(field)} - {"moved_to_unit"}:
                self.refuse(_("it is answered already: press Ask Again first"))

    def request(self):
        """Out to the police, as the person is in the registry today."""
        self.copy_person()
        self.requested_on, self.due_on = nowdate(), self.due_on or requests.due_on(nowdate())
        for field in OF_THE_POLICE:
            self.set(field, None)
        self.differences = []
        self.found_date_of_birth = self.found_dob_precision = self.answered_on = self.answered_by = None

    def confirm(self):
        """The police know the person just so."""
        self.result = self.result or verification.VERIFIED
        if self.result != verification.VERIFIED:
            self.refuse(_("the result says {0}: press Report Difference").format(frappe.bold(_(self.result))))
        self.answer()

    def report(self):
        """Something differs; each difference becomes a proposal the commune accepts or rejects."""
        if not self.result:
            self.result = verification.DECEASED if self.died_on else verification.MISMATCH
        if self.result == verification.VERIFIED:
            self.refuse(_("the result says Verified: press Confirm Identity"))
        self.answer()
        self.differences = []
        for row in proposals.rows_of(self):
            self.append("differences", row)

    def answer(self):
        """Who answers and when; what contradicts itself is refused."""
        asked, found = standing.identity_of(self), standing.found_of(self)
        code = verification.problem(asked, found, getdate(nowdate()))
        if code:
            self.refuse(answers.problems()[code])
        if is_police() and not (self.flags.in_list and self.verified_by):
            self.verified_by = frappe.utils.get_fullname(frappe.session.user)
        elif not self.verified_by and self.verification_list:
            self.verified_by = frappe.db.get_value(
                "Identity Verification List", self.verification_list, "verified_by"
            )
        if not self.verified_by:
            self.refuse(_("enter who at the police answered (Verified By)"))
        self.answered_on = self.answered_on if self.flags.by_step and self.answered_on else nowdate()
        self.answered_by = frappe.session.user

    def settle(self):
        """Every difference is decided: the accepted ones go to the office as changes."""
        if self.result == verification.NOT_FOUND and not (self.settled_note or "").strip():
            self.refuse(_("the police found nobody: enter what the papers say (Remark of the Commune)"))
        for row in self.differences:
            if not row.decision:
                self.refuse(_("accept or reject: {0}").format(frappe.bold(_(row.field))))
            if row.decision == "Rejected" and not (row.reason or "").strip():
                self.refuse(_("say why it is rejected: {0}").format(frappe.bold(_(row.field))))
        if frappe.session.user == self.answered_by and frappe.session.user != "Administrator":
            if self.representative and any(row.decision == "Accepted" for row in self.differences):
                frappe.throw(
                    _("You entered the answer yourself: a colleague accepts it."), SelfApprovalError
                )
        proposals.carry_out(self)
        self.decided_by, self.decided_on = frappe.session.user, nowdate()


def is_police() -> bool:
    """Whether the user answers as the police and has no office of the registry beside."""
    roles = set(frappe.get_roles())
    return "Police Officer" in roles and not roles & {
        "Administrator", "System Manager", "Social Affairs Officer", "Social Affairs Manager", "Commune Officer",
    }  # fmt: skip


def accept(name: str):
    """Accept what is not decided yet on a request, and settle it; returns the document."""
    found = frappe.get_doc("Identity Verification", name)
    found.check_permission("write")
    if found.status != "To Decide":
        found.refuse(_("there is nothing to decide"))
    if is_police():
        found.refuse(_("the commune decides about the differences"), frappe.PermissionError)
    for row in found.differences:
        row.decision = row.decision or "Accepted"
    found.save()  # a step of the workflow starts from what is stored
    return apply_workflow(found, "Settle")


@frappe.whitelist(methods=["POST"])
def accept_all(doc: str | dict) -> dict:
    """Action: accept what is not decided yet, and settle. `doc`: the document as JSON."""
    found = accept(actions.stored(doc, "Identity Verification").name)
    frappe.msgprint(_("{0} is settled.").format(found.full_name), alert=True)
    return found.as_dict()


def on_doctype_update():
    """The lists of a commune by status, and one list in its order."""
    frappe.db.add_index("Identity Verification", ["administrative_unit", "status"], "unit_status")
    frappe.db.add_index("Identity Verification", ["verification_list", "row_no"], "list_row")
