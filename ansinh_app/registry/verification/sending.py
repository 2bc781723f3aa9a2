"""A list out to the police: everyone on it counts as asked for, and the workbook is written and kept."""

import frappe
from frappe import _
from frappe.utils import nowdate

from ansinh_app.core.identity.answers import WORDS
from ansinh_app.exceptions import VerificationError
from ansinh_app.registry.verification import answers, protected, requests, standing
from ansinh_app.utils.printing import office_paper, say, say_value
from ansinh_app.utils.sealed_numbers import opened

_CHUNK = 500


def send(request_list) -> int:
    """Mark every request of a draft list as asked for today, and attach the workbook; returns how many.

    Raises VerificationError for a list that is empty or was sent.
    """
    if request_list.status != "Draft":
        frappe.throw(
            _("{0} was sent already. Make a new list for other people.").format(
                frappe.bold(request_list.name)
            ),
            VerificationError,
        )
    rows = _rows(request_list.name)
    if not rows:
        frappe.throw(_("Nobody is in the list: press Collect People first."), VerificationError)
    day = nowdate()
    due = request_list.due_on or requests.due_on(day)
    table = frappe.qb.DocType("Identity Verification")
    (
        frappe.qb.update(table)
        .set(table.status, "Requested")
        .set(table.requested_on, day)
        .set(table.due_on, due)
        .set(table.modified, frappe.utils.now())
        .set(table.modified_by, frappe.session.user)
        .where(table.verification_list == request_list.name)
        .where(table.status == "Draft")
    ).run()
    for doctype, link in standing.LINKS.items():
        standing.refresh(doctype, [row[link] for row in rows])
    request_list.update({"sent_on": day, "due_on": due, "status": "Sent", "row_count": len(rows)})
    request_list.list_file = _attach(request_list, f"{request_list.name}.xlsx", workbook(request_list, rows))
    answers.save(request_list)
    answers.recount(request_list.name)
    return len(rows)


def workbook(request_list, rows: list | None = None) -> bytes:
    """The numbered list as the police get it: only the columns of the result can be written."""
    rows = _rows(request_list.name) if rows is None else rows
    unit = frappe.db.get_value("Administrative Unit", request_list.administrative_unit, "unit_name") or ""
    office = frappe.get_cached_doc("Paying Office", request_list.office) if request_list.office else None
    paper = office_paper(office, frappe.utils.getdate(request_list.sent_on or nowdate())) if office else {}
    place = f"{unit}, {request_list.village}" if request_list.village else unit
    return protected.write(
        heading=(paper.get("parent_body") or "", paper.get("office_name") or unit.upper(), paper.get("dated") or ""),
        title=say("LIST OF PERSONS FOR VERIFICATION OF IDENTITY"),
        place=say("{0} · List No. {1} · {2} persons").format(place, request_list.name, len(rows)),
        hint=say("Fill in only the white columns: the result for everyone, and what differs. Do not delete the code."),
        columns=columns(),
        rows=[_cells(row) for row in rows],
        signatures=(say("PREPARED BY"), say("POLICE OF THE COMMUNE")),
    )


def columns() -> list[protected.Column]:
    """The columns in their order; what can be written has a kind of its own."""
    column = protected.Column
    return [
        column("STT", 5, group=say("As sent")),
        column(say("Code"), 15),
        column(say("Full Name"), 20),
        column(say("Date of Birth"), 11),
        column(say("Sex"), 6),
        column(say("Personal ID Number"), 14),
        column(say("CMND, birth certificate"), 11),
        column(say("Village, address"), 16),
        column(say("To Look At"), 15),
        column(say("Result"), 12, kind="choice", choices=tuple(WORDS.values()), group=say("Police verification")),
        column(say("Full name as found (right)"), 18, kind="text"),
        column(say("Birth as found (right)"), 11, kind="text", hint=say("As 31/12/1950, 12/1950 or 1950")),
        column(say("Sex as found (right)"), 7, kind="choice", choices=(say_value("Male"), say_value("Female"))),
        column(say("Personal ID as found (right)"), 14, kind="digits", hint=say("12 digits")),
        column(say("Day of death"), 11, kind="date"),
        column(say("Moved to (place)"), 15, kind="text"),
        column(say("Day of moving"), 11, kind="date"),
        column(say("Note"), 14, kind="text"),
    ]


def _cells(row) -> list:
    return [
        row.row_no, row.name, row.full_name, row.birth_shown, say_value(row.sex), row.personal_id,
        _joined(row.old_id, row.birth_certificate_no), _joined(row.village, row.address), row.doubt,
    ]  # fmt: skip


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _rows(name: str) -> list:
    rows = frappe.get_all(
        "Identity Verification",
        filters={"verification_list": name, "status": ["!=", "Withdrawn"]},
        fields=[
            "name", "row_no", "beneficiary", "representative", "full_name", "birth_shown", "sex", "personal_id",
            "old_id", "birth_certificate_no", "village", "address", "doubt",
        ],
        order_by="row_no",
    )  # fmt: skip
    return opened(rows)


def _attach(document, file_name: str, content: bytes) -> str:
    file = frappe.get_doc(
        {
            "doctype": "File", "file_name": file_name, "content": content, "is_private": 1,
            "attached_to_doctype": document.doctype, "attached_to_name": document.name,
            "attached_to_field": "list_file",
        }
    )  # fmt: skip
    return file.insert(ignore_permissions=True).file_url
