"""The police's answer taken in: by file, row by row with a reason for each that is not taken, or for all the rest."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.errors import BadTable
from ansinh_app.core.identity import answers as sheet
from ansinh_app.core.identity import verification
from ansinh_app.exceptions import AnSinhError, VerificationError
from ansinh_app.payouts import results
from ansinh_app.registry.people import birth, known_provinces
from ansinh_app.registry.verification import standing
from ansinh_app.utils import workbooks
from ansinh_app.utils.sealed_numbers import opened

_CHUNK = 500


def problems() -> dict[str, str]:
    """Why a row was not taken, and what would be, as a clerk reads it."""
    return {
        "no_result": _("The result is missing: choose one of the list"),
        "unknown_result": _("The result is none of the list: Đúng, Sai lệch, Không tìm thấy, Đã chết, Đã chuyển đi"),
        "says_verified_but_differs": _("It says right, and yet names a difference: choose the result that fits"),
        "says_differs_but_names_nothing": _("It says different, and does not say what: enter the right value"),
        "no_day_of_death": _("The day of death is missing"),
        "death_in_future": _("The day of death lies in the future"),
        "death_before_birth": _("The day of death lies before the birth"),
        "no_place_moved_to": _("It does not say where the person moved to"),
        "moved_in_future": _("The day of moving lies in the future"),
        "birth_in_future": _("The birth lies in the future"),
        "bad_personal_id": _("The personal ID of the police cannot be right: 12 digits are expected"),
        "bad_found_birth": _("The birth of the police is no date: write 31/12/1950, 12/1950 or 1950"),
        "bad_died_on": _("The day of death is no day: write 31/12/2025"),
        "bad_moved_on": _("The day of moving is no day: write 31/12/2025"),
        "bad_sex": _("The sex of the police is none: write Nam or Nữ"),
        "no_such_row": _("Nobody of this list has this code or ID"),
        "not_sure": _("Running number and ID do not go together: the rows were moved, or it is another list"),
        "id_differs": _("The personal ID in the row is not the one that was sent: a cell was written over"),
        "name_differs": _("The name in the row is not the one that was sent: a cell was written over"),
        "repeated_row": _("The row stands in the file twice, with two answers"),
        "answered_otherwise": _("It was answered otherwise before: press Ask Again there if the new answer is right"),
        "withdrawn": _("The request was withdrawn"),
    }


def apply_file(request_list) -> dict[str, int]:
    """Take the attached answer in; a file again, or a part of it, changes nothing that was taken.

    Rows without a result wait. Raises VerificationError where the file holds no such table.
    """
    if not request_list.answer_file:
        frappe.throw(_("Attach the answer of the police first."), VerificationError)
    said = _read(request_list.answer_file)
    requests = _requests(request_list.name)
    asked = [sheet.Asked(row.name, int(row.row_no or 0), standing.identity_of(row)) for row in requests.values()]
    matching = sheet.match(asked, said)
    texts, today = problems(), getdate(nowdate())
    listed = [(answer, texts[code]) for answer, code in matching.unmatched]
    right: list[str] = []
    by = request_list.verified_by or _police_of(request_list)
    for one, answer in matching.matched:
        row = requests[one.ref]
        code = verification.problem(one.identity, answer.found, today) or _refused(row, one, answer.found)
        if code:
            listed.append((answer, texts[code]))
        elif row.status == "Requested" and answer.found.result == verification.VERIFIED:
            right.append(row.name)
        elif row.status == "Requested":
            problem = _report(row.name, answer, by)
            if problem:
                listed.append((answer, problem))
    confirm(right, by)
    request_list.reload()
    request_list.set("rows", [])
    for answer, reason in sorted(listed, key=lambda pair: pair[0].row)[:1000]:
        request_list.append(
            "rows",
            {
                "row_no": answer.row, "ref": answer.ref[:140], "number": str(answer.number or ""),
                "full_name": answer.full_name[:140], "result": answer.said[:140], "reason": reason,
            },
        )  # fmt: skip
    request_list.unmatched = len(listed)
    save(request_list)
    return recount(request_list.name) | {"unmatched": len(listed)}


def confirm_rest(request_list) -> int:
    """Everyone of the list without an answer counts as verified; returns how many."""
    rows = frappe.get_all(
        "Identity Verification",
        filters={"verification_list": request_list.name, "status": "Requested"},
        pluck="name",
    )
    confirm(rows, request_list.verified_by or _police_of(request_list))
    recount(request_list.name)
    return len(rows)


def confirm(names: list[str], verified_by: str) -> None:
    """Mark requests the police have as verified, set-based, and with them their people."""
    table = frappe.qb.DocType("Identity Verification")
    people: dict[str, list[str]] = {"Beneficiary": [], "Representative": []}
    for start in range(0, len(names), _CHUNK):
        chunk = names[start : start + _CHUNK]
        (
            frappe.qb.update(table)
            .set(table.status, "Verified")
            .set(table.result, verification.VERIFIED)
            .set(table.verified_by, verified_by)
            .set(table.answered_on, nowdate())
            .set(table.answered_by, frappe.session.user)
            .set(table.modified, frappe.utils.now())
            .set(table.modified_by, frappe.session.user)
            .where(table.name.isin(chunk))
            .where(table.status == "Requested")
        ).run()
        for row in frappe.get_all(
            "Identity Verification",
            filters={"name": ["in", chunk]},
            fields=list(standing.LINKS.values()),
        ):
            for doctype, link in standing.LINKS.items():
                if row[link]:
                    people[doctype].append(row[link])
    for doctype, members in people.items():
        standing.refresh(doctype, members)


def recount(name: str) -> dict[str, int]:
    """What a list shows of its answers; returns the counts."""
    rows = frappe.get_all(
        "Identity Verification",
        filters={"verification_list": name},
        fields=["status", "result", "count(name) as total"],
        group_by="status, result",
    )
    sent = frappe.db.get_value("Identity Verification List", name, "sent_on")
    counts = {"row_count": 0, "verified": 0, "differing": 0, "waiting": 0}
    for row in rows:
        if row.status == "Withdrawn":
            continue
        counts["row_count"] += row.total
        kind = {"Verified": "verified", "To Decide": "differing", "Settled": "differing"}.get(row.status, "waiting")
        counts[kind] += row.total
    if not sent:
        counts["waiting"] = 0
    answered = counts["verified"] + counts["differing"]
    status = "Draft" if not sent else "Sent"
    if sent and answered:
        status = "Partly Answered" if counts["waiting"] else "Answered"
    frappe.db.set_value("Identity Verification List", name, {**counts, "status": status}, update_modified=False)
    return counts


def save(request_list) -> None:
    """A step writes what a form may not."""
    request_list.flags.by_step = True
    request_list.flags.ignore_permissions = True
    request_list.save()
    request_list.flags.by_step = request_list.flags.ignore_permissions = False


def _read(file_url: str) -> list[sheet.Answer]:
    found, tables = [], 0
    for _name, grid in workbooks.read_workbook(results.read_file(file_url), file_url.rsplit("/", 1)[-1]):
        try:
            found += sheet.parse(grid, known_provinces())
            tables += 1
        except BadTable:
            continue
    if not tables:
        frappe.throw(
            _("The file has no table with a column for the result (Kết quả) and one for the code or the ID. "
              "Fill in the list that was sent, and attach that."),
            VerificationError,
        )  # fmt: skip
    return found


def _requests(name: str) -> dict[str, frappe._dict]:
    rows = frappe.get_all(
        "Identity Verification",
        filters={"verification_list": name},
        fields=[
            "name", "row_no", "status", *standing.FIELDS, "result", "found_full_name", "found_date_of_birth",
            "found_dob_precision", "found_sex", "found_personal_id", "died_on", "moved_to", "moved_to_unit",
            "moved_on",
        ],
        order_by="row_no",
    )  # fmt: skip
    return {row.name: row for row in opened(rows)}


def _refused(row, one: sheet.Asked, found: verification.Found) -> str:
    """Why a row that was answered or withdrawn before does not take this answer; "" where it is the same one."""
    if row.status == "Requested":
        return ""
    if row.status in ("Draft", "Withdrawn"):
        return "withdrawn"
    before = standing.found_of(row)
    same = before.result == found.result and verification.same_identity(
        verification.confirmed(one.identity, before), verification.confirmed(one.identity, found)
    )
    return "" if same and before.died_on == found.died_on else "answered_otherwise"


def _report(name: str, answer: sheet.Answer, by: str) -> str:
    """Take one differing answer in through its document; what kept it from being taken, as text."""
    found = answer.found
    frappe.db.savepoint("identity_answer")
    try:
        request = frappe.get_doc("Identity Verification", name)
        request.update(
            {
                "status": "To Decide", "result": found.result, "found_full_name": found.full_name,
                "found_birth": birth(found.born, found.precision) or None, "found_sex": found.sex,
                "found_personal_id": found.personal_id, "died_on": found.died_on, "moved_to": found.moved_to,
                "moved_on": found.moved_on, "note": answer.note or None, "verified_by": by,
            }
        )  # fmt: skip
        request.flags.by_step = request.flags.ignore_permissions = request.flags.in_list = True
        request.save()
    except AnSinhError as error:
        frappe.db.rollback(save_point="identity_answer")
        frappe.clear_last_message()
        return frappe.utils.strip_html(str(error))
    return ""


def _police_of(request_list) -> str:
    """Who answered where nobody is named: on the police's own screen the user, else the commune's police."""
    if "Police Officer" in frappe.get_roles() and frappe.session.user != "Administrator":
        return frappe.utils.get_fullname(frappe.session.user)
    unit = frappe.db.get_value("Administrative Unit", request_list.administrative_unit, "unit_name")
    return _("Police of {0}", lang="vi").format(unit or request_list.administrative_unit)
