"""A provider's result file applied to a batch: every row is matched or listed with its reason."""

import hashlib
from collections import Counter, defaultdict

import frappe
from frappe import _
from frappe.utils import now_datetime, today

from ansinh_app.core import bankfile, control_totals, failures
from ansinh_app.core.errors import BadTable
from ansinh_app.core.ledger import FAILED, PAID
from ansinh_app.core.money import as_dong
from ansinh_app.core.reconcile import Matching, SentLine, match
from ansinh_app.core.sealed_numbers import fitting
from ansinh_app.exceptions import ResultFileError
from ansinh_app.payee_accounts import closing, opening
from ansinh_app.payouts import answers, files, one_off, other_lists, recoveries, seal_book, sealing
from ansinh_app.payouts.reasons import Reasons, reasons_of
from ansinh_app.payouts.rows import set_each, set_on_batch, set_on_lines
from ansinh_app.payouts.run import lock_period
from ansinh_app.utils import workbooks

_OWN_COLUMNS = ("status", "payment_account", "beneficiary", "recovery")


def reasons() -> dict[str, str]:
    """Why a row found no line, as a clerk reads it."""
    return {
        "no_status": _("The row does not say whether it was paid"),
        "amount_differs": _("The amount is not the line's amount"),
        "account_differs": _("The account is not the line's account"),
        "conflicting_rows": _("Several rows of the file say different things about this line"),
        "repeated_row": _("The line stands in the file already"),
        "several_candidates": _("Several lines fit this row"),
        "no_such_line": _("No line of this batch fits this row"),
        "other_list": _("The row speaks of a line of another list"),
        "totals_differ": _("The file's own total is not what its rows come to"),
        "contradicts_earlier_result": _("The line already has another result; decide by hand"),
    }


def apply(result) -> None:
    """Sets the statuses of the batch's lines from the document's file and fills the document's counts.

    The same file, or the same rows again, changes nothing; partial files may follow one another. Lines
    already paid stay paid. The batch is completed when nothing sent is left without a result.
    """
    batch = frappe.get_doc("Payout Batch", result.batch)
    lock_period(batch.period)
    _check_batch(batch.name)
    content = read_file(result.file)
    result.file_hash = hashlib.sha256(content).hexdigest()
    rows, totals = _rows(batch, content, result.file)
    lines = sealing.batch_lines(batch.name, for_update=True, columns=(*files.LINE_COLUMNS, *_OWN_COLUMNS))
    by_ref = {line["name"]: line for line in lines}
    memos = files.memos(batch, lines)
    rows, others = other_lists.part(batch, rows, by_ref, memos)
    matching = match(
        [
            SentLine(
                line["name"],
                line["account_no"] or "",
                line["payee_name"],
                line["total"],
                line["status"],
                memos[line["name"]],
            )
            for line in lines
            if line["total"]
        ],
        rows,
    )
    for row in others:
        matching.reject(row, "other_list")
    matching.unmatched.sort(key=lambda item: item[0].row)
    meant = reasons_of(batch.provider)
    _write(matching.matched, meant)
    day = today()
    opening.note_first_credits(
        {
            by_ref[line.ref]["payment_account"]: day
            for line, row in matching.matched
            if row.status == PAID and by_ref[line.ref]["payment_account"]
        }
    )
    closing.close_returned(
        {
            account: row.reason
            for line, row in matching.matched
            if row.status != PAID
            and meant.kind(row.reason) == failures.ACCOUNT_CLOSED
            and (account := by_ref[line.ref]["payment_account"])
        },
        result.name or batch.name,
    )
    closing.block_what_keeps_coming_back(
        {
            account: meant.said(row.reason)
            for line, row in matching.matched
            if row.status == FAILED and (account := by_ref[line.ref]["payment_account"])
        },
        result.name or batch.name,
    )
    result.matched = len(matching.matched) + len(matching.unchanged)
    result.already_applied = len(matching.unchanged)
    result.paid = sum(1 for _line, row in matching.matched if row.status == PAID)
    result.failed = len(matching.matched) - result.paid
    result.paid_amount = sum(line.amount for line, row in matching.matched if row.status == PAID)
    result.unmatched = len(matching.unmatched)
    _list_unmatched(result, matching, [total for total in totals if not total.agrees])
    _note_totals(result, [*rows, *others], totals)
    refresh_batch(batch.name)
    people = {
        by_ref[line.ref]["beneficiary"] for line, row in matching.matched if by_ref[line.ref]["recovery"]
    }
    recoveries.refresh(sorted(people))


def send_lines(batch: str) -> None:
    """Planned lines are on their way; where recovery takes everything, nothing has to come back."""
    planned = _standing(batch, "beneficiary", "recovery", "total", "status")
    taken = {row[0] for row in planned if row[3] == "Planned" and row[1] and not row[2]}
    set_on_batch(batch, "Planned", with_money=True, status="Sent")
    set_on_batch(batch, "Planned", with_money=False, status="Paid", paid_on=today())
    refresh_batch(batch)
    recoveries.refresh(sorted(taken))


def _standing(batch: str, *columns: str) -> tuple:
    """These columns of the batch's lines, locked: what another answer has written meanwhile is seen."""
    table = frappe.qb.DocType("Payout Line")
    query = frappe.qb.from_(table).select(*(table[column] for column in columns))
    return query.where(table.batch == batch).for_update().run()


def read_file(file_url: str) -> bytes:
    """The bytes of an attached file the user may read. Raises ResultFileError when there is none."""
    for name in frappe.get_all("File", filters={"file_url": file_url}, pluck="name"):
        file = frappe.get_doc("File", name)
        if file.has_permission("read"):
            content = file.get_content()
            return content.encode() if isinstance(content, str) else content
    frappe.throw(_("The file {0} cannot be found.").format(frappe.bold(file_url)), ResultFileError)


def refresh_batch(batch: str) -> None:
    """Paid and unpaid sums of the batch from its lines; completed when no line waits for a result."""
    counts = defaultdict(lambda: [0, 0])
    for (status, total), number in Counter(_standing(batch, "status", "total")).items():
        counts[status][0] += number
        counts[status][1] += number * as_dong(total or 0)
    unpaid = [counts["Failed"][i] + counts["Uncollected"][i] for i in (0, 1)]
    values = {
        "paid_count": counts[PAID][0],
        "paid_amount": counts[PAID][1],
        "unpaid_count": unpaid[0],
        "unpaid_amount": unpaid[1],
    }
    if not counts["Sent"][0] and not counts["Planned"][0]:
        values["status"] = "Completed"
    frappe.db.set_value("Payout Batch", batch, values)
    one_off.refresh(batch)


def _check_batch(batch: str) -> None:
    # Read with a lock: another answer to the same batch may have been applied while this one waited.
    docstatus, status = frappe.db.get_value("Payout Batch", batch, ["docstatus", "status"], for_update=True)
    if docstatus != 1:
        frappe.throw(
            _("{0} is not approved, so nothing of it can have been paid.").format(frappe.bold(batch)),
            ResultFileError,
        )
    if status == "Approved":
        # The provider's answer proves that it has the file, whatever the office forgot to click.
        send_lines(batch)
        frappe.db.set_value("Payout Batch", batch, {"status": "Sent", "sent_on": now_datetime()})
        seal_book.note(batch, seal_book.SENT)


def _rows(
    batch, content: bytes, file_name: str
) -> tuple[list[bankfile.ResultRow], list[control_totals.Stated]]:
    """The rows of the first sheet that holds a result table, by the provider's layouts and usual headers; and what
    that sheet states of them."""
    layouts = files.layouts(batch.provider, "result_profile", "file_profile")
    default = next(filter(None, map(files.missing_status, layouts)), "")
    profiles = [files.profile_of(one) for one in layouts]
    for _sheet, grid in workbooks.read_workbook(content, file_name):
        try:
            rows = bankfile.parse_result(grid, profiles, default)
        except BadTable:
            continue
        if rows:
            column = bankfile.amount_column(grid, profiles)
            return rows, control_totals.stated(grid, column, rows)
    frappe.throw(
        _("No result table was found in the file: it needs a header row with account, amount and status."),
        ResultFileError,
    )


def _write(matched: list, meant: Reasons) -> None:
    """Set-based: lines with one outcome and reason together."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    notes: dict[str, str] = {}
    for line, row in matched:
        reason = "" if row.status == PAID else meant.said(row.reason)
        groups[(row.status, reason)].append(line.ref)
        if row.status == PAID and row.reason:
            notes[line.ref] = row.reason[:140]
    for (status, reason), names in groups.items():
        values = {
            "status": status,
            "failure_reason": reason,
            "failure_code": meant.kind(reason) if reason else "",
        }
        if status == PAID:
            values["paid_on"] = today()
        set_on_lines(names, **values)
    set_each("provider_reference", notes)


def _note_totals(result, rows: list[bankfile.ResultRow], totals: list[control_totals.Stated]) -> None:
    """What the file's rows come to, and what it states of them; of several totals one that does not agree."""
    result.row_count = len(rows)
    result.row_amount = sum(row.amount or 0 for row in rows)
    for fieldname, money in (("stated_count", False), ("stated_amount", True)):
        said = sorted((one for one in totals if one.is_money == money), key=lambda one: one.agrees)
        result.set(fieldname, said[0].number if said else 0)


def _list_unmatched(result, matching: Matching, totals: list[control_totals.Stated]) -> None:
    texts = reasons()
    result.set("rows", [])
    for row, reason in matching.unmatched:
        line = matching.about.get(row.row)
        result.append(
            "rows",
            {
                "row_no": row.row,
                "line_ref": row.line_ref[:140],
                "account_no": fitting(row.account_no),
                "payee_name": row.name[:140],
                "amount": row.amount or 0,
                "status": row.status,
                "reason": texts[reason],
                "reason_code": reason,
                "line": line.ref if line else None,
            },
        )
    for total in totals:
        result.append(
            "rows",
            {
                "row_no": total.row,
                "payee_name": total.label[:140],
                "amount": total.number,
                "reason": texts["totals_differ"],
                "reason_code": "totals_differ",
            },
        )
    answers.count(result)
