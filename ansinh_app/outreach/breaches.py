"""Promises of a contract reported broken: a case against each, counted on the contract (plan IV.4)."""

import frappe
from frappe import _
from frappe.utils import escape_html

from ansinh_app.exceptions import SupportCaseError
from ansinh_app.utils import actions

CONFIRMED = "Confirmed"
_COUNTS = ("reported", "open", "confirmed")


def commitment_of(contract: str | None, number: int) -> str:
    """The words of a contract's commitment by its number on the paper."""
    words = contract and frappe.db.get_value(
        "Contract Commitment",
        {"parent": contract, "parenttype": "Bank Contract", "idx": number},
        "commitment",
    )
    if not words:
        frappe.throw(
            _(
                "The contract has no commitment No {0}. The button Commitments of the Contract lists them."
            ).format(number),
            SupportCaseError,
        )
    return words


def count(contracts, since=None, until=None) -> dict[tuple[str, str], dict[str, int]]:
    """{(contract, commitment): {"reported", "open", "confirmed"}} of cases opened between two days, both counted in.

    Reported are all; open is what is not closed yet; confirmed what the office found broken.
    """
    found: dict[tuple[str, str], dict[str, int]] = {}
    filters = [
        ["bank_contract", "in", [one for one in contracts if one] or [""]],
        ["commitment", "is", "set"],
    ]
    filters += [["opened_on", ">=", since]] if since else []
    filters += [["opened_on", "<=", f"{until} 23:59:59.999999"]] if until else []
    for row in frappe.get_all(
        "Support Case",
        filters=filters,
        fields=["bank_contract", "commitment", "status", "breach_finding"],
        limit_page_length=0,
    ):
        counts = found.setdefault((row.bank_contract, row.commitment), dict.fromkeys(_COUNTS, 0))
        counts["reported"] += 1
        if row.breach_finding == CONFIRMED:
            counts["confirmed"] += 1
        elif row.status != "Closed":
            counts["open"] += 1
    return found


def recount(contracts: set) -> None:
    """Write the counts onto the contracts' commitments."""
    contracts = {one for one in contracts if one}
    if not contracts:
        return
    found = count(contracts)
    for row in frappe.get_all(
        "Contract Commitment",
        filters={"parenttype": "Bank Contract", "parent": ["in", sorted(contracts)]},
        fields=["name", "parent", "commitment", "open_cases", "confirmed_breaches"],
        limit_page_length=0,
    ):
        counts = found.get((row.parent, row.commitment), dict.fromkeys(_COUNTS, 0))
        values = {"open_cases": counts["open"], "confirmed_breaches": counts["confirmed"]}
        if any((row.get(field) or 0) != value for field, value in values.items()):
            frappe.db.set_value("Contract Commitment", row.name, values, update_modified=False)
    for contract in contracts:
        frappe.clear_document_cache("Bank Contract", contract)


@frappe.whitelist(methods=["POST"])
def report_broken(doc: str | dict) -> None:
    """Action of Bank Contract: its commitments, each with what was reported and the way to a new case."""
    contract = actions.stored(doc, "Bank Contract", "read")
    frappe.has_permission("Support Case", "create", throw=True)
    _show(contract.name, _("Report a Broken Commitment"), new=True)


@frappe.whitelist(methods=["POST"])
def show_commitments(doc: str | dict) -> None:
    """Action of Support Case: the commitments of its contract with their numbers."""
    case = actions.stored(doc, "Support Case", "read")
    if not case.bank_contract:
        frappe.throw(
            _("{0} names no contract. Choose the provider or the contract first, and save.").format(
                case.name
            ),
            SupportCaseError,
        )
    _show(case.bank_contract, _("Commitments of the Contract"), new=False)


def _show(contract: str, title: str, new: bool) -> None:
    rows = frappe.get_all(
        "Contract Commitment",
        filters={"parenttype": "Bank Contract", "parent": contract},
        fields=["idx", "commitment", "promised", "open_cases", "confirmed_breaches"],
        order_by="idx",
    )
    if not rows:
        frappe.msgprint(_("The contract names no commitments."), title=title)
        return
    kind = frappe.db.get_value(
        "Support Case Kind", {"about_commitment": 1, "is_active": 1}, "name", order_by="kind_code"
    )
    heads = [
        _("No."),
        _("Commitment"),
        _("Reported Broken, Open"),
        _("Broken, Confirmed"),
        *([""] if new else []),
    ]
    body = ""
    for row in rows:
        words = escape_html(row.commitment) + ("" if row.promised else f" ({_('not promised')})")
        cells = [row.idx, words, row.open_cases or 0, row.confirmed_breaches or 0]
        if new:
            link = f"/app/support-case/new?bank_contract={contract}&amp;commitment_no={row.idx}&amp;kind={kind or ''}"
            cells.append(f'<a href="{link}">{_("Report It")}</a>' if row.promised else "")
        body += "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    head = "".join(f"<th>{text}</th>" for text in heads)
    frappe.msgprint(
        f'<table class="table table-bordered"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>',
        title=title,
    )
