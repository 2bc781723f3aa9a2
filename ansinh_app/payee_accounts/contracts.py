"""Contracts with providers as they stand on a day."""

import frappe
from frappe import _
from frappe.utils import get_url_to_form, getdate, nowdate

from ansinh_app.core.money import as_dong, percent_of
from ansinh_app.utils import terms


def in_force(office: str | None, provider: str, day=None) -> str | None:
    """The office's contract with the provider in force on the day (default: today), the newest first."""
    rows = frappe.get_all(
        "Bank Contract",
        filters={"office": office, "provider": provider, "docstatus": 1, "status": ["!=", "Ended"]},
        fields=["name", "valid_from", "valid_to"],
        order_by="valid_from desc",
    )
    return next((row.name for row in rows if _covers(row, getdate(day or nowdate()))), None)


def is_in_force(contract: str, day=None) -> bool:
    """Whether a signed contract covers the day (default: today)."""
    row = frappe.db.get_value(
        "Bank Contract", contract, ["docstatus", "status", "valid_from", "valid_to"], as_dict=True
    )
    if not row or row.docstatus != 1 or row.status == "Ended":
        return False
    return _covers(row, getdate(day or nowdate()))


def _covers(row, day) -> bool:
    if row.valid_from and getdate(row.valid_from) > day:
        return False
    return not row.valid_to or getdate(row.valid_to) >= day


def provider_for(office: str, programme: str, day=None) -> str | None:
    """The provider under whose contract the office opens accounts for a programme; None when it is not plain."""
    rows = frappe.get_all(
        "Bank Contract",
        filters={"office": office, "docstatus": 1, "status": ["!=", "Ended"], "pays_accounts": 1},
        fields=["name", "provider", "valid_from", "valid_to"],
        order_by="name",
    )
    covering = [row for row in rows if _covers(row, getdate(day or nowdate()))]
    scopes: dict[str, set[str]] = {}
    for row in frappe.get_all(
        "Contract Programme",
        filters={"parenttype": "Bank Contract", "parent": ["in", [row.name for row in covering] or [""]]},
        fields=["parent", "programme"],
    ):
        scopes.setdefault(row.parent, set()).add(row.programme)
    providers = {row.provider for row in covering if programme in scopes.get(row.name, {programme})}
    return providers.pop() if len(providers) == 1 else None


def watch_terms(today=None) -> list[str]:
    """Daily: signed contracts become Active on their first day; those near their end become Expiring and their
    office is told, 60 and 30 days ahead; those past it end. Run again on the same day it tells nobody twice.
    Returns the contracts it changed or told of."""
    day = getdate(today or nowdate())
    touched = frappe.get_all(
        "Bank Contract",
        filters={"docstatus": 1, "status": "Signed", "valid_from": ["<=", day]},
        pluck="name",
        order_by="valid_from, name",
    )
    for name in touched:
        frappe.db.set_value("Bank Contract", name, "status", "Active")
    for row in frappe.get_all(
        "Bank Contract",
        filters={"docstatus": 1, "status": ["in", ["Active", "Expiring"]], "valid_to": ["is", "set"]},
        fields=["name", "contract_no", "office", "provider", "valid_to", "status", "warned_days"],
        order_by="valid_to, name",
    ):
        left = (getdate(row.valid_to) - day).days
        if left < 0:
            frappe.db.set_value("Bank Contract", row.name, "status", "Ended")
            touched.append(row.name)
            continue
        mark = terms.mark(left, row.warned_days)
        if mark is None:
            continue
        frappe.db.set_value("Bank Contract", row.name, {"status": "Expiring", "warned_days": mark})
        _tell_of_end(row, left)
        touched.append(row.name)
    return touched


def _tell_of_end(row, left: int) -> None:
    """A line in the contract's history, and a mail to the managers who may see it."""
    text = _(
        "Contract {0} with {1} ends on {2}, in {3} days. Renew it, or no list can be paid under it.",
        lang="vi",
    ).format(row.contract_no, row.provider, getdate(row.valid_to).strftime("%d/%m/%Y"), left)
    frappe.get_doc("Bank Contract", row.name).add_comment("Info", text)
    readers = [
        user
        for user in terms.users_with("Social Affairs Manager")
        if frappe.has_permission("Bank Contract", "read", doc=row.name, user=user)
    ]
    terms.mail(
        readers,
        _("Contract {0} is about to end", lang="vi").format(row.contract_no),
        f"<p>{frappe.utils.escape_html(text)}</p><p>{get_url_to_form('Bank Contract', row.name)}</p>",
        ("Bank Contract", row.name),
    )


def fees_by_month(contract: str) -> list[dict]:
    """What the provider earned under a contract, month by month: money paid out, percent and fee in đồng.

    Rounded once for each month and programme, as settlements count it (TT 76/2021/TT-BTC Đ3.7).
    """
    percent = frappe.db.get_value("Bank Contract", contract, "fee_percent")
    sums: dict[tuple, int] = {}
    for row in frappe.get_all(
        "Payout Batch",
        filters={"contract": contract, "docstatus": 1},
        fields=["period", "programme", "paid_amount"],
        limit_page_length=0,
    ):
        key = (row.period, row.programme)
        sums[key] = sums.get(key, 0) + as_dong(row.paid_amount or 0)
    months = dict(
        frappe.get_all(
            "Payout Period",
            filters={"name": ["in", sorted({period for period, _programme in sums}) or [""]]},
            fields=["name", "month"],
            as_list=True,
        )
    )
    found: dict[object, dict] = {}
    for (period, _programme), paid in sorted(sums.items(), key=lambda item: str(months[item[0][0]])):
        row = found.setdefault(months[period], {"month": getdate(months[period]), "paid": 0, "fee": 0})
        row["paid"] += paid
        row["fee"] += percent_of(paid, str(percent or 0))
    return list(found.values())
