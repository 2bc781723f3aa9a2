"""Lists due: what of a month's payout is not approved yet, and the next step of each."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.registry.offices import pays_on
from ansinh_app.utils.report_frame import answer, day, figure, money, provider_names, text, whole

_UNDONE = ["Draft", "Pending Approval", "Checked"]


def execute(filters=None):
    """Columns, rows, message, chart, summary: offices of the reader without a prepared month, and lists not approved.

    Filters: `month` (default: the next one), `office`.
    """
    filters = frappe._dict(filters or {})
    month = Month.of(getdate(filters.month)) if filters.month else Month.of(getdate(nowdate())) + 1
    rows = [row for office in _offices(filters, month) for row in _of_office(office, month)]
    rows.sort(key=lambda row: (str(row["due"] or ""), row["office"]))
    message = _("What is left to do for the payout of {0}").format(month.label)
    summary = [figure(_("Steps Left"), len(rows), "Orange")]
    return answer(_columns(), rows, message, None, summary, _("Nothing waits."))


def _offices(filters, month: Month) -> list:
    wanted = {"name": filters.office} if filters.office else {}
    offices = frappe.get_list(
        "Paying Office", wanted, ["name", "office_name", "starts_on", "ends_on"], order_by="name", limit_page_length=0
    )
    return [office for office in offices if pays_on(office, month.last_day)]


def _of_office(office, month: Month) -> list[dict]:
    period = frappe.get_list(
        "Payout Period",
        {"office": office.name, "month": month.first_day},
        ["name", "status", "list_due", "line_count", "total_amount"],
        limit_page_length=1,
    )
    due = period[0].list_due if period else None
    due = getdate(due) if due else (month - 1).first_day.replace(day=25)

    def row(step: str, what: str = "", lines: int | None = None, amount: int | None = None) -> dict:
        left = (due - getdate(nowdate())).days
        return {"office": office.office_name or office.name, "step": step, "what": what, "due": due, "days_left": left,
                "lines": lines, "amount": amount}  # fmt: skip

    if not period:
        return [row(_("Open the month and prepare the lines"))]
    if period[0].status == "Open":
        return [row(_("Prepare the lines"), period[0].name)]
    names = provider_names()
    return [
        row(
            _("Submit for approval") if batch.status == "Draft" else _("Approve"),
            f"{names.get(batch.provider, batch.provider)} - {_(batch.channel)}",
            batch.line_count,
            as_dong(batch.total_amount or 0),
        )
        for batch in frappe.get_list(
            "Payout Batch",
            {"period": period[0].name, "docstatus": 0, "status": ["in", _UNDONE]},
            ["provider", "channel", "status", "line_count", "total_amount"],
            order_by="name",
            limit_page_length=0,
        )
    ]


def _columns() -> list[dict]:
    return [
        text("office", _("Paying Office"), 220),
        text("step", _("Next Step"), 240),
        text("what", _("List"), 200),
        day("due", _("List Due")),
        whole("days_left", _("Days Left"), 100),
        whole("lines", _("Lines"), 100),
        money("amount", _("Amount (đồng)")),
    ]
