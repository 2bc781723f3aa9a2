"""Support Case: somebody is stuck; routed to who answers, with a deadline, until the answer will do."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_fullname, getdate, now_datetime, nowdate

from ansinh_app.core import masking
from ansinh_app.exceptions import SupportCaseError
from ansinh_app.outreach import breaches, cases
from ansinh_app.outreach.agencies import BANK, PROVIDERS, is_office, of_user
from ansinh_app.permissions import scope
from ansinh_app.registry.offices import office_of
from ansinh_app.utils.sealed_numbers import opened_value

_LINKED = (
    "beneficiary",
    "entitlement",
    "payout_line",
    "payment_account",
    "bank_contract",
    "provider_inquiry",
)
# Set by the steps and by nobody's hand.
_COURSE = (
    "opened_on", "opened_by", "opened_agency", "opened_provider", "taken_by", "taken_on", "answered_by",
    "answered_on", "closed_by", "closed_on", "reopened", "asked_provider", "due_on", "full_name", "subject",
)  # fmt: skip
# What is asked belongs to who asks and to the office; who answers writes the answer.
_ASKED = (
    "kind", "description", "administrative_unit", "beneficiary", "told_by", "came_by", "payout_line",
    "payment_account", "entitlement", "attachment", "provider", "bank_contract", "commitment_no",
)  # fmt: skip
_ANSWER = ("answer", "answer_file")
_OF_OFFICE = ("agency", "office", "breach_finding")


class SupportCase(Document):
    def validate(self):
        if self.is_new():
            self.open()
        else:
            self.keep_what_others_set()
        self.validate_links()
        cases.set_money_side(self)
        self.validate_office()
        self.set_commitment()
        self.set_route()
        self.set_subject()
        self.take_step()
        self.overdue = int(
            self.status in cases.WAITING and bool(self.due_on) and getdate(self.due_on) < getdate(nowdate())
        )

    def open(self):
        """Who opens it, and since when; a provider's own case stays in its sight."""
        for field in (*_COURSE, *_ANSWER, "breach_finding", "provider_inquiry", "reopen_reason"):
            self.set(field, None)
        self.set("answers", [])
        mine = of_user()
        self.opened_on, self.opened_by = now_datetime(), frappe.session.user
        self.opened_agency = mine[0] if mine else None
        if not is_office():
            self.agency = self.office = None
        if self.opened_agency in PROVIDERS:
            own = scope().only("provider").providers or frozenset()
            self.opened_provider = self.provider if self.provider in own else next(iter(sorted(own)), None)
        if self.opened_agency == BANK:
            self.provider = self.provider or self.opened_provider
        units = scope().only("commune").units
        if not self.administrative_unit and units and not is_office():
            self.administrative_unit = _own_commune()

    def keep_what_others_set(self):
        """Each side writes its own part; the course belongs to the steps."""
        before = self.get_doc_before_save()
        for field in _COURSE:
            self.set(field, before.get(field))
        self.set("answers", before.answers)
        if not self.flags.by_inquiry:
            self.provider_inquiry = before.provider_inquiry
        if is_office():
            return
        kept = list(_OF_OFFICE)
        asks = before.opened_agency in of_user() and before.status in ("New", "Reopened")
        kept += () if asks else _ASKED
        kept += () if cases.may_answer(before) and before.status in cases.WAITING else _ANSWER
        changed = [field for field in kept if (self.get(field) or "") != (before.get(field) or "")]
        for field in kept:
            self.set(field, before.get(field))
        # What a form does not send (fields above the reader's level) is no wish to empty it.
        seen = set(self.meta.get_permlevel_access("read"))
        labels = [_(field.label) for field in map(self.meta.get_field, changed) if field.permlevel in seen]
        if labels:
            frappe.msgprint(
                _("Not yours to change, kept as it was: {0}").format(", ".join(labels)), alert=True
            )

    def validate_links(self):
        """Nobody learns through a case of a document that is closed to him."""
        if self.flags.ignore_permissions:
            return
        before = self.get_doc_before_save()
        for field in _LINKED:
            name = self.get(field)
            if not name or (before and before.get(field) == name):
                continue
            doctype = self.meta.get_field(field).options
            if not frappe.has_permission(doctype, "read", doc=name):
                frappe.throw(
                    _("{0} {1} is not yours to see, so no case can name it.").format(_(doctype), name),
                    frappe.PermissionError,
                )

    def validate_office(self):
        if not self.office:
            here = self.administrative_unit and office_of(self.administrative_unit)
            self.office = here or _only_office_with(self.provider) or _only_office()
        if not self.office:
            frappe.throw(
                _("Choose the commune or the person, so that it is plain which paying office this concerns."),
                SupportCaseError,
            )
        who = scope()
        if self.is_new() and not who.unrestricted and who.kinds == {"commune"}:
            if self.administrative_unit not in (who.units or ()):
                frappe.throw(_("Choose a commune of your own."), SupportCaseError)

    def set_commitment(self):
        """The promise a case is about: by its number on the contract."""
        about = frappe.get_cached_value("Support Case Kind", self.kind, "about_commitment")
        if about:
            cases.set_contract(self)
        if not self.commitment_no:
            self.commitment = None
            return
        self.commitment = breaches.commitment_of(self.bank_contract, self.commitment_no)

    def set_route(self):
        before = self.get_doc_before_save()
        was = (before.kind, before.agency, before.provider) if before else None
        if was is None or before.kind != self.kind:
            self.due_on = cases.due_on(self.kind, getdate(self.opened_on))
        if not self.agency or (was and before.kind != self.kind and before.agency == self.agency):
            cases.route(self)
        if was != (self.kind, self.agency, self.provider):
            cases.ask_provider(self)
        self.flags.sent_on = bool(before) and before.agency != self.agency

    def set_subject(self):
        """What everybody who answers may read: of the person no more than bank and Post know themselves."""
        if self.payment_account:
            account = frappe.db.get_value(
                "Payment Account", self.payment_account, ["account_name", "account_no"], as_dict=True
            )
            about = f"{account.account_name}, {masking.mask(masking.ACCOUNT, opened_value(masking.ACCOUNT, account.account_no))}"
        elif self.payout_line:
            about = frappe.db.get_value("Payout Line", self.payout_line, "full_name")
        else:
            about = frappe.get_cached_value("Administrative Unit", self.administrative_unit, "unit_name") \
                if self.administrative_unit else self.provider  # fmt: skip
        title = frappe.get_cached_value("Support Case Kind", self.kind, "title")
        self.subject = ": ".join(filter(None, (title, about)))[:140]

    # Steps

    def take_step(self):
        before = self.get_doc_before_save()
        if not before or before.status == self.status:
            return
        steps = {
            "In Hand": self.on_taken,
            "Answered": self.on_answered,
            "Closed": self.on_closed,
            "Reopened": self.on_reopened,
        }
        if self.status in steps:  # any other state is the workflow's to refuse
            steps[self.status]()

    def need(self, allowed: bool, text: str):
        if not allowed:
            frappe.throw(text, SupportCaseError)

    def on_taken(self):
        self.need(cases.may_answer(self), _("{0} is for {1} to answer.").format(self.name, _(self.agency)))
        self.taken_by, self.taken_on = frappe.session.user, now_datetime()

    def on_answered(self):
        """The answer goes into the list of answers, with time and name."""
        self.need(cases.may_answer(self), _("{0} is for {1} to answer.").format(self.name, _(self.agency)))
        self.need(
            bool((self.answer or "").strip() or self.answer_file),
            _("Write the answer or attach it, save, and press the button again."),
        )
        now, user = now_datetime(), frappe.session.user
        mine = of_user()
        self.append(
            "answers",
            {
                "answered_on": now,
                "answered_by": get_fullname(user),
                "agency": self.agency if self.agency in mine else next(iter(mine), None),
                "answer": self.answer,
                "answer_file": self.answer_file,
            },
        )
        self.answered_by, self.answered_on = user, self.answered_on or now

    def on_closed(self):
        self.need(
            cases.may_close(self), _("{0} is closed by who opened it, or by the office.").format(self.name)
        )
        about = frappe.get_cached_value("Support Case Kind", self.kind, "about_commitment")
        self.need(
            not about or bool(self.breach_finding),
            _("Say under Finding whether the promise was broken: the contract counts it. The office does."),
        )
        self.need(
            self.breach_finding != "Confirmed" or bool(self.commitment),
            _("Enter the number of the commitment that was broken; the button lists them."),
        )
        self.closed_by, self.closed_on = frappe.session.user, now_datetime()

    def on_reopened(self):
        self.need(
            cases.may_close(self), _("{0} is reopened by who opened it, or by the office.").format(self.name)
        )
        reason = (self.reopen_reason or "").strip()
        self.need(bool(reason), _("Write the reason for reopening, save, and press the button again."))
        self.flags.comment = _("Reopened: {0}").format(reason)
        self.reopened = (self.reopened or 0) + 1
        self.closed_by = self.closed_on = self.answer = self.answer_file = self.reopen_reason = None
        self.breach_finding = None
        self.due_on = cases.due_on(self.kind, nowdate())

    def on_update(self):
        if text := self.flags.pop("comment", None):
            self.add_comment("Info", text)
        breaches.recount({self.bank_contract, (self.get_doc_before_save() or {}).get("bank_contract")})
        before = self.get_doc_before_save()
        if not before or self.flags.sent_on or (before.status != self.status and self.status == "Reopened"):
            due = getdate(self.due_on).strftime("%d/%m/%Y")
            cases.tell(
                self, _("{0}: {1}. To be answered by {2}.", lang="vi").format(self.name, self.subject, due)
            )
        elif before.status != self.status and self.status == "Answered":
            text = _("{0} ({1}) is answered.", lang="vi").format(self.name, self.subject)
            cases.tell(self, text, [self.opened_by])

    def on_trash(self):
        if self.status != "New":
            frappe.throw(_("{0} has begun its course and stays.").format(self.name), SupportCaseError)

    def after_delete(self):
        breaches.recount({self.bank_contract})


def _own_commune() -> str | None:
    """The commune of a user who works for one alone."""
    own = frappe.get_all(
        "User Permission",
        filters={"user": frappe.session.user, "allow": "Administrative Unit"},
        pluck="for_value",
    )
    return own[0] if len(own) == 1 else None


def _only_office_with(provider: str | None) -> str | None:
    """The office a provider works for, where it is one alone."""
    filters = {"provider": provider, "docstatus": 1, "status": ["!=", "Ended"]}
    offices = set(frappe.get_all("Bank Contract", filters=filters, pluck="office")) if provider else ()
    return offices.pop() if len(offices) == 1 else None


def _only_office() -> str | None:
    offices = frappe.get_all("Paying Office", pluck="name", limit=2)
    return offices[0] if len(offices) == 1 else None
