"""How a benefit is paid, by the beneficiary's choice: into the payee's account in one step, or in cash with a reason.

It counts from the next list that is prepared; what is sealed goes where it was approved. Every step stands in
the history of the entitlement. Another account than the one paid into now goes by an Account Request, confirmed
by a second person; it is not changed here.
"""

import frappe
from frappe import _

from ansinh_app.core import holders, masking
from ansinh_app.exceptions import PayeeError
from ansinh_app.payee_accounts import contracts, holding, inviting
from ansinh_app.payee_accounts.doctype.account_request.account_request import UNDER_WAY
from ansinh_app.payee_accounts.paying import CASH, pay_in_cash, pay_into, running
from ansinh_app.utils import actions
from ansinh_app.utils.sealed_numbers import opened_value

MOVED, DRAFTED, NOTHING = "Moved", "Request Drafted", "Nothing to Move"


def terms_for(entitlement, person) -> dict | None:
    """Payee and account an entitlement can be moved to: the payee's own, else whom the law admits to hold it.

    None where no account is in use whose holder's name is certain enough to be paid into.
    """
    if entitlement.payee_type != holders.SELF:
        account = _account({"representative": entitlement.representative})
        return account and _terms(entitlement.payee_type, entitlement.representative, account)
    own = _account({"beneficiary": person.name, "name_match": ["!=", "Different"]})
    if own:
        return _terms(holders.SELF, None, own)
    for choice in holding.choices_for(person):
        if choice["refused"] or choice["holder_type"] == holders.SELF:
            continue
        for representative in choice["representatives"]:
            account = _account({"representative": representative})
            if account:
                return _terms(choice["holder_type"], representative, account)
    return None


def _account(filters: dict) -> str | None:
    rows = frappe.get_all(
        "Payment Account",
        filters={**filters, "status": "Active"},
        order_by="opened_on desc, name desc",
        pluck="name",
        limit=1,
    )
    return rows[0] if rows else None


def _terms(payee_type: str, representative: str | None, account: str) -> dict:
    return {"payee_type": payee_type, "representative": representative, "payment_account": account}


def to_account(person, names: list[str]) -> tuple[str, str]:
    """Move a person's entitlements from cash to the account in use, or draft the request where there is none.

    Returns what was done (MOVED, DRAFTED or NOTHING) and a sentence that says it. A person may draw several
    benefits with different payees: each goes to its own payee's account. Raises PayeeError where no provider
    can be told, AccountRequestError where a guardian or a mandate is missing first.
    """
    held = [frappe.get_doc("Entitlement", name) for name in names]
    in_cash = [one for one in held if one.payment_method == CASH or not one.payment_account]
    if not in_cash:
        return NOTHING, _(
            "{0} is paid into an account already. Another account goes by an Account Request."
        ).format(person.full_name)
    moved, accounts = [], []
    for entitlement in in_cash:
        terms = terms_for(entitlement, person)
        if terms:
            moved += pay_into([entitlement.name], person.reload(), terms)
            accounts.append(terms["payment_account"])
    if moved:
        return MOVED, _("{0} is paid into account {1} from the next list on.").format(
            person.full_name, ", ".join(dict.fromkeys(map(_shown, accounts)))
        ) + _still_in_cash(moved)
    return _request(person, in_cash[0])


def _request(person, entitlement) -> tuple[str, str]:
    known = frappe.db.get_value(
        "Account Request",
        {"beneficiary": person.name, "status": ["in", UNDER_WAY]},
        ["name", "status"],
        as_dict=True,
    )
    if known:
        return NOTHING, _("{0} has no account in use yet; request {1} is under way ({2}).").format(
            person.full_name, known.name, _(known.status)
        )
    provider = contracts.provider_for(person.office, entitlement.programme)
    if not provider:
        frappe.throw(
            _(
                "{0} has no account in use, and no single contract says with whom to open one: make an Account Request."
            ).format(frappe.bold(person.full_name)),
            PayeeError,
        )
    request = inviting.draft(person, provider)
    return DRAFTED, _("{0} has no account in use: request {1} with {2} is drafted.").format(
        person.full_name, request.name, provider
    )


def _shown(account: str) -> str:
    number, provider = frappe.db.get_value("Payment Account", account, ["account_no", "provider"])
    return f"{provider} {masking.mask(masking.ACCOUNT, opened_value(masking.ACCOUNT, number))}"


def _still_in_cash(names: list[str]) -> str:
    """Which lists do not follow by themselves: prepared ones until they are prepared again, sealed ones never."""
    rows = frappe.get_all(
        "Payout Line",
        filters={"entitlement": ["in", names], "channel": CASH, "status": ["in", ["Planned", "Sent"]]},
        fields=["period", "batch"],
    )
    if not rows:
        return ""
    sealed = set(
        frappe.get_all(
            "Payout Batch",
            filters={"name": ["in", [row.batch for row in rows if row.batch] or [""]], "docstatus": 1},
            pluck="name",
        )
    )
    open_ones = sorted({row.period for row in rows if row.batch not in sealed})
    kept = sorted({row.batch for row in rows if row.batch in sealed})
    texts = []
    if open_ones:
        texts.append(_("Prepare the lines of {0} again.").format(", ".join(open_ones)))
    if kept:
        texts.append(_("{0} is sealed and still pays in cash.").format(", ".join(kept)))
    return " " + " ".join(texts)


# Actions of the forms


@frappe.whitelist(methods=["POST"])
def move_person(doc: str | dict) -> dict:
    """Action of Beneficiary: every benefit that runs goes into the payee's account."""
    person = actions.stored(doc, "Beneficiary")
    return _told(*to_account(person, running(person.name)))


@frappe.whitelist(methods=["POST"])
def move_entitlement(doc: str | dict) -> dict:
    """Action of Entitlement: this benefit goes into the payee's account."""
    entitlement = actions.stored(doc, "Entitlement")
    if entitlement.docstatus != 1:
        frappe.throw(
            _("{0} is not decided: nothing is paid by it.").format(frappe.bold(entitlement.name)), PayeeError
        )
    return _told(*to_account(frappe.get_doc("Beneficiary", entitlement.beneficiary), [entitlement.name]))


@frappe.whitelist(methods=["POST"])
def person_in_cash(doc: str | dict) -> dict:
    """Action of Beneficiary: every benefit that runs is paid in cash, for the reason on the person's record."""
    person = actions.stored(doc, "Beneficiary")
    if person.payment_method != CASH or not person.cash_reason:
        frappe.throw(
            _("Choose Cash and its reason on the form of {0}, save, then press this again.").format(
                frappe.bold(person.full_name)
            ),
            PayeeError,
        )
    names = [
        name
        for name in running(person.name)
        if frappe.db.get_value("Entitlement", name, "payment_method") != CASH
    ]
    pay_in_cash(names, person, person.cash_reason)
    text = _("{0} benefits of {1} are paid in cash from the next list on: {2}.")
    return _told(
        MOVED if names else NOTHING, text.format(len(names), person.full_name, _(person.cash_reason))
    )


def _told(done: str, text: str) -> dict:
    frappe.msgprint(
        frappe.utils.escape_html(text),
        title=_("Payment Method"),
        indicator="green" if done == MOVED else "blue" if done == DRAFTED else "orange",
    )
    return {"done": done, "message": text}
