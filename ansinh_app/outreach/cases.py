"""Support Cases on their way: whose they are, until when, who is told, and what is overdue."""

import frappe
from frappe import _
from frappe.desk.doctype.notification_log.notification_log import enqueue_create_notification
from frappe.utils import cint, getdate, nowdate

from ansinh_app.outreach.agencies import (
    COMMUNE,
    OFFICE,
    OUTREACH,
    POLICE,
    PROVIDERS,
    ROLES,
    is_office,
    of_provider,
    of_user,
)
from ansinh_app.payee_accounts import contracts, working_days
from ansinh_app.permissions import scope
from ansinh_app.utils import terms

# Somebody has to act on these; an answered case waits for who asked.
WAITING = ("New", "In Hand", "Reopened")
_BY_UNIT = (COMMUNE, POLICE, OUTREACH)


def route(doc) -> None:
    """Set who answers a case by its kind and, for bank and Post, by the provider concerned.

    Where no provider is known the office finds out whom it concerns.
    """
    agency = frappe.get_cached_value("Support Case Kind", doc.kind, "handled_by")
    doc.agency = (of_provider(doc.provider) or OFFICE) if agency in PROVIDERS else agency


def ask_provider(doc) -> None:
    """A provider sees a case from when it is asked; one asked before keeps seeing what it answered."""
    if doc.agency in PROVIDERS:
        if not doc.provider:
            frappe.throw(
                _("Choose the bank or the Post first that is to answer {0}.").format(
                    frappe.bold(doc.name or "")
                )
            )
        doc.agency = of_provider(doc.provider)
        doc.asked_provider = doc.provider


def due_on(kind: str, day):
    """The working day by which a case of this kind, opened on the day, is to be answered."""
    days = cint(frappe.get_cached_value("Support Case Kind", kind, "working_days"))
    return working_days.after(getdate(day), days)


def set_money_side(doc) -> None:
    """Fill in what the payment line, account or contract tells: person, commune, office, provider, contract."""
    if doc.payout_line:
        line = frappe.db.get_value(
            "Payout Line",
            doc.payout_line,
            ["beneficiary", "entitlement", "payment_account", "provider", "administrative_unit", "office"],
            as_dict=True,
        )
        for field, value in line.items():
            if not doc.get(field):
                doc.set(field, value)
    if doc.entitlement and not doc.beneficiary:
        doc.beneficiary = frappe.db.get_value("Entitlement", doc.entitlement, "beneficiary")
    if doc.payment_account:
        account = frappe.db.get_value(
            "Payment Account", doc.payment_account, ["beneficiary", "provider"], as_dict=True
        )
        doc.beneficiary = doc.beneficiary or account.beneficiary
        doc.provider = doc.provider or account.provider
    if doc.beneficiary:
        person = frappe.db.get_value(
            "Beneficiary",
            doc.beneficiary,
            ["full_name", "administrative_unit", "office", "payment_account"],
            as_dict=True,
        )
        doc.full_name = person.full_name
        doc.administrative_unit = doc.administrative_unit or person.administrative_unit
        doc.office = doc.office or person.office
        handled_by = frappe.get_cached_value("Support Case Kind", doc.kind, "handled_by")
        if handled_by in PROVIDERS and person.payment_account and not doc.payment_account:
            provider = frappe.db.get_value("Payment Account", person.payment_account, "provider")
            if doc.provider in (None, "", provider):
                doc.payment_account, doc.provider = person.payment_account, provider
    if doc.bank_contract:
        contract = frappe.db.get_value(
            "Bank Contract", doc.bank_contract, ["office", "provider"], as_dict=True
        )
        doc.office = doc.office or contract.office
        doc.provider = doc.provider or contract.provider


def set_contract(doc) -> None:
    """A promise stands in the contract that runs with the provider, where none is named."""
    if doc.provider and doc.office and not doc.bank_contract:
        doc.bank_contract = contracts.in_force(doc.office, doc.provider)


def may_answer(doc, user: str | None = None) -> bool:
    """Whether the user takes the case in hand and answers it: the agency asked, or the office for anybody."""
    agencies = of_user(user)
    return OFFICE in agencies or doc.agency in agencies


def may_close(doc, user: str | None = None) -> bool:
    """Whether the user says that the answer will do: who opened the case, or the office."""
    return is_office(user) or doc.opened_agency in of_user(user)


# Telling


def owners(doc) -> list[str]:
    """The users at work who answer the case: of its agency and its area."""
    role = ROLES.get(doc.agency)
    return [user for user in terms.users_with(role) if _concerns(user, doc)] if role else []


def _concerns(user: str, doc) -> bool:
    who = scope(user)
    if doc.agency in PROVIDERS:
        return doc.asked_provider in (who.only("provider").providers or ())
    if doc.agency in _BY_UNIT:
        return doc.administrative_unit in (who.only("commune").units or ())
    offices = who.only("office").offices
    return offices is None or doc.office in offices


def tell(doc, text: str, users: list[str] | None = None) -> None:
    """A line on the desks of those who answer the case, but for who does it himself."""
    told = sorted(set(owners(doc) if users is None else users) - {frappe.session.user})
    if told:
        values = {
            "type": "Alert",
            "subject": text,
            "document_type": "Support Case",
            "document_name": doc.name,
        }
        enqueue_create_notification(told, values)


def watch(today=None) -> list[str]:
    """Daily: cases not answered in time become overdue, and those who answer them are told once. Returns them."""
    late = frappe.get_all(
        "Support Case",
        filters={"status": ["in", WAITING], "due_on": ["<", getdate(today or nowdate())], "overdue": 0},
        fields=["name", "subject", "agency", "asked_provider", "administrative_unit", "office", "due_on"],
        order_by="name",
        limit_page_length=0,
    )
    for row in late:
        frappe.db.set_value("Support Case", row.name, "overdue", 1, update_modified=False)
        text = _("{0} ({1}) was to be answered by {2} and is overdue.", lang="vi")
        tell(row, text.format(row.name, row.subject, getdate(row.due_on).strftime("%d/%m/%Y")))
    return [row.name for row in late]


# Cards


def _card(filters: dict) -> dict:
    agencies = of_user()
    wanted = {"agency": ["in", agencies or [""]], **filters}
    rows = frappe.get_list("Support Case", filters=wanted, fields=["count(name) as number"], order_by=None)
    return {
        "value": rows[0].number if rows else 0,
        "fieldtype": "Int",
        "route": ["support-case"],
        "route_options": wanted,
    }


@frappe.whitelist()
def open_for_me(filters: str | dict | list | None = None) -> dict:
    """Number card: the cases that wait for an answer of the user's own agency."""
    return _card({"status": ["in", list(WAITING)]})


@frappe.whitelist()
def overdue_for_me(filters: str | dict | list | None = None) -> dict:
    """Number card: those of them whose day has passed."""
    return _card({"overdue": 1, "status": ["in", list(WAITING)]})
