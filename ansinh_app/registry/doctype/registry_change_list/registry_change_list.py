"""Registry Change List: many increases, decreases and adjustments from one list, proposed together."""

import frappe
from frappe import _
from frappe.model.document import Document

from ansinh_app.exceptions import ImportStateError
from ansinh_app.registry.change_lists import course
from ansinh_app.registry.offices import office_of
from ansinh_app.registry.people import first_of_month
from ansinh_app.utils import actions

# Longer lists are proposed in the background.
_AT_ONCE = 200
_SECONDS = 3600
_TERMS = (
    "file",
    "administrative_unit",
    "office",
    "change_type",
    "effective_month",
    "occurred_on",
    "category",
    "new_unit",
    "decision_no",
    "decision_date",
    "reason",
)


class RegistryChangeList(Document):
    def validate(self):
        self.effective_month = first_of_month(self.effective_month)
        self.set_place()
        self.validate_source()
        self.validate_unchanged()
        self.ask_for_a_new_check()
        place = self.administrative_unit and frappe.db.get_value(
            "Administrative Unit", self.administrative_unit, "unit_name"
        )
        self.title = f"{_('Changes', lang='vi')} {place or self.office}"[:140]

    def on_trash(self):
        if frappe.db.exists("Registry Change", {"change_list": self.name}):
            frappe.throw(
                _("Changes were proposed by {0}: it stays with them").format(frappe.bold(self.name)),
                ImportStateError,
            )
        frappe.db.delete("Registry Change List Row", {"change_list": self.name})

    def set_place(self):
        """Left empty, the place is that of the people chosen, and the office the one that pays there."""
        if not self.administrative_unit and not self.office and self.people:
            chosen = [row.beneficiary for row in self.people]
            found = frappe.get_all(
                "Beneficiary", filters={"name": ["in", chosen]}, fields=["administrative_unit", "office"]
            )
            units, offices = ({row[key] for row in found} for key in ("administrative_unit", "office"))
            self.administrative_unit = units.pop() if len(units) == 1 else None
            self.office = offices.pop() if len(offices) == 1 else None
        if not self.office and self.administrative_unit:
            self.office = office_of(self.administrative_unit)
        if not self.office:
            frappe.throw(_("Choose the commune, or the paying office"), ImportStateError)

    def validate_source(self):
        if bool(self.file) == bool(self.people):
            frappe.throw(_("Attach a workbook, or choose people: one of the two"), ImportStateError)
        seen = set()
        for row in self.people:
            if row.beneficiary in seen:
                frappe.throw(
                    _("Row {0}: {1} stands here twice").format(row.idx, frappe.bold(row.full_name)),
                    ImportStateError,
                )
            seen.add(row.beneficiary)

    def validate_unchanged(self):
        """What was proposed stays with its result; another list is another document."""
        before = self.get_doc_before_save()
        if before and before.status in ("Running", "Proposed") and _said(before) != _said(self):
            frappe.throw(
                _("{0} has proposed its changes: make a new list for others").format(frappe.bold(self.name)),
                ImportStateError,
            )

    def ask_for_a_new_check(self):
        before = self.get_doc_before_save()
        if not before or self.flags.by_list or before.status not in ("Checked", "Undone", "Failed"):
            return
        if _said(before) != _said(self):
            self.status = "Draft"


def _said(doc) -> tuple:
    """Everything a check rests on."""
    terms = tuple(str(doc.get(field) or "") for field in _TERMS)
    people = tuple(row.beneficiary for row in doc.people)
    return terms, people, tuple((row.sheet, row.place, row.meaning or "") for row in doc.columns)


@frappe.whitelist(methods=["POST"])
def check_list(doc: str | dict) -> dict:
    """Action: who and what each row means; nothing is written. `doc`: the document as JSON."""
    doc = actions.stored(doc, "Registry Change List")
    course.refuse_while_running(doc)
    if doc.status == "Proposed":
        frappe.throw(
            _("{0} has proposed its changes: make a new list for others").format(frappe.bold(doc.name)),
            ImportStateError,
        )
    counts = course.check(doc)
    message = _("{0} changes can be proposed, {1} are known already, {2} rows go back. Look at the rows.")
    return _answer(doc, message.format(counts["rows_ready"], counts["rows_known"], counts["rows_rejected"]))


@frappe.whitelist(methods=["POST"])
def propose_changes(doc: str | dict) -> dict:
    """Action: propose what was checked, all of it or nothing. `doc`: the document as JSON."""
    doc = actions.stored(doc, "Registry Change List")
    course.refuse_while_running(doc)
    if doc.status != "Checked":
        frappe.throw(
            _("Check the list first: nothing is proposed before you have seen what it says."),
            ImportStateError,
            title=_("Not Checked Yet"),
        )
    if doc.rows_ready > _AT_ONCE:
        doc.db_set("status", "Running")
        actions.later("ansinh_app.registry.change_lists.course.in_background", _SECONDS, change_list=doc.name)
        return _answer(
            doc, _("Proposing {0} changes has started. You can leave this page.").format(doc.rows_ready)
        )
    counts = course.propose(doc)
    return _answer(
        doc, _("{0} changes were proposed. Somebody else approves them.").format(counts["rows_ready"])
    )


@frappe.whitelist(methods=["POST"])
def approve_all(doc: str | dict) -> dict:
    """Action: approve what waits; what you proposed yourself stays. `doc`: the document as JSON."""
    doc = actions.stored(doc, "Registry Change List", "read")
    if not frappe.has_permission("Registry Change", "submit"):
        frappe.throw(_("The paying office approves changes."), frappe.PermissionError)
    if course.waiting(doc) > _AT_ONCE:
        actions.later("ansinh_app.registry.change_lists.course.approve_in_background", _SECONDS, change_list=doc.name)
        return _answer(doc, _("The approval has started. You can leave this page."))
    result = course.approve(doc)
    lines = [_("{0} changes were approved.").format(len(result["approved"]))]
    lines += [f"{name}: {frappe.utils.escape_html(reason)}" for name, reason in result["refused"]]
    frappe.msgprint(
        "<br>".join(lines), title=_("Approval"), indicator="orange" if result["refused"] else "green"
    )
    return {**doc.as_dict(), **result}


@frappe.whitelist(methods=["POST"])
def undo_list(doc: str | dict) -> dict:
    """Action: take the proposals back, and the approved ones while nothing rests on them. `doc`: as JSON."""
    doc = actions.stored(doc, "Registry Change List")
    course.refuse_while_running(doc)
    taken = course.undo(doc)
    message = _("The list was undone: {0} proposals taken back, {1} approved changes cancelled.")
    return _answer(doc, message.format(taken["rejected"], taken["cancelled"]))


def _answer(doc, message: str) -> dict:
    doc.reload()
    frappe.msgprint(message, alert=True)
    return doc.as_dict()
