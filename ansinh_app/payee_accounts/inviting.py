"""Who still has no account, and a draft request for each."""

import frappe
from frappe import _

from ansinh_app.core import holders
from ansinh_app.exceptions import AnSinhError
from ansinh_app.payee_accounts import contracts, holding
from ansinh_app.payee_accounts.doctype.account_request.account_request import UNDER_WAY
from ansinh_app.registry.units import unit_tree


def people_without_account(office: str, provider: str, units: list[str] | None = None) -> list[str]:
    """Beneficiaries of the office who draw money and neither have an account nor a request at this provider.

    `units` limits to these communes and what lies below them; None: the whole office.
    """
    filters = {
        "office": office,
        "status": ["in", ["Active", "Suspended"]],
        "payment_account": ["is", "not set"],
    }
    if units is not None:
        filters["administrative_unit"] = ["in", sorted(unit_tree().area(frozenset(units))) or [""]]
    people = frappe.get_all(
        "Beneficiary", filters=filters, order_by="administrative_unit, village, search_name", pluck="name"
    )
    asked = set(
        frappe.get_all(
            "Account Request",
            filters={"office": office, "provider": provider, "status": ["in", [*UNDER_WAY, "Handed Over"]]},
            pluck="beneficiary",
        )
    )
    paid = set(
        frappe.get_all(
            "Entitlement",
            filters={"office": office, "docstatus": 1, "payment_account": ["is", "set"]},
            pluck="beneficiary",
        )
    )
    return [name for name in people if name not in asked and name not in paid]


def draft_requests(campaign) -> tuple[list[str], list[tuple[str, str]]]:
    """Draft a request for each; run again, it adds only who is new. Returns names, and who needs what first."""
    units = sorted({session.administrative_unit for session in campaign.sessions}) or None
    places = {session.administrative_unit: session.pay_point for session in reversed(campaign.sessions)}
    drafted, waiting = [], []
    people = people_without_account(campaign.office, campaign.provider, units)
    for number, name in enumerate(people, start=1):
        person = frappe.get_doc("Beneficiary", name)
        frappe.db.savepoint("account_request")
        try:
            drafted.append(draft(person, campaign.provider, campaign, places).name)
        except AnSinhError as error:
            frappe.db.rollback(save_point="account_request")
            frappe.clear_last_message()
            waiting.append((person.full_name, frappe.utils.strip_html(str(error))))
        if number % 50 == 0 or number == len(people):
            frappe.publish_progress(
                number * 100 / len(people), title=_("Account Requests"), doctype=campaign.doctype,
                docname=campaign.name,
            )  # fmt: skip
    return drafted, waiting


def draft(person, provider: str, campaign=None, places: dict | None = None, ignore_permissions: bool = False):
    """A draft request of a Beneficiary at a provider, with the holder the law prefers."""
    holder = holding.begin_with(person)
    fitting = holding.in_capacity(person, holder)
    return frappe.get_doc(
        {
            "doctype": "Account Request",
            "beneficiary": person.name,
            "provider": provider,
            "campaign": campaign.name if campaign else None,
            "contract": campaign.contract if campaign else None,
            "pay_point": (places or {}).get(person.administrative_unit),
            "holder_type": holder,
            "representative": fitting[0].representative if holder != holders.SELF and fitting else None,
        }
    ).insert(ignore_permissions=ignore_permissions)


def draft_for_new(entitlement) -> str | None:
    """A draft request for somebody newly entitled who is to be paid into an account and has none yet.

    The newly entitled are guided to an account at once (plan II.5). Nothing is drafted where the person was
    asked already, where no single contract says with whom, or where a guardian is still missing.
    """
    if entitlement.payee_type == "Carer" or entitlement.payment_account:
        return None
    person = frappe.get_doc("Beneficiary", entitlement.beneficiary)
    if person.payment_account or person.deceased_on:
        return None
    provider = contracts.provider_for(person.office, entitlement.programme)
    under_way = {"beneficiary": person.name, "status": ["in", [*UNDER_WAY, "Handed Over", "Withdrawn"]]}
    if not provider or frappe.db.exists("Account Request", under_way):
        return None
    frappe.db.savepoint("account_request")
    try:
        return draft(person, provider, ignore_permissions=True).name
    except AnSinhError as error:
        frappe.db.rollback(save_point="account_request")
        frappe.clear_last_message()
        frappe.msgprint(
            frappe.utils.strip_html(str(error)), title=_("No Account Request Yet"), indicator="orange"
        )
        return None
