"""Duplicate Finding: two records that may be one person, and what somebody decided about them."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import add_months, getdate, nowdate

from ansinh_app.core import duplicates as core
from ansinh_app.exceptions import ChangeNotAllowedError, DuplicatePersonError
from ansinh_app.registry import duplicates_keeping as keeping
from ansinh_app.registry import duplicates_reading as reading
from ansinh_app.registry import duplicates_shown as shown
from ansinh_app.registry.people import first_of_month
from ansinh_app.utils.virtual_fields import forget_sent

_DECISION = ("status", "decision_reason", "record_ends", "stop_month")
_BY_SEARCH = ("kind", "score", "evidence", "rests_on", "found_on")


class DuplicateFinding(Document):
    @property
    def first_shown(self):
        """The first person as the reader may see him."""
        return shown.side(self.beneficiary)

    @property
    def other_shown(self):
        """The second person as the reader may see him."""
        return shown.side(self.other_beneficiary)

    @property
    def reason(self):
        """What speaks for one person, in the reader's language."""
        return keeping.say(self.evidence)

    def validate(self):
        forget_sent(self)
        self.set_pair()
        self.keep_what_was_found()
        self.set_places()
        self.validate_decision()

    def on_update(self):
        before = self.get_doc_before_save()
        if before and before.status == "Same Person" != self.status:
            self.take_back_drafts()
        if self.status == "Same Person" and (not before or before.status != "Same Person"):
            self.tell(self.draft_stops())

    def on_trash(self):
        frappe.db.set_value("Registry Change", {"duplicate_finding": self.name}, "duplicate_finding", None)

    def set_pair(self):
        """The pair in one order, once; a finding entered by hand is weighed like any other."""
        if not self.is_new():
            return
        people = {row.name: row for row in reading.read_in("name", (self.beneficiary, self.other_beneficiary))}
        unknown = [name for name in (self.beneficiary, self.other_beneficiary) if name not in people]
        if unknown or len(people) != 2:
            frappe.throw(
                _("Enter two different people of the registry by their numbers: {0}").format(
                    frappe.bold(", ".join(unknown) or self.beneficiary)
                ),
                DuplicatePersonError,
            )
        self.beneficiary, self.other_beneficiary = sorted(people)
        self.pair_key = keeping.key_of(self.beneficiary, self.other_beneficiary)
        known = frappe.db.get_value("Duplicate Finding", {"pair_key": self.pair_key})
        if known:
            frappe.throw(
                _("These two people have a finding already: {0}").format(frappe.bold(known)), DuplicatePersonError
            )
        self.title = keeping.title_of(people[self.beneficiary])
        if not self.flags.found:
            self.report(people)

    def report(self, people: dict):
        """What the search would say of a pair somebody reports."""
        for name in people:
            frappe.get_doc("Beneficiary", name).check_permission("read")
        one, other = (reading.known_of(people[name]) for name in (self.beneficiary, self.other_beneficiary))
        namesakes = reading.namesakes_of(row.full_name for row in people.values())
        found = core.weigh(one, other, namesakes)
        self.kind, self.status, self.found_on = "Reported", "Open", nowdate()
        self.score = found.score if found else 0
        self.evidence = " ".join(found.reasons) if found else ""
        self.rests_on = keeping.rests_on(*people.values(), reading.schemes(people))

    def keep_what_was_found(self):
        """A form or a REST client may send these; only a search sets them."""
        before = self.get_doc_before_save()
        if before and not self.flags.found:
            self.update({field: before.get(field) for field in (*_BY_SEARCH, "decided_by", "decided_on")})

    def set_places(self):
        """Where the two live and who pays them, for lists."""
        for name, unit, office in (
            (self.beneficiary, "administrative_unit", "office"),
            (self.other_beneficiary, "other_unit", "other_office"),
        ):
            row = frappe.db.get_value("Beneficiary", name, ["administrative_unit", "office"], as_dict=True)
            if row:
                self.set(unit, row.administrative_unit)
                self.set(office, row.office)

    def validate_decision(self):
        """Who sees both people decides, and says why; a commune that sees one of them says what it found out."""
        before = self.get_doc_before_save()
        if self.flags.found or not before or not self._changed(before):
            return
        if self.status == "No Longer Found":
            frappe.throw(_("Only a search finds that nothing speaks for it any more"), ChangeNotAllowedError)
        hidden = [
            name
            for name in (self.beneficiary, self.other_beneficiary)
            if not frappe.has_permission("Beneficiary", "read", doc=name)
        ]
        if hidden:
            frappe.throw(
                _(
                    "One of the two people belongs to another commune, so the office decides. Write what you found "
                    "out under {0}."
                ).format(frappe.bold(_("What the Communes Found Out"))),
                frappe.PermissionError,
            )
        if self.status == "Open":
            self.decided_by = self.decided_on = self.record_ends = self.stop_month = None
            return
        if not (self.decision_reason or "").strip():
            frappe.throw(
                _("Say why: which papers were seen, who was asked, under which article both are due"),
                ChangeNotAllowedError,
                title=_("Reason Missing"),
            )
        if self.status == "Same Person":
            self.set_stop()
        else:
            self.record_ends = self.stop_month = None
        self.decided_by, self.decided_on = frappe.session.user, nowdate()

    def set_stop(self):
        if self.record_ends not in ("First Record", "Second Record"):
            frappe.throw(
                _("Choose which of the two records ends; the other one stays"), ChangeNotAllowedError
            )
        self.stop_month = first_of_month(self.stop_month or add_months(nowdate(), 1))

    def _changed(self, before) -> bool:
        return any(str(before.get(field) or "") != str(self.get(field) or "") for field in _DECISION)

    @property
    def ending(self) -> str:
        """The person whose record ends."""
        return self.beneficiary if self.record_ends == "First Record" else self.other_beneficiary

    def draft_stops(self) -> list[str]:
        """A draft Stop for each benefit of the record that ends; somebody proposes it and another one approves."""
        drafted = []
        for held in frappe.get_all(
            "Entitlement",
            filters={"beneficiary": self.ending, "docstatus": 1},
            fields=["name", "effective_from", "effective_to"],
            order_by="name",
        ):
            if held.effective_to and getdate(held.effective_to) < getdate(self.stop_month):
                continue
            if frappe.db.exists(
                "Registry Change",
                {"entitlement": held.name, "change_type": "Stop", "status": ["in", ["Draft", "Proposed"]]},
            ):
                continue
            change = frappe.get_doc(
                {
                    "doctype": "Registry Change",
                    "beneficiary": self.ending,
                    "change_type": "Stop",
                    "entitlement": held.name,
                    "effective_month": max(getdate(self.stop_month), getdate(held.effective_from)),
                    "reason": _("Registered twice ({0}): {1}").format(self.name, self.decision_reason),
                    "duplicate_finding": self.name,
                }
            ).insert(ignore_permissions=True)
            drafted.append(change.name)
        return drafted

    def take_back_drafts(self):
        """The decision is taken back: drafts nobody proposed go with it; what was approved is named."""
        for change in frappe.get_all(
            "Registry Change",
            filters={"duplicate_finding": self.name, "status": ["not in", ["Rejected", "Cancelled"]]},
            fields=["name", "status"],
        ):
            if change.status != "Draft":
                frappe.throw(
                    _("{0} came from this decision and is {1}: reject or cancel it first").format(
                        frappe.bold(change.name), _(change.status)
                    ),
                    ChangeNotAllowedError,
                )
            frappe.delete_doc("Registry Change", change.name, ignore_permissions=True)

    def tell(self, drafted: list[str]):
        """What is left to do."""
        steps = [
            _("Drafted: {0}. Propose it; somebody else approves it.").format(name) for name in drafted
        ] or [_("The record that ends draws nothing from that month on.")]
        steps.append(_("What was paid twice for months from then on comes up as a recovery case in the next run."))
        stays = self.other_beneficiary if self.record_ends == "First Record" else self.beneficiary
        drawn = reading.schemes((self.ending, stays))
        only_here = sorted(drawn.get(self.ending, set()) - drawn.get(stays, set()) - {""})
        if only_here:
            steps.append(
                _("{0} was drawn on the record that ends only: where it is due, grant it on the other one.").format(
                    ", ".join(only_here)
                )
            )
        items = "".join(f"<li>{frappe.utils.escape_html(step)}</li>" for step in steps)
        frappe.msgprint(f"<ul>{items}</ul>", title=_("Same Person"))
