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
from ansinh_app.registry.people import birth
from ansinh_app.utils import paging

MONEY_FIELDS = ("monthly_amount", "arrears", "carried_over", "recovery", "total")
UNPAID = ("Failed", "Uncollected")
# A4 across less its margins, in mm: what a list has for rows beside its head and sums, what the title block and
# the signatures with the seal take, a row wide enough to sign in.
_LIST_WIDTH, _LIST_HEIGHT = 262, 158
_HEAD_HEIGHT, _SIGN_HEIGHT = 54, 76
_SUM_ROW, _SIGNED_ROW = 4.6, 7.3


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
    may_print(doc)
    paper = _paper(doc, doc.approved_on)
    month = _month(doc.period)
    lines = _batch_lines(doc.name)
    groups = _by_commune(lines)
    provider = frappe.get_cached_doc("Payment Service Provider", doc.provider)
    paper.update(
        month_text=f"{month.month:02d}/{month.year}",
        programme_title=_title("Benefit Programme", doc.programme),
        provider_name=provider.provider_name,
        channel=say_value(doc.channel),
        contract_no=_title("Bank Contract", doc.contract, "contract_no"),
        cash=doc.channel == "Cash",
        groups=groups,
        totals=_sums(lines),
        line_count=len(lines),
        words=words(sum(line.total for line in lines)),
        seal=doc.seal if doc.docstatus == 1 else "",
        mark=_mark(doc, sealed=bool(doc.seal)),
    )
    paper["qr"] = _seal_qr(doc, paper) if paper["seal"] else ""
    _lay_out_list(paper, lines)
    return paper


def _lay_out_list(paper: dict, lines: list[dict]) -> None:
    """Columns of a payment list, so that a person takes one line of paper and no number is broken.

    What is the same for all (the group) stands above the table, and amounts nobody has get no column.
    Adds `columns`, `money`, `before` and `after` (how many columns stand beside the amounts), `group`.
    """
    shown = sorted({line.category_shown or "" for line in lines})
    paper["group"] = shown[0] if len(shown) == 1 else ""
    for number, line in enumerate((line for group in paper["groups"] for line in group.lines), start=1):
        line.number = number
        line.person_id = line.personal_id or line.beneficiary
        line.payee = line.payee_name or (line.full_name if paper["cash"] else "")
        proxy = line.payee_type not in (None, "", "Self")
        line.payee_note = ", ".join(filter(None, (line.relation, line.payee_id))) if proxy else ""
        for field in MONEY_FIELDS:
            line[f"{field}_shown"] = dong(line[field]) if line[field] or field == "total" else ""
    heads = {
        "monthly_amount": say("This month"),
        "arrears": say("Arrears"),
        "carried_over": say("Not received before"),
        "recovery": say("Recovery"),
        "total": say("Total paid"),
    }
    money = [key for key in MONEY_FIELDS if key in ("monthly_amount", "total") or paper["totals"][key]]
    before = [("number", say("No."), 9, "digits"), ("full_name", say("Full name"), 35, "")]
    before += [("birth", say("Born"), 17, "digits"), ("person_id", say("Personal ID or code"), 23, "digits")]
    if not paper["group"]:
        before.append(("category_shown", say("Group"), 24, ""))
    if paper["cash"]:
        before.append(("decision_no", say("Decision No."), 24, ""))
        after = [("payee", say("Payee"), 35, ""), ("signature", say("Signature"), 40, "")]
    else:
        if any(line.coefficient for line in lines):
            before.append(("coefficient", say("Coeff."), 9, "digits"))
        after = [("payee", say("Account holder"), 38, ""), ("account_no", say("Account No."), 28, "digits")]
    widths = {"monthly_amount": 21, "total": 21}
    amounts = [(f"{key}_shown", heads[key], widths.get(key, 18), "num") for key in money]
    columns = [*before, *amounts, *after]
    whole = sum(width for _key, _head, width, _kind in columns)
    paper["columns"] = [
        frappe._dict(key=key, head=head, percent=round(100 * width / whole, 2), kind=kind)
        for key, head, width, kind in columns
    ]
    paper["money"] = [frappe._dict(key=key) for key in money]
    paper["before"], paper["after"] = len(before), len(after)
    _lay_on_pages(paper)


def _lay_on_pages(paper: dict) -> None:
    """Adds `pages`: the rows of each sheet with its sum. Cash is called out by village, and signed for by hand."""
    widths = {column.key: column.percent * _LIST_WIDTH / 100 for column in paper["columns"]}
    least = _SIGNED_ROW if paper["cash"] else 0

    def height(kind: str, value) -> float:
        if kind != "line":
            return _SUM_ROW
        cells = [(str(value.get(key) or ""), width) for key, width in widths.items() if key != "payee"]
        # The note stands under the name, in smaller type.
        payee = [(text, widths["payee"]) for text in (value.payee, value.payee_note) if text]
        return max(least, paging.row_height(cells), sum(paging.row_height([cell]) for cell in payee))

    rows = []
    for group in paper["groups"]:
        place = None
        for line in group.lines:
            title = f"{group.title} - {line.village}" if paper["cash"] and line.village else group.title
            if title != place:
                place = title
                rows.append(("head", title))
            rows.append(("line", line))
        rows.append(("sum", group))
    paper["pages"] = paging.lay_out(
        rows,
        height,
        lambda line: {field: line[field] for field in MONEY_FIELDS},
        first=_LIST_HEIGHT - _HEAD_HEIGHT,
        other=_LIST_HEIGHT,
        last=_SIGN_HEIGHT,
    )


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
    unpaid = _lines({"batch": ["in", names], "status": ["in", UNPAID]}) if names else []
    rows = [
        ("A", say("Carried from earlier months"), "", doc.opening_held),
        ("B", say("Received from the State Treasury"), "", doc.received),
        ("C", say("To pay"), doc.due_count, doc.due),
        ("D", say("Paid"), doc.paid_count, doc.paid),
        ("E", say("Not paid, carried into the next month"), doc.unpaid_count, doc.unpaid),
        ("F", say("Returned to the budget"), "", doc.returned),
        ("G", say("Still held (G = A + B - D - F)"), "", doc.closing_held),
    ]
    paper.update(
        month_text=f"{month.month:02d}/{month.year}",
        provider=frappe.get_cached_doc("Payment Service Provider", doc.provider),
        rows=[frappe._dict(sign=s, text=t, count=c, amount=dong(a)) for s, t, c, a in rows],
        batches=batches,
        unpaid=unpaid,
        unpaid_total=sum(line.total for line in unpaid),
        closing_words=words(doc.closing_held),
        mark=_mark(doc),
    )
    return paper


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
        "number": f"Số: ……/{office.document_sign or '……'}",
        "dated": place_and_day(office.place_name, value),
        "signatures": signatures(office),
        "mark": "",
    }


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


def _batch_lines(batch: str) -> list[dict]:
    # A cancelled batch keeps its lines, all Cancelled: its paper still shows what it was.
    lines = _lines({"batch": batch})
    live = [line for line in lines if line.status != "Cancelled"]
    return live or lines


def _lines(filters: dict) -> list[dict]:
    """Payout lines with what a paper adds from the person and the account holder, in the paper's order."""
    lines = frappe.get_all(
        "Payout Line",
        filters=filters,
        fields=["name", "line_no", "beneficiary", "full_name", "category_shown", "administrative_unit"]
        + ["village", "provider", "payment_account", "account_no", "payee_name", "payee_type", "status"]
        + ["failure_reason", "failure_code", "explanation", "entitlement", *MONEY_FIELDS],
        order_by="line_no, name",
        limit_page_length=0,
    )
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
            commune=unit.unit_name or line.administrative_unit or "",
            commune_code=unit.code or line.administrative_unit or "",
        )
    return sorted(lines, key=lambda line: (line.commune_code, line.line_no or 0, line.name))


def _coefficient(explanation: str | None) -> str:
    """The coefficient of the month's amount, "1,5"; it is shared by many categories and tells of none."""
    steps = [step for step in json.loads(explanation or "[]") if step["code"] == "coefficient"]
    return str(steps[-1]["params"]["coefficient"]).replace(".", ",") if steps else ""


def _by_name(doctype: str, names: set, *fields: str) -> dict[str, dict]:
    names = sorted(name for name in names if name)
    rows = {}
    # Chunks: a provider's whole list is longer than what a database takes as parameters at once.
    for start in range(0, len(names), 500):
        chunk = names[start : start + 500]
        for row in frappe.get_all(
            doctype, filters={"name": ["in", chunk]}, fields=["name", *fields], limit_page_length=0
        ):
            rows[row.name] = row
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


def _seal_qr(doc, paper: dict) -> str:
    total = paper["totals"]["total"]
    return qr_svg(f"{doc.name}|{paper['line_count']}|{total}|{paper['seal']}")
