"""What the print formats put on paper: header block, tables, amounts in words, signatures, seal.

Each `*_paper(doc)` gathers one document's paper for its Jinja print format (hooks.py, `jinja`). Papers are
official documents, so they are in Vietnamese whatever the reader's language (Nghị định 30/2020/NĐ-CP PL I),
and they carry the neutral category only: what leaves the office must not tell why somebody is paid.
"""

import json
from datetime import date, datetime

import frappe
import segno
from frappe import _
from frappe.utils import getdate

from ansinh_app.core.money import as_dong, format_dong, in_words
from ansinh_app.core.months import Month
from ansinh_app.payouts import early_months
from ansinh_app.registry.people import birth
from ansinh_app.utils import paper_codes, paper_tables
from ansinh_app.utils.paper_tables import Column
from ansinh_app.utils.sealed_numbers import opened

MONEY_FIELDS = ("monthly_amount", "arrears", "carried_over", "advance", "recovery", "total")
UNPAID = ("Failed", "Uncollected")
# Millimetres the title block of a list takes on its first sheet, the signatures with the seal on its last, a row that
# is wide enough to sign in; what a sheet has for rows.
_HEAD_HEIGHT, _SIGN_HEIGHT, _SIGNED_ROW = 57, 78, 7.3
_LIST_HEIGHT = paper_tables.LANDSCAPE_ROWS
# The code on each sheet of a cash list, by which it is ticked off when it comes back signed.
_CODE_HEIGHT = 18
# A name longer than this takes two lines in the header block.
_NAME_FITS = 30


def say(text: str) -> str:
    """The Vietnamese of a source string, whatever language the user works in."""
    return _(text, lang="vi")


def say_value(text: str | None) -> str:
    """The Vietnamese of a stored choice ("Guardian"); its label is collected with the DocType's options."""
    return _(text, lang="vi") if text else ""


def dong(amount) -> str:
    """đồng with dots between thousands; an empty amount is 0."""
    return format_dong(as_dong(amount or 0))


def words(amount) -> str:
    """The amount in words as the forms ask for it, with the closing full stop."""
    return in_words(as_dong(amount or 0)) + "."


def day(value) -> str:
    """05/02/2026, or nothing."""
    return getdate(value).strftime("%d/%m/%Y") if value else ""


def place_and_day(place: str | None, value: date | None) -> str:
    """ "Lạng Sơn, ngày 05 tháng 02 năm 2026": days below 10, months 1 and 2 padded (NĐ 30/2020 PL I)."""
    if not value:
        return f"{place or '…………'}, ngày … tháng … năm ……"
    value = getdate(value)
    month = f"{value.month:02d}" if value.month < 3 else str(value.month)
    return f"{place or '…………'}, ngày {value.day:02d} tháng {month} năm {value.year}"


def qr_svg(text: str, scale: float = 1.6) -> str:
    """A QR code as inline SVG, which both PDF renderers draw without fetching anything."""
    return segno.make(text, error="m", micro=False).svg_inline(scale=scale, border=2)


def payment_list_paper(doc) -> dict:
    """The payment list of a Payout Batch (forms F5 and F5b): lines by commune, subtotals, seal."""
    paper = payment_list_head(doc)
    lay_out_list(paper, batch_lines(doc.name))
    return paper


def payment_list_head(doc) -> dict:
    """What stands above and below the lines of a batch's list, whichever of them a paper holds."""
    may_print(doc)
    paper = _paper(doc, doc.approved_on)
    month = _month(doc.period)
    provider = frappe.get_cached_doc("Payment Service Provider", doc.provider)
    paper.update(
        month_text=f"{month.month:02d}/{month.year}",
        programme_title=_title("Benefit Programme", doc.programme),
        provider_name=provider.provider_name,
        channel=say_value(doc.channel),
        contract_no=_title("Bank Contract", doc.contract, "contract_no"),
        cash=doc.channel == "Cash",
        batch=doc.name,
        early=_paid_early(doc, month),
        seal=doc.seal if doc.docstatus == 1 else "",
        mark=_mark(doc, sealed=bool(doc.seal)),
    )
    paper["qr"] = seal_qr(doc) if paper["seal"] else ""
    return paper


def lay_out_list(paper: dict, lines: list[dict], signing: float = _SIGN_HEIGHT) -> None:
    """The table of a payment list: a person takes one line of paper where that can be, and no number is broken.

    What is the same for all (the group, the bank, the way of payment) stands above the table, and amounts nobody has
    get no column. Adds `groups`, `totals`, `line_count`, `words`, `group`, `table`, `pages` and `codes`.
    """
    total = sum(line.total for line in lines)
    paper.update(groups=_by_commune(lines), totals=_sums(lines), line_count=len(lines), words=words(total))
    shown = sorted({line.category_shown or "" for line in lines})
    paper["group"] = shown[0] if len(shown) == 1 else ""
    for number, line in enumerate((line for group in paper["groups"] for line in group.lines), start=1):
        line.number = line.line_no or number  # as in the provider's file and on the screen that ticks it off
        line.payee = line.payee_name or (line.full_name if paper["cash"] else "")
        proxy = line.payee_type not in (None, "", "Self")
        line.payee_note = ", ".join(filter(None, (line.relation, line.payee_id))) if proxy else ""
        line.remark = line.months_back if line.carried_over or line.arrears else ""
        line.signature = line.book_no = ""
    columns = _cash_columns(paper, lines) if paper["cash"] else _transfer_columns(paper, lines)
    coded = paper["cash"] and paper["seal"]
    room = _LIST_HEIGHT - (_CODE_HEIGHT if coded else 0)
    paper["table"] = paper_tables.lay_out(
        columns,
        _list_rows(paper),
        people_said(),
        first=room - _HEAD_HEIGHT,
        other=room,
        last=signing,
        least=_SIGNED_ROW if paper["cash"] else 0,
    )
    paper["pages"] = paper["table"]["pages"]
    paper["codes"] = [
        qr_svg(
            paper_codes.list_address(
                paper["batch"], [line.number for kind, line in page.rows if kind == "line"]
            ),
            scale=1.15,
        )
        for page in (paper["pages"] if coded else ())
    ]


def _list_rows(paper: dict) -> list[tuple[str, object]]:
    """Heads, lines and sums by commune; cash is called out by village."""
    rows = []
    for group in paper["groups"]:
        place = None
        for line in group.lines:
            title = f"{group.title} - {line.village}" if paper["cash"] and line.village else group.title
            if title != place:
                place = title
                rows.append(("head", title))
            rows.append(("line", line))
        label = say("Subtotal {0}: {1} people").format(group.title, len(group.lines))
        rows.append(("sum", {"label": label, "totals": group.totals}))
    return rows


def people_said() -> dict[str, str]:
    """The words under the sheets of a list of people."""
    return {
        "page": say("This page: {0} people"),
        "forward": say("Carried forward: {0} people"),
        "whole": say("Grand total: {0} people"),
    }


def _money_columns(paper: dict) -> list[Column]:
    heads = {
        "monthly_amount": say("This month"),
        "arrears": say("Arrears"),
        "carried_over": say("Not received before"),
        "advance": say("Paid early for later months"),
        "recovery": say("Recovery"),
        "total": say("Total paid"),
    }
    shown = [key for key in MONEY_FIELDS if key in ("monthly_amount", "total") or paper["totals"][key]]
    return [
        Column(key, heads[key], 20 if key == "total" else 18, "num", summed=True, always=key == "total")
        for key in shown
    ]


def _cash_columns(paper: dict, lines: list[dict]) -> list[Column]:
    """F5: signed for by hand; the months behind a sum not received before stand beside it."""
    columns = [
        Column("number", say("No."), 9, "digits"),
        Column("full_name", say("Full name"), 35),
        Column("birth", say("Born"), 17, "digits"),
        Column("decision_no", say("Decision No."), 22),
        Column("book_no", say("Payment book No."), 14),
    ]
    if not paper["group"]:
        columns.append(Column("category_shown", say("Group"), 24))
    columns += _money_columns(paper)
    if any(line.remark for line in lines):
        columns.append(Column("remark", say("Months"), 18, "digits"))
    return [
        *columns,
        Column("payee", say("Payee"), 35, note="payee_note"),
        Column("signature", say("Signature, full name"), 38),
    ]


def _transfer_columns(paper: dict, lines: list[dict]) -> list[Column]:
    """F5b: into accounts."""
    columns = [
        Column("number", say("No."), 9, "digits"),
        Column("beneficiary", say("Person's code"), 19, "digits"),
        Column("full_name", say("Full name"), 34),
        Column("birth", say("Born"), 16, "digits"),
        Column("personal_id", say("Personal ID"), 20, "digits"),
    ]
    if not paper["group"]:
        columns.append(Column("category_shown", say("Group"), 24))
    if any(line.coefficient for line in lines):
        columns.append(Column("coefficient", say("Coeff."), 9, "digits"))
    columns += _money_columns(paper)
    columns += [
        Column("payee", say("Account holder"), 37, note="payee_note"),
        Column("account_no", say("Account No."), 25, "digits"),
    ]
    if any(line.remark for line in lines):
        columns.append(Column("remark", say("Note"), 18, "digits"))
    return columns


def drawdown_paper(doc) -> dict:
    """Giấy rút dự toán (form C2-02a/NS, F10) of a Treasury Drawdown, with its batches as the annex."""
    may_print(doc)
    paper = _paper(doc, doc.drawn_on)
    office = paper["office"]
    month = _month(doc.period)
    codes = _budget_codes(office, doc.programme)
    receiver = frappe.get_cached_doc("Payment Service Provider", doc.receiver)
    contract = frappe.get_doc("Bank Contract", doc.contract) if doc.contract else frappe._dict()
    programme = _title("Benefit Programme", doc.programme)
    batches = [
        frappe._dict(
            name=row.batch,
            provider=_title("Payment Service Provider", row.provider, "short_name"),
            channel=say_value(row.channel),
            line_count=row.line_count or 0,
            total=dong(row.total_amount),
        )
        for row in doc.batches
    ]
    paper.update(
        month_text=f"{month.month:02d}/{month.year}",
        year=getdate(doc.drawn_on).year if doc.drawn_on else month.year,
        programme_title=programme,
        fee=doc.purpose == "Provider Fee",
        codes=codes,
        receiver=receiver,
        contract=contract,
        batches=batches,
        batch_total=dong(doc.batch_total),
        held=dong(doc.held_by_provider),
        amount=dong(doc.amount),
        words=words(doc.amount),
        mark=_mark(doc),
    )
    return paper


def return_paper(doc) -> dict:
    """Giấy nộp trả kinh phí (form C2-05a/NS) of a Treasury Return."""
    may_print(doc)
    paper = _paper(doc, doc.returned_on)
    month = _month(doc.period)
    provider = frappe.get_cached_doc("Payment Service Provider", doc.provider) if doc.provider else None
    paper.update(
        month_text=f"{month.month:02d}/{month.year}",
        year=getdate(doc.returned_on).year if doc.returned_on else month.year,
        programme_title=_title("Benefit Programme", doc.programme),
        codes=_budget_codes(paper["office"], doc.programme),
        payer=provider.provider_name if provider else paper["office"].office_name,
        recovered=doc.source == "Money Recovered",
        reason=doc.reason or "",
        amount=dong(doc.amount),
        words=words(doc.amount),
        mark=_mark(doc),
    )
    return paper


def _budget_codes(office, programme: str):
    """Chapter, sector, item and source an office books a programme under."""
    return next((row for row in office.programmes if row.programme == programme), frappe._dict())


def settlement_paper(doc) -> dict:
    """The reconciliation of a Settlement (form F11, NĐ 20/2021 Đ34.5): lines A–G and who was not paid."""
    may_print(doc)
    paper = _paper(doc, doc.settled_on)
    month = _month(doc.period)
    batches = frappe.get_all(
        "Payout Batch",
        filters={"period": doc.period, "receiver": doc.provider, "docstatus": 1},
        fields=["name", "programme", "provider", "channel", "line_count", "total_amount"]
        + ["paid_count", "paid_amount", "unpaid_count", "unpaid_amount"],
        order_by="programme, provider, channel",
    )
    for row in batches:
        row.programme_title = _title("Benefit Programme", row.programme)
        row.provider_name = _title("Payment Service Provider", row.provider, "short_name")
        row.channel = say_value(row.channel)
    names = [row.name for row in batches]
    ways = _paid_by_channel(batches)
    unpaid = payout_lines({"batch": ["in", names], "status": ["in", UNPAID]}) if names else []
    rows = [
        ("A", say("Carried from earlier months"), "", doc.opening_held),
        ("B", say("Received from the State Treasury"), "", doc.received),
        ("C", say("To pay"), doc.due_count, doc.due),
        ("D", say("Paid"), doc.paid_count, doc.paid),
        *(("", say("of it: {0}").format(channel.lower()), count, amount) for channel, count, amount in ways),
        ("E", say("Not paid, carried into the next month"), doc.unpaid_count, doc.unpaid),
        ("F", say("Returned to the budget"), "", doc.returned),
        ("G", say("Still held (G = A + B - D - F)"), "", doc.closing_held),
    ]
    paper.update(
        month_text=f"{month.month:02d}/{month.year}",
        provider=frappe.get_cached_doc("Payment Service Provider", doc.provider),
        rows=[frappe._dict(sign=s, text=t, count=c, amount=dong(a)) for s, t, c, a in rows],
        batches=batches,
        communes=_paid_by_commune(names),
        unpaid=unpaid,
        unpaid_total=sum(line.total for line in unpaid),
        closing_words=words(doc.closing_held),
        mark=_mark(doc),
    )
    return paper


def _paid_by_channel(batches: list[dict]) -> list[tuple[str, int, int]]:
    """(channel, lines paid, đồng paid) of the lists of a settlement, as line D of F11 is split."""
    found: dict[str, list[int]] = {}
    for row in batches:
        sums = found.setdefault(row.channel or "", [0, 0])
        sums[0] += row.paid_count or 0
        sums[1] += as_dong(row.paid_amount or 0)
    return [(channel, *sums) for channel, sums in sorted(found.items())]


def _paid_by_commune(batches: list[str]) -> list[dict]:
    """Lines and đồng to pay, paid and not paid of the lists, commune by commune; the last row is the sum."""
    if not batches:
        return []
    rows = frappe.get_all(
        "Payout Line",
        filters={"batch": ["in", batches], "status": ["!=", "Cancelled"]},
        fields=["administrative_unit", "status", "count(name) as count", "sum(total) as amount"],
        group_by="administrative_unit, status",
        limit_page_length=0,
    )
    units = _by_name("Administrative Unit", {row.administrative_unit for row in rows}, "unit_name", "code")
    found: dict[str, dict] = {}
    whole = frappe._dict(title=say("Total"), due=0, due_count=0, paid=0, paid_count=0, unpaid=0, unpaid_count=0)
    for row in rows:
        unit = units.get(row.administrative_unit) or frappe._dict()
        place = found.setdefault(
            unit.code or row.administrative_unit or "",
            frappe._dict(whole, title=unit.unit_name or row.administrative_unit or "")
            | dict.fromkeys(("due", "due_count", "paid", "paid_count", "unpaid", "unpaid_count"), 0),
        )
        kinds = ["due"] + ["paid"] * (row.status == "Paid") + ["unpaid"] * (row.status in UNPAID)
        for sums in (place, whole):
            for kind in kinds:
                sums[kind] += as_dong(row.amount or 0)
                sums[f"{kind}_count"] += row.count
    return [*(found[code] for code in sorted(found)), whole]


def may_print(doc) -> None:
    """Whoever may not print the document gets no paper of it, also from a template of his own."""
    if not frappe.has_permission(doc.doctype, "print", doc=doc):
        frappe.throw(_("You may not print {0} {1}.").format(_(doc.doctype), doc.name), frappe.PermissionError)


def office_paper(office, value: date | None) -> dict:
    """Header block and signatures of an office on a day, shared by every paper and mailed report."""
    return {
        "say": say,
        "dong": dong,
        "day": day,
        "office": office,
        "parent_body": (office.parent_body or "").upper(),
        "office_name": (office.office_name or "").upper(),
        "number": numbered("", office.document_sign),
        "dated": place_and_day(office.place_name, value),
        "signatures": signatures(office),
        "lines": lines_of_name,
        "recipients": [],
        "filed": say("Filed: the clerical office."),
        "mark": "",
    }


def lines_of_name(name: str) -> list[str]:
    """A body's name as the header block has it: a long one in two lines, broken once near its middle.

    Where a dash parts the name it is broken there: PHÒNG LAO ĐỘNG - / THƯƠNG BINH VÀ XÃ HỘI.
    """
    parts = name.split()
    if len(name) <= _NAME_FITS or len(parts) < 2:
        return [name]

    def unevenness(place: int) -> int:
        dash = -8 if parts[place - 1] == "-" else 40 if parts[place] == "-" else 0
        return abs(len(" ".join(parts[:place])) - len(" ".join(parts[place:]))) + dash

    place = min(range(1, len(parts)), key=unevenness)
    return [" ".join(parts[:place]), " ".join(parts[place:])]


def sign_of(office, kind: str = "") -> str:
    """The office's sign for a kind of paper: "TB-LĐTBXH" for a notice, "LĐTBXH" for a letter, which names no kind.

    The sign on record may be that of its lists ("DS-LĐTBXH").
    """
    sign = (office.document_sign or "").strip()
    first, dash, rest = sign.partition("-")
    body = rest if dash and first.upper() in ("DS", "BC", "TB", "QĐ", "KH") else sign
    return "-".join(filter(None, (kind, body)))


def numbered(number: str | None, sign: str | None = None) -> str:
    """ "Số: 05/QĐ-UBND": a number below 10 padded, dots where there is none yet (NĐ 30/2020 PL I, mục II.3)."""
    number = (number or "").strip()
    if not number:
        return f"Số: ……/{sign or '……'}"
    head, slash, tail = number.partition("/")
    return f"Số: {head.zfill(2) if head.isdigit() else head}{slash}{tail}"


def signatory(office, role: str) -> dict | None:
    """Who signs in a role at the office: authority line, title and name in the form's shape; None where nobody does."""
    row = next((row for row in office.signatories if row.signing_role == role), None)
    if not row:
        return None
    return frappe._dict(
        authority=(row.authority or "").upper(), title=(row.job_title or "").upper(), name=row.full_name or ""
    )


def signatures(office) -> list[dict]:
    """Who signs, left to right: preparer, chief accountant, head; the treasury signs in a box of its own."""
    order = ("Prepared By", "Chief Accountant", "Head")
    rows = {row.signing_role: row for row in reversed(office.signatories)}
    titles = {
        "Prepared By": say("PREPARED BY"),
        "Chief Accountant": say("CHIEF ACCOUNTANT"),
        "Head": say("HEAD OF THE UNIT"),
    }
    hints = {
        "Prepared By": say("(Signature, full name)"),
        "Chief Accountant": say("(Signature, full name)"),
        "Head": say("(Signature, seal)"),
    }
    blocks = []
    for role in order:
        row = rows.get(role)
        title = (row.job_title.upper() if row and row.job_title else "") or titles[role]
        # The form asks for "Người lập biểu" whatever the clerk's post is called.
        if role == "Prepared By":
            title = titles[role]
        authority = (row.authority or "").upper() if row else ""
        name = (row.full_name or "") if row else ""
        blocks.append(frappe._dict(authority=authority, title=title, hint=hints[role], name=name))
    return blocks


def _paper(doc, value) -> dict:
    office = frappe.get_cached_doc("Paying Office", doc.office)
    return office_paper(office, value.date() if isinstance(value, datetime) else value)


def _mark(doc, sealed: bool = True) -> str:
    """DỰ THẢO on everything not yet decided, so that a draft is never paid from; ĐÃ HỦY on the cancelled."""
    if doc.docstatus == 2:
        return say("CANCELLED PAPER")
    return "" if doc.docstatus == 1 and sealed else say("DRAFT PAPER")


def _month(period: str) -> Month:
    return Month.parse(getdate(frappe.db.get_value("Payout Period", period, "month")))


def _title(doctype: str, name: str | None, field: str = "title") -> str:
    return (frappe.db.get_value(doctype, name, field) or name) if name else ""


def batch_lines(batch: str) -> list[dict]:
    """The lines of a batch's paper, by their numbers."""
    # A cancelled batch keeps its lines, all Cancelled: its paper still shows what it was.
    lines = sorted(payout_lines({"batch": batch}), key=lambda line: (line.line_no or 0, line.name))
    live = [line for line in lines if line.status != "Cancelled"]
    return live or lines


def payout_lines(filters: dict) -> list[dict]:
    """Payout lines with what a paper adds from the person and the account holder, in the paper's order."""
    lines = frappe.get_all(
        "Payout Line",
        filters=filters,
        fields=["name", "line_no", "beneficiary", "full_name", "category_shown", "administrative_unit"]
        + ["village", "provider", "payment_account", "account_no", "payee_name", "payee_type", "status"]
        + ["failure_reason", "failure_code", "explanation", "months", "entitlement", *MONEY_FIELDS],
        order_by="line_no, name",
        limit_page_length=0,
    )
    opened(lines)
    people = _by_name(
        "Beneficiary", {line.beneficiary for line in lines}, "date_of_birth", "dob_precision", "personal_id"
    )
    accounts = _by_name("Payment Account", {line.payment_account for line in lines}, "representative")
    decisions = _by_name("Entitlement", {line.entitlement for line in lines}, "decision_no", "representative")
    holders = {row.representative for row in [*accounts.values(), *decisions.values()]}
    representatives = _by_name("Representative", holders, "full_name", "personal_id")
    units = _by_name("Administrative Unit", {line.administrative_unit for line in lines}, "unit_name", "code")
    for line in lines:
        person = people.get(line.beneficiary) or frappe._dict()
        decision = decisions.get(line.entitlement) or frappe._dict()
        holder = (
            accounts.get(line.payment_account) or frappe._dict()
        ).representative or decision.representative
        unit = units.get(line.administrative_unit) or frappe._dict()
        for field in MONEY_FIELDS:
            line[field] = as_dong(line[field] or 0)
        line.update(
            birth=birth(person.date_of_birth, person.dob_precision),
            personal_id=person.personal_id or "",
            payee_id=(representatives.get(holder) or frappe._dict()).personal_id or ""
            if line.payee_type not in (None, "", "Self")
            else person.personal_id or "",
            relation=say_value(line.payee_type),
            decision_no=decision.decision_no or "",
            coefficient=_coefficient(line.explanation),
            months_back=_months_back(line.months),
            commune=unit.unit_name or line.administrative_unit or "",
            commune_code=unit.code or line.administrative_unit or "",
        )
    return sorted(lines, key=lambda line: (line.commune_code, line.line_no or 0, line.name))


def _coefficient(explanation: str | None) -> str:
    """The coefficient of the month's amount, "1,5"; it is shared by many categories and tells of none."""
    steps = [step for step in json.loads(explanation or "[]") if step["code"] == "coefficient"]
    return str(steps[-1]["params"]["coefficient"]).replace(".", ",") if steps else ""


def _months_back(months: str | None) -> str:
    """The earlier months a line pays, "04/2024" or "02-04/2024 (3)"; the last key is the line's own month."""
    earlier = sorted(json.loads(months or "{}"))[:-1]
    if not earlier:
        return ""
    first, last = Month.parse(earlier[0]), Month.parse(earlier[-1])
    if len(earlier) == 1:
        return last.label
    begin = f"{first.month:02d}" if first.year == last.year else first.label
    return f"{begin}-{last.label} ({len(earlier)})"


def _by_name(doctype: str, names: set, *fields: str) -> dict[str, dict]:
    names = sorted(name for name in names if name)
    rows = {}
    # Chunks: a provider's whole list is longer than what a database takes as parameters at once.
    for start in range(0, len(names), 500):
        chunk = names[start : start + 500]
        found = frappe.get_all(
            doctype, filters={"name": ["in", chunk]}, fields=["name", *fields], limit_page_length=0
        )
        rows.update((row.name, row) for row in opened(found))
    return rows


def _by_commune(lines: list[dict]) -> list[dict]:
    groups: dict[str, dict] = {}
    for line in lines:
        group = groups.setdefault(line.commune_code, frappe._dict(title=line.commune, lines=[]))
        group.lines.append(line)
    for group in groups.values():
        group.totals = _sums(group.lines)
    return list(groups.values())


def _sums(lines: list[dict]) -> dict[str, int]:
    return {field: sum(line[field] for line in lines) for field in MONEY_FIELDS}


def _paid_early(doc, month: Month) -> str:
    """What a list says where it pays later months together with its own."""
    last = early_months.paid_early(frappe._dict(name=doc.period)).get(doc.programme)
    if not last:
        return ""
    basis = frappe.db.get_value("Period Advance", {"parent": doc.period, "programme": doc.programme}, "basis")
    months = ", ".join(one.label for one in Month.range(month + 1, last))
    return say("Pays {0} early ({1}): those months are not paid again.").format(months, basis or "")


def seal_qr(doc) -> str:
    """The code by which the seal of a batch's paper is checked."""
    total = as_dong(doc.total_amount or 0)
    return qr_svg(paper_codes.seal_address(doc.name, doc.line_count, total, doc.seal), scale=1.4)
