"""Payment Move: many people from cash to their accounts, or back to cash with a reason, in one step."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from ansinh_app.core.names import search_key
from ansinh_app.exceptions import AnSinhError, PayeeError
from ansinh_app.payee_accounts import paying, payment_method
from ansinh_app.permissions import check_office
from ansinh_app.registry.units import unit_tree
from ansinh_app.utils import actions, steps

TO_ACCOUNT = "To the Account"
# Longer lists are carried out in the background.
AT_ONCE = 50
RUN_SECONDS = 3600
_SET_BY_STEPS = ("status", "moved", "done_on", "done_by")


class PaymentMove(Document):
    def validate(self):
        check_office(self.office)
        self.keep_what_steps_set()
        self.set_people()
        if self.direction != TO_ACCOUNT and not self.cash_reason:
            frappe.throw(_("Say why these people are paid in cash: choose one of the reasons."), PayeeError)
        if self.direction == TO_ACCOUNT:
            self.cash_reason = None
        if not self.title:
            unit = frappe.db.get_value("Administrative Unit", self.administrative_unit, "unit_name")
            self.title = ", ".join(filter(None, (_(self.direction), unit or self.office, self.village)))[:140]

    def keep_what_steps_set(self):
        """A form or a REST client may send these; only carrying out sets them, and what was carried out stays."""
        if self.flags.by_step:
            return
        before = steps.keep(self, _SET_BY_STEPS)
        for row in self.rows:
            row.result = row.remark = None
        if before and before.status != "Draft":
            frappe.throw(_("{0} was carried out: make a new one.").format(frappe.bold(self.name)), PayeeError)

    def set_people(self):
        """People of the office, each once."""
        seen = set()
        for row in self.rows:
            person = frappe.db.get_value(
                "Beneficiary", row.beneficiary, ["full_name", "village", "office"], as_dict=True
            )
            if row.beneficiary in seen or not person or person.office != self.office:
                frappe.throw(
                    _("Row {0}: {1} stands here already or belongs to another office.").format(
                        row.idx, frappe.bold(row.full_name or row.beneficiary)
                    ),
                    PayeeError,
                )
            seen.add(row.beneficiary)
            row.full_name, row.village = person.full_name, person.village

    def need_draft(self):
        if self.status != "Draft":
            frappe.throw(_("{0} was carried out: make a new one.").format(frappe.bold(self.name)), PayeeError)


def people_to_move(move) -> list[str]:
    """Who draws a benefit the other way than the move's, in its office, commune and village; by village and name."""
    entitlement, person = frappe.qb.DocType("Entitlement"), frappe.qb.DocType("Beneficiary")
    other = (
        entitlement.payment_method == "Cash"
        if move.direction == TO_ACCOUNT
        else entitlement.payment_method != "Cash"
    )
    query = (
        frappe.qb.from_(entitlement)
        .join(person)
        .on(person.name == entitlement.beneficiary)
        .select(person.name, person.village, person.search_name)
        .distinct()
        .where((entitlement.docstatus == 1) & entitlement.effective_to.isnull() & other)
        .where((person.office == move.office) & person.deceased_on.isnull())
    )
    if move.administrative_unit:
        query = query.where(
            person.administrative_unit.isin(sorted(unit_tree().area(frozenset([move.administrative_unit]))))
        )
    rows = query.run(as_dict=True)
    if move.village:
        rows = [row for row in rows if search_key(row.village or "") == search_key(move.village)]
    rows.sort(key=lambda row: (search_key(row.village or ""), row.search_name or "", row.name))
    return [row.name for row in rows]


@frappe.whitelist(methods=["POST"])
def fill(doc: str | dict) -> dict:
    """Action: adds everyone of the commune (or village) who is not paid that way yet."""
    move = actions.stored(doc, "Payment Move")
    move.need_draft()
    known = {row.beneficiary for row in move.rows}
    for name in people_to_move(move):
        if name not in known:
            move.append("rows", {"beneficiary": name})
    move.save()
    return move.as_dict()


@frappe.whitelist(methods=["POST"])
def carry_out(doc: str | dict) -> dict:
    """Action: moves each person of the list; long lists in the background. Each row says what became of it."""
    move = actions.stored(doc, "Payment Move")
    move.need_draft()
    frappe.has_permission("Entitlement", "submit", throw=True)
    if not move.rows:
        frappe.throw(_("Nobody is on the list yet: add people first."), PayeeError)
    if len(move.rows) <= AT_ONCE:
        run(move)
        return move.as_dict()
    move.db_set("status", "Running")
    job = "ansinh_app.payee_accounts.doctype.payment_move.payment_move.in_background"
    actions.later(job, RUN_SECONDS, payment_move=move.name)
    frappe.msgprint(_("The move has started. You can leave this page."), title=_("Payment Move"))
    return move.reload().as_dict()


def run(move) -> None:
    """Move each person on the list; one who cannot be moved keeps none of the others."""
    for number, row in enumerate(move.rows, start=1):
        frappe.db.savepoint("payment_move")
        try:
            row.result, row.remark = _one(move, row.beneficiary)
        except AnSinhError as error:
            frappe.db.rollback(save_point="payment_move")
            frappe.clear_last_message()
            row.result, row.remark = "Not Possible", frappe.utils.strip_html(str(error))
        if number % 20 == 0 or number == len(move.rows):
            frappe.publish_progress(
                number * 100 / len(move.rows),
                title=_("Payment Move"),
                doctype=move.doctype,
                docname=move.name,
            )
    steps.take(
        move,
        status="Done",
        moved=sum(row.result == payment_method.MOVED for row in move.rows),
        done_on=now_datetime(),
        done_by=frappe.session.user,
    )


def _one(move, beneficiary: str) -> tuple[str, str]:
    person = frappe.get_doc("Beneficiary", beneficiary)
    names = paying.running(beneficiary)
    if move.direction == TO_ACCOUNT:
        return payment_method.to_account(person, names)
    names = [one for one in names if frappe.db.get_value("Entitlement", one, "payment_method") != "Cash"]
    paying.pay_in_cash(names, person, move.cash_reason)
    return (payment_method.MOVED, "") if names else (payment_method.NOTHING, "")


def in_background(payment_move: str) -> None:
    """The queued move: whatever happens, the document says how it ended."""
    frappe.local.lang = frappe.db.get_value("User", frappe.session.user, "language") or "vi"
    move = frappe.get_doc("Payment Move", payment_move)
    move.check_permission("write")
    try:
        run(move)
    except Exception:
        frappe.db.rollback()
        frappe.log_error(title=f"Payment Move {payment_move}")
        move.reload().db_set("status", "Draft")
        move.add_comment("Info", _("The move stopped by an error of the system; nobody was moved."))
    frappe.db.commit()
