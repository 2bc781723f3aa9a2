"""Form F9, "BẢNG THANH TOÁN CHO ĐỐI TƯỢNG THỤ HƯỞNG" (Mẫu số 09, NĐ 11/2020/NĐ-CP; secondary): whom a drawdown pays.

The treasury's form is made for wages; allowances stand in its column 9, everything of a person in one sum. Whether
NĐ 347/2025 kept its number is not known (DOMAIN §3.2 F10). Account numbers stand in full: the treasury pays by them.
"""

import frappe
from frappe.utils import getdate

from ansinh_app.core.months import Month
from ansinh_app.utils import paper_tables
from ansinh_app.utils.paper_tables import Column
from ansinh_app.utils.printing import (
    day,
    dong,
    may_print,
    office_paper,
    payout_lines,
    people_said,
    say,
    signatory,
    words,
)

_HEAD, _SIGN, _ROWS = 86, 66, 136


def payee_table_paper(doc) -> dict:
    """The annex of a Treasury Drawdown: part I its payees, part II who changed since the month before."""
    may_print(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    paper = office_paper(office, getdate(doc.drawn_on) if doc.drawn_on else None)
    month = Month.of(getdate(frappe.db.get_value("Payout Period", doc.period, "month")))
    lines = _lines([row.batch for row in doc.batches])
    total = sum(line.total for line in lines)
    paper.update(
        month_text=month.label,
        voucher_no=doc.voucher_no or "……………",
        drawn_on=day(doc.drawn_on) or "…/…/……",
        columns=_columns(),
        table=_laid_out(lines) if lines else None,
        total=dong(total),
        words=words(total),
        held=dong(doc.held_by_provider),
        amount=dong(doc.amount),
        reduced=bool(doc.held_by_provider),
        changes=_changes(doc, month, lines),
        treasury=signatory(office, "Treasury Accountant"),
        mark="" if doc.docstatus == 1 else say("CANCELLED PAPER" if doc.docstatus == 2 else "DRAFT PAPER"),
    )
    return paper


def _lines(batches: list[str]) -> list[dict]:
    lines = payout_lines({"batch": ["in", batches]}) if batches else []
    return [line for line in lines if line.status != "Cancelled"] or lines


def _laid_out(lines: list[dict]) -> dict:
    banks = dict(frappe.get_all("Payment Service Provider", fields=["name", "short_name"], as_list=True))
    rows = []
    for number, line in enumerate(lines, start=1):
        holder = line.payee_name if line.payee_name and line.payee_type not in (None, "", "Self") else ""
        row = {
            "number": number,
            "full_name": line.full_name,
            "holder": f"{say('Account holder')}: {holder}" if holder and line.account_no else "",
            "account_no": line.account_no or "",
            "bank": say("Cash") if not line.account_no else banks.get(line.provider) or line.provider,
            "total": line.total,
            "other": line.total,
            "remark": line.months_back if line.carried_over or line.arrears else "",
        }
        rows.append(
            ("line", row | dict.fromkeys(("wage", "back", "labour", "extra", "bonus", "travel", "grant"), 0))
        )
    return paper_tables.lay_out(
        _columns(), rows, people_said(), first=_ROWS - _HEAD + 16, other=_ROWS, last=_SIGN
    )


def _columns() -> list[Column]:
    return [
        Column("number", "STT", 9, "digits"),
        Column("full_name", "Họ và tên", 38, note="holder"),
        Column("account_no", "Số TK người hưởng", 26, "digits"),
        Column("bank", "Tên ngân hàng", 20),
        Column("total", "Tổng số", 22, "num", summed=True, always=True),
        Column("wage", "Lương tháng", 13, "num"),
        Column("back", "Truy lĩnh", 13, "num"),
        Column("labour", "Tiền công lao động theo hợp đồng", 14, "num"),
        Column("extra", "Tiền thu nhập tăng thêm", 14, "num"),
        Column("bonus", "Tiền thưởng", 13, "num"),
        Column("other", "Tiền phụ cấp và trợ cấp khác", 22, "num", summed=True, always=True),
        Column("travel", "Tiền khoán công tác phí", 13, "num"),
        Column("grant", "Tiền học bổng", 13, "num"),
        Column("remark", "Ghi chú", 22, "digits"),
    ]


def _changes(doc, month: Month, lines: list[dict]) -> list[dict]:
    """Part II: whose sum differs from the month before at the same receiver; [] where nothing was drawn then."""
    before = frappe.get_all(
        "Treasury Drawdown",
        filters={
            "office": doc.office,
            "programme": doc.programme,
            "receiver": doc.receiver,
            "purpose": doc.purpose,
            "docstatus": 1,
            "period": ["in", _periods(doc.office, month - 1) or [""]],
        },
        pluck="name",
    )
    if not before:
        return []
    batches = frappe.get_all(
        "Drawdown Batch", filters={"parent": ["in", before], "parenttype": "Treasury Drawdown"}, pluck="batch"
    )
    old, new = _sums(_lines(batches)), _sums(lines)
    found = []
    for key in sorted(old.keys() | new.keys(), key=lambda key: (old.get(key) or new[key])[0]):
        name, was = old.get(key, (new.get(key, ("",))[0], 0))
        now = new[key][1] if key in new else 0
        if was != now:
            note = (
                say("New on the list")
                if key not in old
                else say("No longer on the list")
                if key not in new
                else ""
            )
            change = dong(now - was) if now > was else f"-{dong(was - now)}"
            found.append(frappe._dict(full_name=name, change=change, note=note))
    return found


def _periods(office: str, month: Month) -> list[str]:
    return frappe.get_all("Payout Period", filters={"office": office, "month": month.first_day}, pluck="name")


def _sums(lines: list[dict]) -> dict[str, tuple[str, int]]:
    found: dict[str, tuple[str, int]] = {}
    for line in lines:
        found[line.beneficiary] = (line.full_name, found.get(line.beneficiary, ("", 0))[1] + line.total)
    return found
