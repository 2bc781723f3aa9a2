"""An account that does not work any more: its people are paid in cash until they have a new one."""

from itertools import takewhile

import frappe
from frappe import _
from frappe.utils import cint

from ansinh_app.exceptions import AnSinhError
from ansinh_app.payee_accounts import contracts, inviting
from ansinh_app.payee_accounts.doctype.account_request.account_request import UNDER_WAY

CASH_REASON = "Account closed"
# The account pays nobody in these; a blocked or dormant one may come back.
NOT_PAID = ("Blocked", "Dormant", "Closed")
_CHUNK = 900


def close_returned(reasons: dict[str, str], source: str) -> list[str]:
    """Accounts a provider returned as closed ({account: its words}): closed, their people to cash.

    Out of the next run by itself (DOMAIN §8, 9): whoever was paid into it gets cash, with that reason, and a
    draft request for a new account. An account not active any more was dealt with before. Returns the accounts.
    """
    return [name for name, reason in sorted(reasons.items()) if _shut(name, "Closed", reason, source)]


def block_what_keeps_coming_back(reasons: dict[str, str], source: str) -> list[str]:
    """Accounts ({account: the last reason}) whose last transfers all came back, as many as the settings say: blocked.

    Their people get cash from the next list on, and a draft request for another account (DOMAIN §8, 9). Returns them.
    """
    most = cint(frappe.db.get_single_value("An Sinh Settings", "failures_before_cash"))
    if not most or not reasons:
        return []
    blocked = []
    for name, number in sorted(_failures_in_a_row(sorted(reasons)).items()):
        if number >= most:
            text = _("{0} transfers in a row came back: {1}", lang="vi").format(number, reasons[name])
            if _shut(name, "Blocked", text, source):
                blocked.append(name)
    return blocked


def _failures_in_a_row(accounts: list[str]) -> dict[str, int]:
    """How many of the last months an account was paid into came back, none of its payments having arrived."""
    line, period = frappe.qb.DocType("Payout Line"), frappe.qb.DocType("Payout Period")
    months: dict[str, dict] = {}
    for start in range(0, len(accounts), _CHUNK):
        rows = (
            frappe.qb.from_(line)
            .join(period)
            .on(line.period == period.name)
            .select(line.payment_account, period.month, line.status)
            .distinct()
            .where(line.payment_account.isin(accounts[start : start + _CHUNK]))
            .where(line.status.isin(["Paid", "Failed"]))
            .run()
        )
        for account, month, status in rows:
            months.setdefault(account, {}).setdefault(str(month), set()).add(status)
    found = {}
    for account, statuses in months.items():
        newest_first = (statuses[month] for month in sorted(statuses, reverse=True))
        found[account] = sum(1 for _month in takewhile(lambda one: one == {"Failed"}, newest_first))
    return found


def _shut(name: str, status: str, reason: str, source: str) -> bool:
    """Takes an account out of use and its people to cash; False for one that was dealt with before."""
    account = frappe.get_doc("Payment Account", name)
    if account.status != "Active":
        return False
    account.update({"status": status, "closed_reason": reason[:140]})
    account.flags.told_by = source
    account.flags.ignore_permissions = True
    account.save(ignore_permissions=True)
    fall_back(name)
    return True


def fall_back(account: str) -> tuple[list[str], list[str]]:
    """Everybody paid into the account gets cash from the next list on, and a draft request for a new account.

    What is sealed already goes where it was approved. Returns the people changed, and those whose decision
    needs a look first (an expired mandate): these are held back by preflight.
    """
    changed: set[str] = set()
    stuck: set[str] = set()
    for doctype, filters in (
        ("Beneficiary", {}),
        ("Entitlement", {"docstatus": 1}),
        ("One-off Grant", {"docstatus": 1, "status": ["!=", "Paid"]}),
    ):
        for name in frappe.get_all(
            doctype, filters={"payment_account": account, **filters}, order_by="name", pluck="name"
        ):
            doc = frappe.get_doc(doctype, name)
            person = name if doctype == "Beneficiary" else doc.beneficiary
            (changed if _to_cash(doc) else stuck).add(person)
    for person in sorted(changed):
        _ask_for_a_new_one(person, account)
    return sorted(changed), sorted(stuck - changed)


def payees(account: str) -> list[dict]:
    """Who is paid into the account now: person, name, commune, and by how many decisions; in order of names."""
    found: dict[str, dict] = {}
    for row in frappe.get_all(
        "Entitlement",
        filters={"payment_account": account, "docstatus": 1},
        or_filters=[["effective_to", "is", "not set"], ["effective_to", ">=", frappe.utils.nowdate()]],
        fields=["beneficiary"],
    ):
        found.setdefault(row.beneficiary, {"beneficiary": row.beneficiary, "decisions": 0})["decisions"] += 1
    for row in frappe.get_all(
        "Beneficiary",
        filters={"name": ["in", list(found) or [""]]},
        fields=["name", "full_name", "administrative_unit", "village"],
    ):
        found[row.name].update(full_name=row.full_name, unit=row.administrative_unit, village=row.village)
    return sorted(found.values(), key=lambda row: row.get("full_name") or "")


def _to_cash(doc) -> bool:
    """Whether the document could be changed; one that contradicts the registry is left for a person."""
    doc.update({"payment_method": "Cash", "payment_account": None, "cash_reason": CASH_REASON})
    doc.flags.ignore_permissions = True
    frappe.db.savepoint("to_cash")
    try:
        doc.save()
    except AnSinhError:
        frappe.db.rollback(save_point="to_cash")
        frappe.clear_last_message()
        return False
    return True


def _ask_for_a_new_one(person: str, account: str) -> None:
    """A draft request, unless one is under way: with the same provider while its contract runs."""
    if frappe.db.exists("Account Request", {"beneficiary": person, "status": ["in", UNDER_WAY]}):
        return
    beneficiary = frappe.get_doc("Beneficiary", person)
    if beneficiary.deceased_on:
        return
    provider = frappe.db.get_value("Payment Account", account, "provider")
    if not contracts.in_force(beneficiary.office, provider):
        provider = _provider_by_contract(beneficiary) or provider
    frappe.db.savepoint("account_request")
    try:
        inviting.draft(beneficiary, provider, ignore_permissions=True)
    except AnSinhError:
        # A child without a guardian on record, for example: the campaign's list names who needs what first.
        frappe.db.rollback(save_point="account_request")
        frappe.clear_last_message()


def _provider_by_contract(beneficiary) -> str | None:
    programmes = frappe.get_all(
        "Entitlement",
        filters={"beneficiary": beneficiary.name, "docstatus": 1, "effective_to": ["is", "not set"]},
        pluck="programme",
        order_by="name",
    )
    return next(filter(None, (contracts.provider_for(beneficiary.office, one) for one in programmes)), None)


def say_payees(rows: list[dict]) -> str:
    """The people of an account as a list for its form."""
    if not rows:
        return f"<p>{_('Nobody is paid into this account now.')}</p>"
    units = dict(
        frappe.get_all(
            "Administrative Unit",
            filters={"name": ["in", [row["unit"] for row in rows if row.get("unit")] or [""]]},
            fields=["name", "unit_name"],
            as_list=True,
        )
    )
    items = "".join(
        "<li>"
        + frappe.utils.escape_html(
            ", ".join(filter(None, (row.get("full_name"), row.get("village"), units.get(row.get("unit")))))
        )
        + f" ({_('decisions: {0}').format(row['decisions'])})</li>"
        for row in rows
    )
    return f"<ul>{items}</ul>"
