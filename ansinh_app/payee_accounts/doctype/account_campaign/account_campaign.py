"""Account Campaign: days and places on which bank, post and commune open accounts for many people at once."""

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from ansinh_app.core.money import format_dong
from ansinh_app.exceptions import InvalidDateError
from ansinh_app.payee_accounts import contracts, inviting
from ansinh_app.registry.people import day
from ansinh_app.utils import actions


class AccountCampaign(Document):
    def validate(self):
        if getdate(self.ends_on) < getdate(self.starts_on):
            frappe.throw(_("The campaign ends before it begins."), InvalidDateError)
        if not self.contract:
            self.contract = contracts.in_force(self.office, self.provider, self.starts_on)
        for session in self.sessions:
            if not getdate(self.starts_on) <= getdate(session.held_on) <= getdate(self.ends_on):
                frappe.throw(
                    _("Row {0}: {1} lies outside the campaign, {2} to {3}.").format(
                        session.idx, day(session.held_on), day(self.starts_on), day(self.ends_on)
                    ),
                    InvalidDateError,
                )
            if not (session.pay_point or session.place):
                frappe.throw(
                    _("Row {0}: say where people come: a pay point or a place.").format(session.idx),
                    InvalidDateError,
                )


@frappe.whitelist(methods=["POST"])
def invite(doc: str | dict) -> dict:
    """Action: a draft request for everyone of the campaign's communes whose money has no account yet."""
    campaign = actions.stored(doc, "Account Campaign")
    frappe.has_permission("Account Request", "create", throw=True)
    drafted, waiting = inviting.draft_requests(campaign)
    lines = [
        f"<li>{frappe.utils.escape_html(person)}: {frappe.utils.escape_html(reason)}</li>"
        for person, reason in waiting[:50]
    ]
    more = [_("and {0} more").format(format_dong(len(waiting) - 50))] if len(waiting) > 50 else []
    frappe.msgprint(
        "<p>"
        + _("{0} requests drafted; {1} people need something first.").format(
            format_dong(len(drafted)), format_dong(len(waiting))
        )
        + f"</p><ul>{''.join(lines)}</ul>{' '.join(more)}",
        title=_("Account Requests"),
    )
    return {"drafted": len(drafted), "waiting": len(waiting)}
