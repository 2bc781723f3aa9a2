"""Treasury tie-out of a budget year: drawdowns are the batches less money held, and the allotment bears them.

Two ties, each with its difference: by month and receiver, batches − held = drawn; by programme,
allotment − drawdowns + returns = what is left (NĐ 20/2021 Đ34.4).
"""

from collections import defaultdict

import frappe
from frappe import _
from frappe.query_builder.functions import Sum
from frappe.utils import cint, getdate

from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.payouts import drawdowns, returns
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import admits_office, filter_month

MONEY = ("batches", "held", "due", "drawn", "difference")


def execute(filters=None):
    """Columns, rows, message, chart, summary. Filters: `year` (default: the last period's), `office`, `programme`.

    A group for each office and programme: a row a month and receiver, their sum, then the tie of the allotment.
    """
    filters = frappe._dict(filters or {})
    year = cint(filters.year) or filter_month(None, filters.office).first_day.year
    admits = admits_office()
    groups: dict[tuple, list[dict]] = defaultdict(list)
    for key, row in sorted(_months(filters, year).items()):
        if admits(key[0]):
            groups[key[:2]].append(row)
    given = {key: amount for key, amount in _allotted(filters, year).items() if admits(key[0])}
    titles = dict(frappe.get_all("Benefit Programme", fields=["name", "title"], as_list=True))
    rows, sums, by_month = [], defaultdict(int), defaultdict(lambda: defaultdict(int))
    for office, programme in sorted(groups.keys() | given.keys()):
        months = groups[office, programme]
        head = f"{office} - {titles.get(programme) or programme}"
        total = frame.total_row(months, {"month": head}, MONEY)
        rows += [total | {"receiver": "", "state": _("Sum of the Year")}, *months]
        tie = _allotment_tie(office, programme, year, given.get((office, programme), 0), total["drawn"])
        rows += tie
        for row in months:
            for name in ("batches", "drawn"):
                by_month[row["month"]][name] += row[name]
        for name in MONEY:
            sums[name] += total[name]
        sums["allotted"] += given.get((office, programme), 0)
        sums["left"] += tie[-2]["drawn"]
        sums["unexplained"] += abs(tie[-1]["drawn"])
    labels = sorted(by_month, key=lambda label: (label[3:], label[:2]))
    chart = frame.bars(
        labels,
        {
            _("Batches"): [by_month[label]["batches"] for label in labels],
            _("Drawn"): [by_month[label]["drawn"] for label in labels],
        },
        "Currency",
    )
    message = _("Budget year {0}, money for benefits; fees stand in the Budget Settlement").format(year)
    return frame.answer(_columns(), rows, message, chart, _summary(sums))


def _months(filters, year: int) -> dict[tuple, dict]:
    """(office, programme, month, receiver) -> its row: what the batches need, what was held, what was drawn."""
    found: dict[tuple, dict] = {}
    names = frame.provider_names()

    def row_of(row) -> dict:
        month = Month.of(getdate(row.month))
        key = (row.office, row.programme, month.first_day, row.receiver or "")
        return found.setdefault(
            key,
            {"month": month.label, "receiver": names.get(row.receiver) or row.receiver or ""}
            | dict.fromkeys(MONEY, 0)
            | {"papers": 0, "vouchers": []},
        )

    for row in _batches(filters, year):
        row_of(row)["batches"] += as_dong(row.amount or 0)
    for row in _drawdowns(filters, year):
        found_row = row_of(row)
        found_row["held"] += as_dong(row.held_by_provider or 0)
        found_row["drawn"] += as_dong(row.amount or 0)
        found_row["papers"] += 1
        found_row["vouchers"].append(row.voucher_no or row.name)
    for row in found.values():
        row["due"] = max(0, row["batches"] - row["held"])
        row["difference"] = row["due"] - row["drawn"]
        papers = row.pop("papers")
        row["vouchers"] = ", ".join(row["vouchers"])
        row["state"] = _("Not drawn yet") if not papers else _("Ties") if not row["difference"] else _("Does not tie")
    return found


def _of_year(query, table, filters, year: int):
    period = frappe.qb.DocType("Payout Period")
    query = query.where(period.month >= f"{year}-01-01").where(period.month <= f"{year}-12-31")
    for name in ("office", "programme"):
        if filters.get(name):
            query = query.where(table[name] == filters[name])
    return query


def _batches(filters, year: int) -> list[dict]:
    batch, period = frappe.qb.DocType("Payout Batch"), frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(batch)
        .join(period)
        .on(batch.period == period.name)
        .select(batch.office, batch.programme, period.month, batch.receiver, Sum(batch.total_amount).as_("amount"))
        .where(batch.docstatus == 1)
        .groupby(batch.office, batch.programme, period.month, batch.receiver)
    )
    return _of_year(query, batch, filters, year).run(as_dict=True)


def _drawdowns(filters, year: int) -> list[dict]:
    drawdown, period = frappe.qb.DocType("Treasury Drawdown"), frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(drawdown)
        .join(period)
        .on(drawdown.period == period.name)
        .select(
            drawdown.name, drawdown.office, drawdown.programme, period.month, drawdown.receiver,
            drawdown.voucher_no, drawdown.held_by_provider, drawdown.amount,
        )
        .where(drawdown.docstatus == 1)
        .where((drawdown.purpose != drawdowns.FEE) | drawdown.purpose.isnull())
        .orderby(drawdown.name)
    )  # fmt: skip
    return _of_year(query, drawdown, filters, year).run(as_dict=True)


def _allotted(filters, year: int) -> dict[tuple[str, str], int]:
    wanted = {"year": year, "docstatus": 1, "purpose": ["!=", drawdowns.FEE]}
    wanted |= {name: filters[name] for name in ("office", "programme") if filters.get(name)}
    found: dict[tuple[str, str], int] = defaultdict(int)
    for row in frappe.get_all(
        "Budget Allotment", wanted, ["office", "programme", "amount"], limit_page_length=0
    ):
        found[row.office, row.programme] += as_dong(row.amount or 0)
    return found


def _allotment_tie(office: str, programme: str, year: int, allotted: int, drawn: int) -> list[dict]:
    """Allotted − drawn + back = left, and how far that is from what the next drawdown would be allowed."""
    back = returns.restored(office, programme, year)
    left = allotted - drawn + back
    allowed = drawdowns.allotment_left(office, programme, year)
    lines = (
        (_("Allotted"), allotted),
        (_("Drawn"), -drawn),
        (_("Paid Back to the Treasury"), back),
        (_("Left of the Allotment"), left),
        (_("Difference"), left - allowed),
    )
    return [{"month": "", "receiver": label, "drawn": amount, "bold": 1} for label, amount in lines]


def _columns() -> list[dict]:
    return [
        frame.text("month", _("Month"), 220),
        frame.text("receiver", _("Receiver"), 190),
        frame.money("batches", _("Batches")),
        frame.money("held", _("Held by the Provider")),
        frame.money("due", _("To Be Drawn")),
        frame.money("drawn", _("Drawn")),
        frame.money("difference", _("Difference"), 130),
        frame.text("state", _("Tie"), 130),
        frame.text("vouchers", _("Vouchers"), 220),
    ]


def _summary(sums: dict) -> list[dict]:
    return [
        frame.figure(_("Allotted (đồng)"), sums["allotted"]),
        frame.figure(_("Drawn (đồng)"), sums["drawn"], "Green"),
        frame.figure(_("Left of the Allotment (đồng)"), sums["left"], "Red" if sums["left"] < 0 else "Green"),
        frame.tied(_("Batches Not Drawn (đồng)"), sums["difference"]),
        frame.tied(_("Unexplained Difference (đồng)"), sums["unexplained"]),
    ]
