"""The budget year of an office: allotted, drawn, paid, paid back, still held, and what nobody has explained."""

from dataclasses import asdict, dataclass

import frappe
from frappe import _
from frappe.utils import cint

from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.payouts import drawdowns, held_money
from ansinh_app.permissions import check_office
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import filter_month, own_office


@dataclass(slots=True)
class Year:
    """One programme's year, in đồng."""

    allotted: int = 0
    opening: int = 0
    drawn: int = 0
    paid: int = 0
    returned: int = 0
    in_flight: int = 0
    closing: int = 0
    left: int = 0

    @property
    def difference(self) -> int:
        """What came in and is neither paid, nor paid back, nor on its way, nor held; 0 when the year adds up."""
        return self.opening + self.drawn - self.paid - self.returned - self.in_flight - self.closing


def execute(filters=None):
    """One row a programme with its fee beneath, then the total.

    Filters: `office` (default: the reader's only one), `year` (default: the last period's).
    """
    filters = frappe._dict(filters or {})
    filters.office = own_office(filters)
    if not filters.office:
        frappe.throw(_("Choose the paying office and the budget year."), title=_("Budget Settlement"))
    check_office(filters.office)
    filters.year = cint(filters.year) or filter_month(None, filters.office).first_day.year
    years = settle(filters.office, filters.year)
    titles = dict(frappe.get_all("Benefit Programme", fields=["name", "title"], as_list=True))
    rows = []
    for (programme, purpose), year in sorted(years.items()):
        row = {"programme": titles.get(programme) or programme, "purpose": _(purpose)}
        rows.append(row | asdict(year) | {"difference": year.difference})
    if not rows:
        return frame.answer(_columns(), [], _("Nothing is allotted or drawn in {0}.").format(filters.year).rstrip("."))
    total = {"programme": _("Total"), "bold": 1}
    total |= {name: sum(row[name] for row in rows) for name in _money()}
    message = _("{0}, budget year {1}").format(filters.office, filters.year)
    return _columns(), [*rows, total], message, _chart(rows), _summary(total)


def settle(office: str, year: int) -> dict[tuple[str, str], Year]:
    """(programme, purpose) -> its year; months count by the month paid for, as the drawdowns do."""
    found: dict[tuple[str, str], Year] = {}
    for (programme, purpose), amount in _allotted(office, year).items():
        left = drawdowns.allotment_left(office, programme, year, purpose=purpose)
        found[(programme, purpose)] = Year(allotted=amount, left=left)
    for programme, amount in _fees(office, year).items():
        row = found.setdefault((programme, drawdowns.FEE), Year())
        # A fee is earned by the month it was settled for: what is drawn is what is paid.
        row.drawn = row.paid = amount
    first, after = Month(year, 1), Month(year + 1, 1)
    known = held_money.money_of_all(office, after.first_day)
    for receiver in _receivers(office):
        money = known.get(receiver, {})
        for (month, programme), item in money.items():
            if month.year != year:
                continue
            row = found.setdefault((programme, drawdowns.BENEFITS), Year())
            row.drawn += item.drawn or 0
            row.paid += item.paid
            row.in_flight += item.in_flight
        for at, name in ((first, "opening"), (after, "closing")):
            for programme, amount in held_money.held_before(office, receiver, at.first_day, money).items():
                row = found.setdefault((programme, drawdowns.BENEFITS), Year())
                setattr(row, name, getattr(row, name) + amount)
    for programme, amount in _returned(office, year).items():
        found.setdefault((programme, drawdowns.BENEFITS), Year()).returned = amount
    return found


def _allotted(office: str, year: int) -> dict[tuple[str, str], int]:
    """(programme, purpose) -> đồng; an allotment older than the distinction is for benefits."""
    found: dict[tuple[str, str], int] = {}
    for row in frappe.get_all(
        "Budget Allotment",
        filters={"office": office, "year": year, "docstatus": 1},
        fields=["programme", "purpose", "amount"],
        limit_page_length=0,
    ):
        key = (row.programme, row.purpose or drawdowns.BENEFITS)
        found[key] = found.get(key, 0) + as_dong(row.amount or 0)
    return found


def _fees(office: str, year: int) -> dict[str, int]:
    return _of_year("Treasury Drawdown", office, year, purpose=drawdowns.FEE)


def _returned(office: str, year: int) -> dict[str, int]:
    """Money nobody waited for; what was recovered from people never left with the providers of this year."""
    return _of_year("Treasury Return", office, year, source="Money Not Paid Out")


def _of_year(doctype: str, office: str, year: int, **equal) -> dict[str, int]:
    """Programme -> đồng of the submitted documents of the office's months in the year."""
    table, period = frappe.qb.DocType(doctype), frappe.qb.DocType("Payout Period")
    query = (
        frappe.qb.from_(table)
        .join(period)
        .on(table.period == period.name)
        .select(table.programme, table.amount)
        .where(table.office == office)
        .where(table.docstatus == 1)
        .where(period.month >= f"{year}-01-01")
        .where(period.month <= f"{year}-12-31")
    )
    for name, value in equal.items():
        query = query.where(table[name] == value)
    found: dict[str, int] = {}
    for programme, amount in query.run():
        found[programme] = found.get(programme, 0) + as_dong(amount or 0)
    return found


def _receivers(office: str) -> list[str]:
    filters = {"office": office, "docstatus": 1}
    names = frappe.get_all("Payout Batch", filters=filters, pluck="receiver", limit_page_length=0)
    return sorted({name for name in names if name})


def _columns() -> list[dict]:
    columns = [
        {"fieldname": "programme", "label": _("Programme"), "fieldtype": "Data", "width": 200},
        {"fieldname": "purpose", "label": _("Purpose"), "fieldtype": "Data", "width": 130},
    ]
    money = {"fieldtype": "Currency", "options": "VND", "precision": 0, "width": 185}
    return columns + [{"fieldname": name, "label": label, **money} for name, label in _money().items()]


def _money() -> dict[str, str]:
    return {
        "allotted": _("Allotted"),
        "opening": _("Held at the Start of the Year"),
        "drawn": _("Drawn"),
        "paid": _("Paid to People"),
        "returned": _("Paid Back to the Treasury"),
        "in_flight": _("Without a Result"),
        "closing": _("Held at the End"),
        "difference": _("Unexplained Difference"),
        "left": _("Left of the Allotment"),
    }


def _chart(rows: list[dict]) -> dict:
    names = (("allotted", _("Allotted")), ("drawn", _("Drawn")), ("paid", _("Paid to People")))
    return {
        "data": {
            "labels": [f"{row['programme']} - {row['purpose']}" for row in rows],
            "datasets": [{"name": label, "values": [row[name] for row in rows]} for name, label in names],
        },
        "type": "bar",
        "fieldtype": "Currency",
    }


def _summary(total: dict) -> list[dict]:
    shown = (
        ("allotted", _("Allotted (đồng)"), "Blue"),
        ("paid", _("Paid to People (đồng)"), "Green"),
        ("closing", _("Held at the End (đồng)"), "Orange"),
        ("difference", _("Unexplained Difference (đồng)"), "Red" if total["difference"] else "Green"),
    )
    return [frame.figure(label, total[name], indicator) for name, label, indicator in shown]
