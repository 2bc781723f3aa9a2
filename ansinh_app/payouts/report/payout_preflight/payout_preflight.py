"""What holds a period up and what looks wrong, each with the agency whose task it is."""

from collections import Counter

import frappe
from frappe import _

from ansinh_app.core.money import format_dong
from ansinh_app.payouts.preflight import preflight
from ansinh_app.utils import report_frame as frame
from ansinh_app.utils.reports import own_office


def execute(filters=None):
    """One row for each block and warning of a period, blocks first.

    Filter: `period` (default: the last of the reader's only office).
    """
    filters = frappe._dict(filters or {})
    filters.period = filters.period or _last_period()
    if not filters.period:
        frappe.throw(_("Choose the payout period to check."), title=_("Payout Preflight"))
    frappe.get_doc("Payout Period", filters.period).check_permission("read")
    found = preflight(filters.period)
    rows = [row for finding in found["blocks"] + found["warnings"] for row in _rows(finding)]
    message = _("Known on {0}: {1} lines for {2} people would be made").format(
        frappe.utils.getdate(found["as_of"]).strftime("%d/%m/%Y"),
        format_dong(found["lines"]),
        format_dong(found["people"]),
    )
    counts = Counter()
    for finding in (*found["blocks"], *found["warnings"]):
        counts[_(finding["owner"])] += finding["count"]
    chart = frame.bars(list(counts), {_("What Was Found"): list(counts.values())}, colors=["#ECAD4B"])
    return _columns(), rows, f"{filters.period}. {message}", chart, _summary(found)


def _last_period() -> str | None:
    office = own_office()
    found = frappe.get_list(
        "Payout Period", {"office": office}, pluck="name", order_by="month desc", limit_page_length=1
    )
    return found[0] if office and found else None


def _rows(finding: dict) -> list[dict]:
    shown = [
        {
            "severity": _("Block") if finding["severity"] == "block" else _("Warning"),
            "owner_role": _(finding["owner"]),
            "finding": finding["title"],
            "beneficiary": item.get("beneficiary") or "",
            "full_name": item.get("full_name") or "",
            "detail": item.get("detail") or "",
        }
        for item in finding["items"]
    ]
    more = finding["count"] - len(finding["items"])
    if more > 0:
        shown.append(
            {**shown[0], "beneficiary": "", "full_name": "", "detail": _("and {0} more").format(more)}
        )
    return shown


def _columns() -> list[dict]:
    # Plain text, not Links: rows about a person must not vanish where the reader's links are restricted.
    return [
        {"fieldname": "severity", "label": _("Weight"), "fieldtype": "Data", "width": 100},
        {"fieldname": "owner_role", "label": _("Whose Task"), "fieldtype": "Data", "width": 190},
        {"fieldname": "finding", "label": _("What Was Found"), "fieldtype": "Data", "width": 320},
        {"fieldname": "beneficiary", "label": _("Code"), "fieldtype": "Data", "width": 120},
        {"fieldname": "full_name", "label": _("Full Name"), "fieldtype": "Data", "width": 180},
        {"fieldname": "detail", "label": _("Detail"), "fieldtype": "Data", "width": 220},
    ]


def _summary(found: dict) -> list[dict]:
    blocks = sum(row["count"] for row in found["blocks"])
    warnings = sum(row["count"] for row in found["warnings"])
    return [
        frame.figure(_("Blocks"), blocks, "Red" if blocks else "Green"),
        frame.figure(_("Warnings"), warnings, "Orange"),
        frame.figure(_("Lines"), found["lines"]),
        frame.figure(_("Total (đồng)"), found["total"]),
    ]
