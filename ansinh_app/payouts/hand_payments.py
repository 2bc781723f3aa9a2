"""A payment that came back, to be paid once more by hand: its VietQR on screen and on paper.

The provider still holds the money; its teller pays it by the code and says so in a result, which the office
answers (payouts/answers.py, Paid After All). Until then the amount stands open and the next list takes it up.
"""

import frappe
import segno
from frappe import _
from frappe.utils import escape_html, getdate, nowdate

from ansinh_app.core import vietqr
from ansinh_app.core.errors import BadCell
from ansinh_app.core.ledger import CAME_BACK
from ansinh_app.core.money import as_dong, format_dong
from ansinh_app.payouts.run import month_of
from ansinh_app.utils import actions
from ansinh_app.utils.printing import dong, may_print, office_paper, qr_svg, words
from ansinh_app.utils.sealed_numbers import opened


def transfer(line) -> dict:
    """Where a returned line can be paid by hand, and the text of its code; `problem` says why not.

    The payee's account of today counts, not the one the money came back from.
    """
    found = {"bank": "", "account_no": "", "account_name": "", "memo": "", "payload": "", "problem": ""}
    if line.status not in CAME_BACK:
        return found | {"problem": _("This payment has not come back: it is paid by its list.")}
    later = _stands_again(line)
    if later:
        return found | {
            "problem": _("The amount stands on list {0} already: it is paid there.").format(later)
        }
    account = _account_of(line)
    if not account:
        problem = _("The payee has no account that works: the next list pays in cash, or to the new account.")
        return found | {"problem": problem}
    bank = frappe.db.get_value(
        "Payment Service Provider", account.provider, ["provider_name", "napas_bin"], as_dict=True
    )
    memo = f"TC {line.programme} T{month_of(line.period).label} {line.line_no}"
    found |= {
        "bank": bank.provider_name,
        "account_no": account.account_no,
        "account_name": account.account_name,
        "memo": memo,
    }
    try:
        found["payload"] = vietqr.payload(bank.napas_bin or "", account.account_no, as_dong(line.total), memo)
    except BadCell as error:
        problem = (
            _("{0} has no NAPAS number: transfer by its account number.").format(bank.provider_name)
            if error.data["field"] == "bin"
            else _("No code can be made of this payment: transfer by its account number.")
        )
        found["problem"] = problem
    return found


def transfer_paper(doc) -> dict:
    """What the print format Transfer Slip needs of a Payout Line."""
    may_print(doc)
    line = frappe.get_doc("Payout Line", doc.name)
    office = frappe.get_cached_doc("Paying Office", line.office)
    paper = office_paper(office, getdate(nowdate()))
    found = transfer(line)
    return paper | {
        **found,
        "month_text": month_of(line.period).label,
        "full_name": line.full_name,
        "payee_name": line.payee_name,
        "category_shown": line.category_shown,
        "batch": line.batch,
        "line_no": line.line_no,
        "total": dong(line.total),
        "words": words(line.total),
        "reason": line.failure_reason or "",
        "qr": qr_svg(found["payload"], scale=3) if found["payload"] else "",
    }


@frappe.whitelist(methods=["POST"])
def show_code(doc: str | dict) -> None:
    """Action: the VietQR of a returned line, to be paid by hand with any bank's app."""
    line = actions.stored(doc, "Payout Line", "print")
    found = transfer(line)
    parts = []
    if found["payload"]:
        picture = segno.make(found["payload"], error="m", micro=False).png_data_uri(scale=5, border=3)
        parts.append(f'<p><img src="{picture}" alt="VietQR"></p>')
    if found["account_no"]:
        rows = (
            (_("Bank"), found["bank"]),
            (_("Account No"), found["account_no"]),
            (_("Account Name"), found["account_name"]),
            (_("Amount"), f"{format_dong(as_dong(line.total))} đ"),
            (_("Memo"), found["memo"]),
        )
        cells = "".join(
            f"<tr><th>{escape_html(label)}</th><td>{escape_html(text)}</td></tr>" for label, text in rows
        )
        parts.append(f'<table class="table table-bordered"><tbody>{cells}</tbody></table>')
        then = _(
            "Once it is paid, enter the provider's confirmation as a Provider Result and answer its row with "
            "Paid After All; until then the next list pays it again."
        )
        parts.append(f"<p>{escape_html(then)}</p>")
    if found["problem"]:
        parts.append(f"<p><b>{escape_html(found['problem'])}</b></p>")
    frappe.msgprint(
        "".join(parts),
        title=_("VietQR for a Payment by Hand"),
        indicator="orange" if found["problem"] else "blue",
    )


def _stands_again(line) -> str:
    """The list of a later month on which the person's benefit stands, with what came back in it; "" where none does."""
    mine = month_of(line.period)
    key = {"one_off_grant": line.one_off_grant} if line.one_off_grant else {"benefit": line.benefit}
    for row in frappe.get_all(
        "Payout Line",
        filters={
            "beneficiary": line.beneficiary,
            "status": ["!=", "Cancelled"],
            "name": ["!=", line.name],
            **key,
        },
        fields=["batch", "period", "carried_over"],
        order_by="period",
    ):
        if row.carried_over and month_of(row.period) > mine:
            return row.batch or row.period
    return ""


def _account_of(line):
    """The payee's account that works today: that of the decision, else the one the line was paid into."""
    source = (
        ("One-off Grant", line.one_off_grant) if line.one_off_grant else ("Entitlement", line.entitlement)
    )
    names = [frappe.db.get_value(*source, "payment_account"), line.payment_account]
    for name in filter(None, names):
        fields = ["provider", "account_no", "account_name", "status"]
        account = opened(frappe.db.get_value("Payment Account", name, fields, as_dict=True))
        if account and account.status == "Active":
            return account
    return None
