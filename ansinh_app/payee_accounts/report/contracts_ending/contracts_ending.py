"""Contracts ending: with whom an office will soon have nobody to pay through, unless it renews."""

import frappe
from frappe import _
from frappe.utils import getdate, nowdate

from ansinh_app.utils.report_frame import answer, day, figure, provider_names, text, whole
from ansinh_app.utils.terms import WARNED_BEFORE


def execute(filters=None):
    """Columns, rows, message, chart, summary: contracts of the reader's offices that end within 60 days, or have ended
    in the last 60 without another of the same provider. Filters: `as_of` (default today), `office`."""
    filters = frappe._dict(filters or {})
    as_of, names = getdate(filters.as_of or nowdate()), provider_names()
    wanted = {"docstatus": 1} | ({"office": filters.office} if filters.office else {})
    contracts = frappe.get_list(
        "Bank Contract",
        wanted,
        ["name", "contract_no", "office", "provider", "valid_from", "valid_to"],
        order_by="valid_to, name",
        limit_page_length=0,
    )
    rows = []
    for row in contracts:
        left = (getdate(row.valid_to) - as_of).days if row.valid_to else None
        if left is None or not -WARNED_BEFORE[0] <= left <= WARNED_BEFORE[0] or _followed(row, contracts):
            continue
        rows.append(
            {
                "contract": row.name,
                "contract_no": row.contract_no,
                "office": row.office,
                "provider": names.get(row.provider, row.provider),
                "valid_to": row.valid_to,
                "days_left": left,
                "what": _("Ended: no list can be paid under it") if left < 0 else _("Renew it"),
            }
        )
    summary = [
        figure(_("Ended"), sum(row["days_left"] < 0 for row in rows), "Red"),
        figure(_("Ending"), sum(row["days_left"] >= 0 for row in rows), "Orange"),
    ]
    message = _("Contracts that end within {0} days of {1} and are followed by none").format(
        WARNED_BEFORE[0], as_of.strftime("%d/%m/%Y")
    )
    return answer(_columns(), rows, message, None, summary, _("Nothing waits."))


def _followed(row, contracts: list) -> bool:
    """Whether another contract of the same office and provider goes on after this one."""
    return any(
        other.name != row.name
        and (other.office, other.provider) == (row.office, row.provider)
        and (not other.valid_to or getdate(other.valid_to) > getdate(row.valid_to))
        for other in contracts
    )


def _columns() -> list[dict]:
    return [
        {"fieldname": "contract", "label": _("Contract"), "fieldtype": "Link", "options": "Bank Contract", "width": 170},
        text("contract_no", _("Contract No"), 160),
        text("office", _("Paying Office"), 120),
        text("provider", _("Provider"), 160),
        day("valid_to", _("Valid To")),
        whole("days_left", _("Days Left"), 100),
        text("what", _("What To Do"), 240),
    ]
