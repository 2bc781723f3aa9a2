"""Contracts with providers as they stand on a day."""

import frappe
from frappe.utils import getdate, nowdate


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
