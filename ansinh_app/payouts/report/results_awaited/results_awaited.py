"""Results awaited: the sealed lists whose bank or Post has not said of every line whether it was paid."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.core.money import as_dong
from ansinh_app.utils.report_frame import answer, day, figure, money, provider_names, text, whole

_ON_THEIR_WAY = ["Approved", "Sent"]


def execute(filters=None):
    """Columns, rows, message, chart, summary: lists of the reader's offices or providers, the longest out first.

    Filters: `office`, `as_of` (lists sealed until that day, default today). A bank sees its own lists only.
    """
    filters = frappe._dict(filters or {})
    as_of = getdate(filters.as_of or nowdate())
    wanted = {"docstatus": 1, "status": ["in", _ON_THEIR_WAY]} | ({"office": filters.office} if filters.office else {})
    names, rows = provider_names(), []
    for batch in frappe.get_list(
        "Payout Batch",
        filters=wanted,
        fields=["name", "period", "programme", "provider", "channel", "status", "line_count", "total_amount"]
        + ["paid_count", "unpaid_count", "paid_amount", "unpaid_amount", "approved_on", "sent_on"],
        order_by="approved_on, name",
        limit_page_length=0,
    ):
        out_since = getdate(batch.sent_on or batch.approved_on) if batch.sent_on or batch.approved_on else None
        waiting = batch.line_count - (batch.paid_count or 0) - (batch.unpaid_count or 0)
        if waiting <= 0 or (out_since and out_since > as_of):
            continue
        known = as_dong(batch.paid_amount or 0) + as_dong(batch.unpaid_amount or 0)
        rows.append(
            {
                "batch": batch.name,
                "period": batch.period,
                "provider": names.get(batch.provider, batch.provider),
                "channel": _(batch.channel),
                "sent": _("Sent") if batch.status == "Sent" else _("Not sent yet"),
                "out_since": out_since,
                "days": (as_of - out_since).days if out_since else None,
                "lines": waiting,
                "amount": as_dong(batch.total_amount or 0) - known,
            }
        )
    summary = [
        figure(_("Lists"), len(rows)),
        figure(_("Lines Without a Result"), sum(row["lines"] for row in rows), "Orange"),
        figure(_("Amount (đồng)"), sum(row["amount"] for row in rows), "Orange"),
    ]
    message = _("Lists without a result for every line on {0}; the result is due before day 20").format(
        as_of.strftime("%d/%m/%Y")
    )
    return answer(_columns(), rows, message, None, summary, _("Nothing waits."))


def _columns() -> list[dict]:
    return [
        {"fieldname": "batch", "label": _("Batch"), "fieldtype": "Link", "options": "Payout Batch", "width": 200},
        text("period", _("Period"), 130),
        text("provider", _("Provider"), 150),
        text("channel", _("Channel"), 130),
        text("sent", _("Sent"), 110),
        day("out_since", _("Since")),
        whole("days", _("Days"), 80),
        whole("lines", _("Lines Without a Result"), 140),
        money("amount", _("Amount (đồng)")),
    ]
