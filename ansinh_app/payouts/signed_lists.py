"""A cash list that comes back signed: the counter ticks its lines off, and they go the way of every result.

What was ticked becomes a result file of its own and a Provider Result, so that matching, what is applied already,
and answers that differ are decided in one place. A device may be without a line and send later, or send twice:
each sending carries a key of its own.
"""

import base64
import binascii
import re
from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, getdate, now_datetime

from ansinh_app.core.ledger import FAILED, PAID, UNCOLLECTED
from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.exceptions import OvertakenError, ResultFileError
from ansinh_app.payouts.cash_lists import calling_order
from ansinh_app.payouts.run import lock_period
from ansinh_app.registry.people import birth
from ansinh_app.utils import actions, many, paper_codes, workbooks

ROLES = (
    "Post Office Clerk", "Bank Officer", "Social Affairs Officer", "Social Affairs Manager", "System Manager",
)  # fmt: skip
PAGE = paper_codes.LIST_PAGE
MOST_LISTS = 50
_TURNS = 5
_KEY = re.compile(r"[0-9A-Za-z-]{16,64}")
_PHOTO = re.compile(r"data:image/(jpeg|png);base64,([A-Za-z0-9+/=]+)")
_PHOTO_BYTES = 3_000_000
_MAGIC = {"jpeg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n"}
# The words of the file that is made here, as every result file has them (core/bankfile.py reads them again).
_WORDS = {PAID: "Đã chi", UNCOLLECTED: "Chưa nhận", FAILED: "Không thành công"}


def reasons() -> dict[str, list[str]]:
    """What a clerk may choose for a line that was not paid; it goes into the result as he says it, in Vietnamese."""
    return {
        UNCOLLECTED: [
            _("Did not come to collect", lang="vi"),
            _("Away from the locality", lang="vi"),
            _("Ill, cannot come", lang="vi"),
            _("Without papers or mandate", lang="vi"),
        ],
        FAILED: [
            _("Has died", lang="vi"),
            _("Wrong name on the list", lang="vi"),
            _("Refuses the money", lang="vi"),
            _("Moved away", lang="vi"),
        ],
    }


def check_clerk() -> None:
    """Raise PermissionError for whoever has no business with a cash list that comes back."""
    if frappe.session.user != "Administrator" and not set(ROLES) & set(frappe.get_roles()):
        frappe.throw(
            _("Cash lists are ticked off by the Post, the bank and the office."), frappe.PermissionError
        )


@frappe.whitelist(methods=["POST"])
def open_page(doc: str | dict) -> None:
    """Action: leads from a batch to the page on which its signed lists are ticked off."""
    batch = actions.stored(doc, "Payout Batch", "read")
    check_clerk()
    _of_cash(batch)
    text = _("Open the list of {0}").format(batch.name)
    link = f'<a href="{PAGE}?{urlencode({"b": batch.name})}" target="_blank">{frappe.utils.escape_html(text)}</a>'
    frappe.msgprint(link, title=_("Signed Cash List"))


@frappe.whitelist(methods=["GET"])
def batches() -> list[dict]:
    """Cash lists sent out that the user may see, those still open first, then the latest."""
    check_clerk()
    rows = frappe.get_list(
        "Payout Batch",
        filters={"channel": "Cash", "docstatus": 1},
        fields=["name", "period", "programme", "status", "line_count", "paid_count", "unpaid_count"],
        order_by="creation desc",
        limit_page_length=MOST_LISTS,
    )
    for row in rows:
        row.left = cint(row.line_count) - cint(row.paid_count) - cint(row.unpaid_count)
        row.title = f"{row.programme} {_month_of(row.period)}"
    return sorted(rows, key=lambda row: row.left <= 0)


@frappe.whitelist(methods=["GET"])
def places(batch: str) -> dict:
    """The communes and villages of a list, with how many lines each has and how many wait for a result."""
    document = _batch(batch)
    found: dict[str, dict] = {}
    for line in _lines(document):
        title = ", ".join(filter(None, (line.village, line.commune)))
        place = found.setdefault(title, {"title": title, "numbers": [], "left": 0})
        place["numbers"].append(line.line_no)
        place["left"] += line.status in ("Planned", "Sent")
    rows = [{**place, "numbers": paper_codes.pack(sorted(place["numbers"]))} for place in found.values()]
    return {"batch": _shown(document), "places": rows}


@frappe.whitelist(methods=["GET"])
def sheet(batch: str, numbers: str) -> dict:
    """The lines of one sheet by their numbers, in the sheet's order. No full number of anybody is in it."""
    document = _batch(batch)
    wanted = _numbers(numbers)
    lines = {line.line_no: line for line in _lines(document, wanted)}
    missing = [number for number in wanted if number not in lines]
    if missing:
        frappe.throw(
            _("{0} has no lines {1}: the sheet belongs to another list.").format(
                frappe.bold(document.name), paper_codes.pack(missing)
            ),
            ResultFileError,
        )
    people = _people({line.beneficiary for line in lines.values()})
    return {
        "batch": _shown(document),
        "numbers": numbers,
        "total": sum(line.total for line in lines.values()),
        "reasons": reasons(),
        "lines": [_line_shown(lines[number], people) for number in wanted],
        "seen": _seen(document.name, numbers),
    }


@frappe.whitelist(methods=["POST"])
def take(
    batch: str, numbers: str, list_key: str, values: str | dict, stated_total: int | str = 0, note: str = "",
    photo: str = "", taken_at: str = "",
) -> dict:  # fmt: skip
    """What a signed sheet says: `values` is line -> [status, reason]; once for each `list_key`.

    `stated_total`: the money paid out as summed up on the paper, in đồng; where it is not the sum of the lines ticked
    as paid, `note` says why, and the office answers for it before the month is settled. Sent again with the same
    key it answers as the first time and does nothing. Raises ResultFileError, PermissionError.
    """
    document = _batch(batch)
    frappe.has_permission("Provider Result", "create", throw=True)
    if not _KEY.fullmatch(list_key):
        frappe.throw(_("The key of the list is not one: reload the page."), ResultFileError)
    # Two sendings of one key, or two clerks with one sheet, come one after the other.
    _wait_for_turn(document.period)
    if frappe.db.exists("Signed Cash List", list_key):
        return _repeated(document, list_key)
    ticked = _ticked(document, _numbers(numbers), actions.sent(values))
    paid = [line for line, status, _reason in ticked if status == PAID]
    paid_amount, stated, note = sum(line.total for line in paid), actions.sent_dong(stated_total), note.strip()
    if stated != paid_amount and not note:
        frappe.throw(
            _("The paper says {0} đồng were paid, the ticks come to {1} đồng. Compare again, or write why.").format(
                frappe.bold(format_dong(stated)), frappe.bold(format_dong(paid_amount))
            ),
            ResultFileError,
            title=_("The sums differ"),
        )
    picture = _picture(photo)
    result = _result(document, numbers, ticked, stated, note)
    record = frappe.get_doc(
        {
            "doctype": "Signed Cash List", "list_key": list_key, "batch": document.name, "sheet": numbers[:140],
            "office": document.office, "period": document.period, "provider": document.provider,
            "taken_on": _when(taken_at), "taken_by": frappe.session.user, "provider_result": result.name,
            "line_count": len(ticked), "line_amount": sum(line.total for line, _status, _reason in ticked),
            "paid_count": len(paid), "paid_amount": paid_amount, "unpaid_count": len(ticked) - len(paid),
            "stated_amount": stated, "note": note[:1000],
        }
    ).insert(ignore_permissions=True)  # fmt: skip
    if picture:
        _attach_photo(record, *picture)
    return _answer(record, result, repeated=False)


def _wait_for_turn(period: str) -> None:
    """Clerks send at the same time all day: who was overtaken while he waited looks again, for nothing is written yet."""
    for _attempt in range(_TURNS):
        try:
            lock_period(period)
            return
        except OvertakenError:
            frappe.clear_last_message()
            frappe.db.rollback()  # the wait is over, and so is what was read before it
    lock_period(period)


def _answer(record, result, repeated: bool) -> dict:
    return {
        "list": record.name,
        "result": result.name,
        "paid": result.paid,
        "unpaid": result.failed,
        "already": result.already_applied,
        "differing": result.unanswered,
        "repeated": repeated,
    }


def _repeated(document, list_key: str) -> dict:
    record = frappe.get_doc("Signed Cash List", list_key)
    if record.batch != document.name:
        frappe.throw(_("The key of the list belongs to another one: reload the page."), ResultFileError)
    return _answer(record, frappe.get_doc("Provider Result", record.provider_result), repeated=True)


def _batch(name: str):
    """The sealed cash list, for who may see it; the same refusal whether it is another's or does not exist."""
    check_clerk()
    if not frappe.db.exists("Payout Batch", name) or not frappe.has_permission(
        "Payout Batch", "read", doc=frappe.get_doc("Payout Batch", name)
    ):
        frappe.throw(
            _("There is no list {0} among yours.").format(frappe.bold(frappe.utils.escape_html(name[:140]))),
            frappe.PermissionError,
        )
    document = frappe.get_doc("Payout Batch", name)
    _of_cash(document)
    if document.docstatus != 1:
        problem = (
            _("{0} was cancelled: do not pay by this paper, call the office.")
            if document.docstatus == 2
            else _("{0} is not approved yet: nobody may be paid by it.")
        )
        frappe.throw(problem.format(frappe.bold(name)), ResultFileError)
    return document


def _of_cash(batch) -> None:
    if batch.channel != "Cash":
        frappe.throw(
            _("{0} is paid into accounts: its result comes as the provider's file.").format(
                frappe.bold(batch.name)
            ),
            ResultFileError,
        )


def _numbers(text: str) -> list[int]:
    try:
        return paper_codes.unpack(text)
    except ValueError:
        frappe.throw(
            _("This is no code of a cash list: photograph the code on the sheet again."), ResultFileError
        )


def _lines(batch, numbers: list[int] | None = None) -> list[dict]:
    """Lines of the batch that pay something, in calling order; those of these numbers."""
    found = []
    for chunk in many.chunks(numbers) if numbers else [None]:
        filters = {"batch": batch.name, "total": [">", 0]}
        if chunk:
            filters["line_no"] = ["in", chunk]
        # Whose the batch is was checked; its lines are seen with it.
        found += frappe.get_all(
            "Payout Line",
            filters=filters,
            fields=["name", "line_no", "beneficiary", "full_name", "payee_name", "payee_type", "status"]
            + ["administrative_unit", "village", "total", "failure_reason", "paid_on"],
            limit_page_length=0,
        )
    units = dict(
        frappe.get_all(
            "Administrative Unit",
            filters={"name": ["in", sorted({line.administrative_unit or "" for line in found})]},
            fields=["name", "unit_name"],
            as_list=True,
            limit_page_length=0,
        )
    )
    for line in found:
        line.commune, line.total = units.get(line.administrative_unit, ""), as_dong(line.total or 0)
    return sorted(found, key=calling_order())


def _people(names: set[str]) -> dict:
    found = {}
    ordered = sorted(names)
    for chunk in many.chunks(ordered):
        for row in frappe.get_all(
            "Beneficiary",
            filters={"name": ["in", chunk]},
            fields=["name", "date_of_birth", "dob_precision", "personal_id_shown"],
            limit_page_length=0,
        ):
            found[row.name] = row
    return found


def _line_shown(line, people: dict) -> dict:
    person = people.get(line.beneficiary) or frappe._dict()
    return {
        "line": line.name,
        "no": line.line_no,
        "name": line.full_name,
        "payee": line.payee_name if line.payee_name != line.full_name else "",
        "born": birth(person.date_of_birth, person.dob_precision),
        "id": person.personal_id_shown or "",
        "place": ", ".join(filter(None, (line.village, line.commune))),
        "total": line.total,
        "status": line.status if line.status in (PAID, UNCOLLECTED, FAILED) else "",
        "reason": line.failure_reason or "",
    }


def _shown(batch) -> dict:
    return {
        "name": batch.name,
        "title": f"{batch.programme} {_month_of(batch.period)}",
        "office": frappe.get_cached_value("Paying Office", batch.office, "office_name"),
    }


def _month_of(period: str) -> str:
    return getdate(frappe.db.get_value("Payout Period", period, "month")).strftime("%m/%Y")


def _seen(batch: str, numbers: str) -> str:
    """Who ticked this sheet off before, and when."""
    row = frappe.db.get_value(
        "Signed Cash List",
        {"batch": batch, "sheet": numbers[:140]},
        ["taken_by", "taken_on"],
        order_by="creation desc",
        as_dict=True,
    )
    if not row:
        return ""
    when = get_datetime(row.taken_on).strftime("%H:%M %d/%m/%Y")
    return _("Ticked off already by {0}, {1}").format(frappe.utils.get_fullname(row.taken_by), when)


def _ticked(batch, numbers: list[int], values: dict) -> list[tuple]:
    """(line, status, reason) in the sheet's order. Refuses lines of other sheets and a no without a reason."""
    lines = {line.name: line for line in _lines(batch, numbers)}
    if not values or set(values) - set(lines):
        frappe.throw(_("These are not lines of this sheet: load it again."), ResultFileError)
    order = {number: place for place, number in enumerate(numbers)}
    found, wrong = [], []
    for line in sorted((lines[name] for name in values), key=lambda line: order[line.line_no]):
        said = values[line.name] if isinstance(values[line.name], list) else []
        status, reason = [str(part or "").strip() for part in [*said, "", ""][:2]]
        if status not in _WORDS or (status != PAID and not reason):
            wrong.append(f"{line.line_no} {line.full_name}")
        found.append((line, status, "" if status == PAID else reason[:140]))
    if wrong:
        frappe.throw(_("Say why these were not paid: {0}.").format(", ".join(wrong)), ResultFileError)
    return found


def _result(batch, numbers: str, ticked: list[tuple], stated: int, note: str):
    """The Provider Result of what was ticked, with its file, submitted by the clerk himself."""
    rows = [
        [line.name, line.line_no, line.full_name, line.total, _WORDS[status], reason]
        for line, status, reason in ticked
    ]
    rows.append([f"Tổng cộng đã chi: {format_dong(stated)} đồng", None, "", None, "", note[:500]])
    content = workbooks.write_workbook(
        [
            workbooks.Sheet(
                name="Ký nhận",
                titles=[f"DANH SÁCH KÝ NHẬN {batch.name}, dòng {numbers[:200]}", "", ""],
                headers=["Mã tham chiếu", "STT", "Họ và tên", "Số tiền", "Trạng thái", "Lý do"],
                rows=rows,
                widths=[18, 8, 32, 16, 18, 40],
            )
        ]
    )
    file = frappe.get_doc(
        {"doctype": "File", "file_name": f"{batch.name}-ky-nhan.xlsx", "content": content, "is_private": 1}
    ).insert()
    result = frappe.get_doc({"doctype": "Provider Result", "batch": batch.name, "file": file.file_url})
    result.insert()
    result.submit()
    return result


def _when(taken_at: str):
    """The device's time; a clock that runs ahead does not write the future."""
    now = now_datetime()
    try:
        at = get_datetime(taken_at).replace(tzinfo=None) if taken_at else now
    except (ValueError, TypeError, AttributeError, OverflowError):
        return now
    return min(at, now)


def _picture(photo: str) -> tuple[str, bytes] | None:
    """The kind and the bytes of a photo sent as a data address."""
    if not photo:
        return None
    found = _PHOTO.fullmatch(photo)
    try:
        content = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        content = b""
    if not found or not content.startswith(_MAGIC[found[1]]) or len(content) > _PHOTO_BYTES:
        _refuse_photo()
    return found[1], content


def _refuse_photo():
    frappe.throw(_("The photo must be a JPEG or PNG of at most 3 MB: take it again."), ResultFileError)


def _attach_photo(record, kind: str, content: bytes) -> None:
    file = frappe.get_doc(
        {
            "doctype": "File", "file_name": f"{record.batch}-ky-nhan-{record.name[:8]}.{kind}", "content": content,
            "is_private": 1, "attached_to_doctype": record.doctype, "attached_to_name": record.name,
            "attached_to_field": "photo",
        }
    )  # fmt: skip
    try:
        file.insert(ignore_permissions=True)
    except OSError:
        # A host that looks into pictures finds it broken.
        _refuse_photo()
    record.db_set("photo", file.file_url, update_modified=False)
