"""Lines that came back unpaid in a month, why, and the later line that carries the money."""

import frappe
from frappe import _
from frappe.utils import getdate

from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.oversight import personal_data
from ansinh_app.utils.reports import Communes, filter_month

UNPAID = ("Failed", "Uncollected")


def execute(filters=None):
    """One row for each failed or uncollected line of a month. Filters: `month`, `office`, `provider`.

    Read through the document's own permissions: a commune sees its people, a provider its own lines.
    """
    filters = frappe._dict(filters or {})
    month = filter_month(filters.month)
    communes = Communes(month.last_day)
    lines = _lines(filters, month)
    carried = _carried(lines, month)
    providers = dict(
        frappe.get_all(
            "Payment Service Provider", fields=["name", "short_name"], as_list=True, limit_page_length=0
        )
    )
    rows = [
        {
            "commune": communes.title(line.administrative_unit),
            "beneficiary": line.beneficiary,
            "full_name": line.full_name,
            "provider": providers.get(line.provider) or line.provider,
            "channel": _(line.channel) if line.channel else "",
            "total": as_dong(line.total or 0),
            "status": _(line.status),
            "reason": line.failure_reason or line.failure_code or "",
            "carried_in": carried.get(line.name, ""),
        }
        for line in lines
    ]
    personal_data.on_report("Failed and Carried Over", rows)
    message = _("Lines of month {0} that came back unpaid").format(month.label)
    return _columns(), rows, message, None, _summary(rows)


def _periods(month: Month, office: str | None, later: bool = False) -> dict[str, Month]:
    filters = {"month": [">" if later else "=", month.first_day]}
    if office:
        filters["office"] = office
    rows = frappe.get_all("Payout Period", filters=filters, fields=["name", "month"], limit_page_length=0)
    return {row.name: Month.of(getdate(row.month)) for row in rows}


def _lines(filters, month: Month) -> list[dict]:
    periods = _periods(month, filters.office)
    if not periods:
        return []
    wanted = {"period": ["in", sorted(periods)], "status": ["in", UNPAID]}
    if filters.provider:
        wanted["provider"] = filters.provider
    return frappe.get_list(
        "Payout Line",
        filters=wanted,
        fields=["name", "beneficiary", "full_name", "administrative_unit", "provider", "channel", "total"]
        + ["status", "failure_reason", "failure_code"],
        order_by="administrative_unit, full_name, name",
        limit_page_length=0,
    )


def _carried(lines: list[dict], month: Month) -> dict[str, str]:
    """Line -> the first later month whose line of the same benefit pays carried-over money.

    The benefit is not shown to the reader, so it is read here and never returned.
    """
    later = _periods(month, None, later=True)
    if not lines or not later:
        return {}
    found: dict[tuple, Month] = {}
    benefits: dict[str, tuple] = {}
    for start in range(0, len(lines), 500):
        chunk = lines[start : start + 500]
        names = [line.name for line in chunk]
        for row in frappe.get_all(
            "Payout Line",
            filters={"name": ["in", names]},
            fields=["name", "beneficiary", "benefit"],
            limit_page_length=0,
        ):
            benefits[row.name] = (row.beneficiary, row.benefit)
        people = sorted({line.beneficiary for line in chunk})
        for row in frappe.get_all(
            "Payout Line",
            filters={
                "beneficiary": ["in", people],
                "period": ["in", sorted(later)],
                "carried_over": [">", 0],
                "status": ["!=", "Cancelled"],
            },
            fields=["beneficiary", "benefit", "period"],
            limit_page_length=0,
        ):
            key = (row.beneficiary, row.benefit)
            found[key] = min(found.get(key, later[row.period]), later[row.period])
    return {name: found[key].label for name, key in benefits.items() if key in found}


def _columns() -> list[dict]:
    return [
        {"fieldname": "commune", "label": _("Commune"), "fieldtype": "Data", "width": 170},
        {"fieldname": "beneficiary", "label": _("Code"), "fieldtype": "Data", "width": 120},
        {"fieldname": "full_name", "label": _("Full Name"), "fieldtype": "Data", "width": 180},
        {"fieldname": "provider", "label": _("Provider"), "fieldtype": "Data", "width": 110},
        {"fieldname": "channel", "label": _("Channel"), "fieldtype": "Data", "width": 120},
        {
            "fieldname": "total",
            "label": _("Amount"),
            "fieldtype": "Currency",
            "options": "VND",
            "precision": 0,
            "width": 130,
        },
        {"fieldname": "status", "label": _("Status"), "fieldtype": "Data", "width": 120},
        {"fieldname": "reason", "label": _("Reason"), "fieldtype": "Data", "width": 220},
        {"fieldname": "carried_in", "label": _("Carried In"), "fieldtype": "Data", "width": 110},
    ]


def _summary(rows: list[dict]) -> list[dict]:
    open_rows = [row for row in rows if not row["carried_in"]]
    return [
        {"value": len(rows), "label": _("Lines Not Paid"), "datatype": "Int", "indicator": "Red"},
        {
            "value": sum(row["total"] for row in rows),
            "label": _("Amount (đồng)"),
            "datatype": "Int",
            "indicator": "Red",
        },
        {
            "value": len(open_rows),
            "label": _("Not Carried Yet"),
            "datatype": "Int",
            "indicator": "Orange" if open_rows else "Green",
        },
    ]
