"""What people say to rows of a result that differ from what was sent; nothing is settled before."""

import frappe
from frappe import _
from frappe.utils import now_datetime, today

from ansinh_app.core.ledger import CAME_BACK, FAILED, PAID
from ansinh_app.exceptions import ResultFileError
from ansinh_app.payouts import recoveries
from ansinh_app.payouts.reasons import reasons_of
from ansinh_app.payouts.rows import set_on_lines
from ansinh_app.payouts.run import lock_period

NOT_OURS, SETTLED, REVERSED, PAID_AFTER_ALL = (
    "Not Ours",
    "Settled With the Provider",
    "Reversed",
    "Paid After All",
)
# A row that stands in the file twice says nothing new.
HARMLESS = "repeated_row"
_MAY_ANSWER = ("Social Affairs Officer", "Social Affairs Manager")


def take(result, before) -> bool:
    """Carries out the answers written on a submitted result since `before`; refuses what cannot be answered.

    Returns whether a payout line changed by them.
    """
    corrected = False
    known = {row.name: row for row in before.rows}
    if set(known) != {row.name for row in result.rows}:
        frappe.throw(_("Rows of a result are neither added nor removed."), ResultFileError)
    for row in result.rows:
        old = known[row.name]
        same = (row.answer or "", row.answer_note or "") == (old.answer or "", old.answer_note or "")
        if same:
            row.answered_by, row.answered_on = old.answered_by, old.answered_on
            continue
        _check(row, old)
        row.answered_by, row.answered_on = frappe.session.user, now_datetime()
        if row.answer in (REVERSED, PAID_AFTER_ALL):
            _correct_line(result, row)
            corrected = True
    count(result)
    return corrected


def count(result) -> None:
    """How many rows still wait for an answer."""
    result.unanswered = sum(1 for row in result.rows if row.reason_code != HARMLESS and not row.answer)


def unanswered(period: str, receiver: str) -> dict[str, int]:
    """Result -> rows without an answer, among the results of the period's batches paid through the receiver."""
    result, batch = frappe.qb.DocType("Provider Result"), frappe.qb.DocType("Payout Batch")
    rows = (
        frappe.qb.from_(result)
        .join(batch)
        .on(result.batch == batch.name)
        .select(result.name, result.unanswered)
        .where(batch.period == period)
        .where(batch.receiver == receiver)
        .where(result.docstatus == 1)
        .where(result.unanswered > 0)
        .orderby(result.name)
        .run()
    )
    return {name: int(number) for name, number in rows}


def _check(row, old) -> None:
    if not set(_MAY_ANSWER) & set(frappe.get_roles()):
        frappe.throw(_("Only the office answers rows of a result."), frappe.PermissionError)
    if old.answer in (REVERSED, PAID_AFTER_ALL):
        frappe.throw(
            _("Row {0} was answered by {1} and its line changed: that answer stays.").format(
                row.row_no, frappe.bold(old.answered_by)
            ),
            ResultFileError,
        )
    if row.answer and not (row.answer_note or "").strip():
        frappe.throw(
            _("Row {0}: write under {1} what was found.").format(
                row.row_no, frappe.bold(_("What Was Found"))
            ),
            ResultFileError,
        )


def _correct_line(result, row) -> None:
    """The provider was wrong about a line: paid money came back, or money said to have come back was paid."""
    batch = frappe.db.get_value("Payout Batch", result.batch, ["name", "period", "receiver", "provider"], as_dict=True)
    lock_period(batch.period)
    _refuse_when_settled(batch)
    fields = ["name", "status", "beneficiary", "benefit", "recovery", "full_name", "office", "period"]
    line = row.line and frappe.db.get_value("Payout Line", row.line, fields, as_dict=True, for_update=True)
    wanted = (PAID,) if row.answer == REVERSED else tuple(CAME_BACK)
    if not line or line.status not in wanted:
        frappe.throw(
            _("Row {0}: {1} answers a row about a line that is {2}.").format(
                row.row_no, frappe.bold(_(row.answer)), ", ".join(_(status) for status in wanted)
            ),
            ResultFileError,
        )
    if row.answer == REVERSED:
        reason = (row.answer_note or "")[:140]
        values = {"status": FAILED, "failure_reason": reason, "failure_code": reasons_of(batch.provider).kind(reason)}
        set_on_lines([line.name], **values, paid_on=None)
    else:
        _refuse_when_carried_over(row, line)
        set_on_lines([line.name], status=PAID, failure_reason="", failure_code="", paid_on=today())
    told = _("{0}: {1} ({2}, row {3}): {4}").format(
        _(line.status), _(row.answer), result.name, row.row_no, row.answer_note
    )
    frappe.get_doc("Payout Line", line.name).add_comment("Info", frappe.utils.escape_html(told))
    if line.recovery:
        recoveries.refresh([line.beneficiary])


def _refuse_when_settled(batch) -> None:
    if frappe.db.get_value("Payout Period", batch.period, "status") == "Closed":
        frappe.throw(
            _("{0} is closed: reopen it before a line of it changes.").format(frappe.bold(batch.period)),
            ResultFileError,
        )
    filters = {"period": batch.period, "provider": batch.receiver, "docstatus": 1}
    settled = frappe.db.get_value("Settlement", filters, "name")
    if settled:
        frappe.throw(_("Cancel the settlement {0} first.").format(frappe.bold(settled)), ResultFileError)


def _refuse_when_carried_over(row, line) -> None:
    """What a later list carries over already would be paid a second time."""
    table, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    month = frappe.db.get_value("Payout Period", line.period, "month")
    batches = (
        frappe.qb.from_(table)
        .join(period)
        .on(table.period == period.name)
        .select(table.batch)
        .where(table.beneficiary == line.beneficiary)
        .where(table.benefit == line.benefit)
        .where(table.carried_over > 0)
        .where(table.status != "Cancelled")
        .where(period.month > month)
        .for_update()
        .run()
    )
    if batches:
        frappe.throw(
            _(
                "Row {0}: the money of {1} stands on {2} again, so it would be paid twice. "
                "Cancel or return it there first."
            ).format(
                row.row_no, frappe.bold(line.full_name), ", ".join(sorted({name for (name,) in batches}))
            ),
            ResultFileError,
        )
