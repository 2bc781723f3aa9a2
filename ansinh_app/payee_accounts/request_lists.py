"""Requests out to a provider in its layout, and its answer back: every row applied or listed."""

import frappe
from frappe import _
from frappe.utils import nowdate

from ansinh_app.core import account_answers
from ansinh_app.core.errors import BadFile, BadTable
from ansinh_app.core.sealed_numbers import fitting
from ansinh_app.exceptions import AccountRequestError, AnSinhError, ResultFileError
from ansinh_app.payee_accounts import list_counts
from ansinh_app.payouts import files, results
from ansinh_app.setup.providers import REQUESTS
from ansinh_app.utils import workbooks
from ansinh_app.utils.sealed_numbers import opened


def problems() -> dict[str, str]:
    """Why a row was not applied, as a clerk reads it."""
    return {
        "no_status": _("The row does not say whether the account was opened"),
        "no_account": _("The account number is missing or cannot be right"),
        "repeated_row": _("The request stands in the file already"),
        "id_differs": _("The ID number is not the holder's"),
        "several_candidates": _("Several requests fit this row"),
        "no_such_request": _("No request of this list fits this row"),
    }


def send(request_list) -> int:
    """Write the file of every confirmed request of the list's office and provider, and mark them sent.

    Sent once: a list that was sent keeps its requests and its file. Raises AccountRequestError where
    nothing is confirmed. Returns how many it holds.
    """
    if request_list.status != "Draft":
        frappe.throw(
            _("{0} was sent already. Make a new list for new requests.").format(
                frappe.bold(request_list.name)
            ),
            AccountRequestError,
        )
    filters = {
        "office": request_list.office,
        "provider": request_list.provider,
        "status": "Confirmed",
        "request_kind": ["!=", "Existing Account"],
    }
    if request_list.campaign:
        filters["campaign"] = request_list.campaign
    names = frappe.get_all(
        "Account Request",
        filters=filters,
        order_by="administrative_unit, village, full_name, name",
        pluck="name",
    )
    if not names:
        frappe.throw(
            _("No confirmed request waits for {0}.").format(frappe.bold(request_list.provider)),
            AccountRequestError,
        )
    requests = []
    for number, name in enumerate(names, start=1):
        request = frappe.get_doc("Account Request", name)
        request.update(
            {"status": "Sent", "request_list": request_list.name, "contract": request_list.contract}
        )
        request.save()
        requests.append(request)
        if number % 50 == 0 or number == len(names):
            frappe.publish_progress(
                number * 100 / len(names), title=_("Write List and Send"), doctype=request_list.doctype,
                docname=request_list.name,
            )  # fmt: skip
    file_name, content = build(request_list, requests)
    file = frappe.get_doc(
        {
            "doctype": "File", "file_name": file_name, "content": content, "is_private": 1,
            "attached_to_doctype": request_list.doctype, "attached_to_name": request_list.name,
            "attached_to_field": "request_file",
        }
    ).insert(ignore_permissions=True)  # fmt: skip
    request_list.update(
        {
            "status": "Sent", "sent_on": nowdate(), "request_count": len(requests), "request_file": file.file_url,
            "waiting": len(requests),
        }
    )  # fmt: skip
    _save(request_list)
    return len(requests)


def build(request_list, requests: list) -> tuple[str, bytes]:
    """File name and bytes of the list in the provider's layout; nothing of a benefit's category is in it."""
    own = files.layouts(request_list.provider, "request_profile")
    layout = own[0] if own else frappe.get_doc("Provider File Profile", REQUESTS)
    rows, context = rows_and_context(request_list, requests)
    try:
        (part,) = files.write_parts(layout, rows, context, request_list.name)
    except BadFile as error:
        files.refuse(request_list.name, error)
    return part.file_name, part.content


def rows_and_context(request_list, requests: list) -> tuple[list[dict], dict]:
    """The requests as the columns of a layout name them, and what its title may say of the list."""
    provider = frappe.db.get_value("Payment Service Provider", request_list.provider, "provider_name")
    context = {
        "office": frappe.db.get_value("Paying Office", request_list.office, "office_name"),
        "list": request_list.name,
        "provider_name": provider,
    }
    units = dict(frappe.get_all("Administrative Unit", fields=["name", "unit_name"], as_list=True))
    rows = [
        row_of(request, units) | {"line_no": str(number)} for number, request in enumerate(requests, start=1)
    ]
    return rows, context


def row_of(request, units: dict) -> dict:
    """A request as the columns of a layout name it."""
    return {
        "request_ref": request.name,
        "holder_name": request.holder_name,
        "holder_name_ascii": request.holder_name,
        "holder_birth": request.holder_birth or "",
        "holder_sex": request.holder_sex or "",
        "holder_id": request.holder_id or "",
        "holder_phone": request.holder_phone or "",
        "holder_address": request.holder_address or "",
        "holder_type": _(request.holder_type, lang="vi"),
        "beneficiary_name": request.full_name,
        "full_name": request.full_name,
        "commune": units.get(request.administrative_unit, ""),
        "village": request.village or "",
        "account_no": request.account_no or "",
        "account_name": "",
        "answer": "",
        "reason": "",
        "blank": "",
    }


def answer(request_list) -> dict[str, int]:
    """Apply the provider's file: opened accounts and rejections by row; what fits nothing is listed.

    The same file again changes nothing; partial files may follow one another. Raises ResultFileError
    where the file holds no such table.
    """
    if not request_list.answer_file:
        frappe.throw(_("Attach the provider's answer first."), ResultFileError)
    content = results.read_file(request_list.answer_file)
    answers = _answers(content, request_list)
    requests = {
        row.name: row
        for row in opened(
            frappe.get_all(
                "Account Request",
                filters={"request_list": request_list.name},
                fields=["name", "status", "holder_id", "holder_name", "full_name", "account_no"],
                order_by="name",
            )
        )
    }
    asked = [
        account_answers.Asked(row.name, row.holder_id or "", row.holder_name or row.full_name)
        for row in requests.values()
    ]
    matching = account_answers.match(asked, answers)
    texts = problems()
    listed = [(found, texts[reason]) for found, reason in matching.unmatched]
    for one, found in matching.matched:
        problem = _apply_one(requests[one.ref], found)
        if problem:
            listed.append((found, problem))
    request_list.set("rows", [])
    for found, reason in sorted(listed, key=lambda pair: pair[0].row):
        request_list.append(
            "rows",
            {
                "row_no": found.row, "request_ref": found.ref[:140], "account_no": fitting(found.account_no),
                "account_name": found.account_name[:140], "status": found.status, "reason": reason,
            },
        )  # fmt: skip
    counts = list_counts.of_list(request_list.name) | {"unmatched": len(listed)}
    request_list.update(counts)
    request_list.status = list_counts.status_of(counts)
    _save(request_list)
    return counts


def _apply_one(row, found) -> str:
    """Apply one answer to its request; what kept it from being applied, "" where it was or was before."""
    done = row.status in ("Opened", "Handed Over")
    if found.status == account_answers.OPENED and done:
        return "" if row.account_no == found.account_no else _("The request has another account already")
    if found.status == account_answers.REJECTED and row.status == "Rejected":
        return ""
    if row.status != "Sent":
        return _("The request is {0}: decide by hand").format(_(row.status))
    request = frappe.get_doc("Account Request", row.name)
    if found.status == account_answers.OPENED:
        request.update(
            {"account_no": found.account_no, "account_name": found.account_name or request.holder_name}
        )
    else:
        request.rejected_reason = found.reason or _("The provider gave no reason")
    request.status = found.status
    request.flags.by_list = True
    frappe.db.savepoint("account_answer")
    try:
        request.save()
    except AnSinhError as error:
        frappe.db.rollback(save_point="account_answer")
        frappe.clear_last_message()
        return frappe.utils.strip_html(str(error))
    return ""


def _answers(content: bytes, request_list) -> list:
    """The answers in the first sheet that holds some, by the provider's layouts and by usual headers."""
    layouts = files.layouts(request_list.provider, "answer_profile", "request_profile")
    default = next(filter(None, map(files.missing_status, layouts)), "")
    profiles = [files.profile_of(one) for one in layouts]
    for _sheet, grid in workbooks.read_workbook(content, request_list.answer_file):
        try:
            found = account_answers.parse(grid, profiles, default)
        except BadTable:
            continue
        if found:
            return found
    frappe.throw(
        _("No answer was found in the file: it needs a header row with request, account and result."),
        ResultFileError,
    )


def _save(request_list) -> None:
    request_list.flags.by_step = True
    request_list.save(ignore_permissions=True)
