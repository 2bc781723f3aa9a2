"""Official letters of a month: the office's report to the province, and its letter to communes that fall behind.

The second follows the letter of Bình Sơn district of 2023: the communes below the rest are named with their percents.
Counts only, no name of anybody. Layout NĐ 30/2020 (công văn); what a month's report holds is design after plan IV.1.
"""

from collections import defaultdict

import frappe
from frappe.query_builder.functions import Count, Sum
from frappe.utils import getdate

from ansinh_app.core.coverage import coverage, totals
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.utils.printing import (
    dong,
    may_print,
    numbered,
    office_paper,
    say,
    say_value,
    sign_of,
    signatory,
    words,
)
from ansinh_app.utils.reports import Communes, claims_in_force, office_unit

UNPAID = ("Failed", "Uncollected")
# How many communes the letter names one by one.
_NAMED = 5


def report_letter_paper(doc) -> dict:
    """The month's report of a Payout Period's office to the province (plan IV.1: before the 15th)."""
    paper, month = _letter(doc)
    table = _coverage(doc.office, month)
    whole = totals(table)
    ways = _ways(doc.name)
    sums = {key: sum(way[key] for way in ways) for key in ("lines", "due", "paid", "paid_count", "unpaid")}
    sums["unpaid_count"] = sum(way["unpaid_count"] for way in ways)
    paper.update(
        about=f"V/v báo cáo kết quả chi trả trợ cấp không dùng tiền mặt tháng {month.label}",
        to=[paper["office"].get("report_to") or "…………………………"],
        table=_rows(table),
        whole=_row(whole),
        ways=[way | {key: dong(way[key]) for key in ("due", "paid", "unpaid")} for way in ways],
        sums=sums | {key: dong(sums[key]) for key in ("due", "paid", "unpaid")},
        due_words=words(sums["due"]),
        reasons=_reasons(doc.name),
        obstacles=_from_communes(doc.office, month, "obstacles"),
        proposals=_from_communes(doc.office, month, "proposals"),
        next_month=(month + 1).label,
        recipients=["Như trên", "UBND cấp trên trực tiếp (b/c)"],
    )
    return paper


def communes_letter_paper(doc) -> dict:
    """The office's letter to its communes on accounts still to be registered, with the table of all of them."""
    paper, month = _letter(doc)
    table = _coverage(doc.office, month)
    rows = _rows(table)
    behind = [row for row in rows if row["total"]][-_NAMED:][::-1]
    day_due = paper["office"].get("communes_due_day") or 5
    paper.update(
        about="V/v tiếp tục đẩy nhanh tiến độ chi trả trợ cấp không dùng tiền mặt",
        to=["UBND các xã, phường, thị trấn", "Các tổ chức dịch vụ chi trả"],
        table=rows,
        whole=_row(totals(table)),
        behind="; ".join(f"{row['commune']} {row['percent']}%" for row in behind),
        behind_count=len(behind),
        day_due=f"{day_due:02d}",
        recipients=["Như trên", "Lãnh đạo UBND (b/c)"],
    )
    return paper


def _letter(doc) -> tuple[dict, Month]:
    may_print(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    month = Month.of(getdate(doc.month))
    paper = office_paper(office, None)
    head = signatory(office, "Head") or paper["signatures"][-1]
    paper.update(
        month_text=month.label,
        number=numbered("", sign_of(office)),
        signature=head | {"hint": say("(Signature, seal)")},
    )
    return paper, month


def _coverage(office: str, month: Month) -> list:
    """People with a benefit in force on the month's last day and those paid into an account, by commune."""
    communes = Communes(month.last_day)
    people, banked = defaultdict(set), defaultdict(set)
    for unit in communes.below(office_unit(office)):
        people[unit] = set()
    for claim in claims_in_force(month.last_day, office):
        unit = communes.of(claim.unit) or ""
        people[unit].add(claim.beneficiary)
        if claim.has_account:
            banked[unit].add(claim.beneficiary)
    return coverage((communes.title(unit), len(found), len(banked[unit])) for unit, found in people.items())


def _rows(table: list) -> list[dict]:
    return [_row(line) | {"number": number} for number, line in enumerate(table, start=1)]


def _row(line) -> dict:
    return {
        "commune": line.commune,
        "total": line.total,
        "with_account": line.with_account,
        "without": line.total - line.with_account,
        "percent": f"{line.percent:.2f}".replace(".", ","),
    }


def _ways(period: str) -> list[dict]:
    """By provider and channel: lines and đồng to pay, paid, not paid. Lines without a result count as neither."""
    line = frappe.qb.DocType("Payout Line")
    rows = (
        frappe.qb.from_(line)
        .select(line.provider, line.channel, line.status)
        .select(Count(line.name).as_("lines"), Sum(line.total).as_("amount"))
        .where(line.period == period)
        .where(line.status != "Cancelled")
        .groupby(line.provider, line.channel, line.status)
        .run(as_dict=True)
    )
    found: dict[tuple, dict] = {}
    for row in sorted(rows, key=lambda row: (row.channel or "", row.provider or "")):
        way = found.setdefault(
            (row.channel, row.provider),
            dict.fromkeys(("lines", "due", "paid", "paid_count", "unpaid", "unpaid_count"), 0)
            | {"title": _way(row.provider, row.channel)},
        )
        amount, count = as_dong(row.amount or 0), int(row.lines)
        way["lines"] += count
        way["due"] += amount
        kind = "paid" if row.status == "Paid" else "unpaid" if row.status in UNPAID else ""
        if kind:
            way[kind] += amount
            way[f"{kind}_count"] += count
    return list(found.values())


def _way(provider: str | None, channel: str | None) -> str:
    name = frappe.db.get_value("Payment Service Provider", provider, "short_name") if provider else ""
    return f"{name or provider or '–'}, {say_value(channel).lower()}" if channel else name or provider or "–"


def _reasons(period: str) -> list[tuple[str, int]]:
    """Why lines came back, the commonest first; the words are the providers'."""
    rows = frappe.get_all(
        "Payout Line",
        filters={"period": period, "status": ["in", UNPAID]},
        fields=["failure_reason", "failure_code", "status"],
        limit_page_length=0,
    )
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[row.failure_reason or row.failure_code or say_value(row.status)] += 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _from_communes(office: str, month: Month, field: str) -> list[str]:
    """What the communes' confirmed reports of the month say, each with its commune."""
    rows = frappe.get_all(
        "Commune Report",
        filters={"office": office, "month": month.first_day, "status": "Confirmed"},
        fields=["administrative_unit", field],
        order_by="administrative_unit",
    )
    found = []
    for row in rows:
        said = " ".join((row[field] or "").split())
        if said:
            unit = frappe.db.get_value("Administrative Unit", row.administrative_unit, "unit_name")
            found.append(f"{unit}: {said}")
    return found
