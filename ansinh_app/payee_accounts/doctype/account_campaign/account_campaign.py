"""Account Campaign: days and places on which bank, post and commune open accounts for many people at once."""

from urllib.parse import quote

import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate

from ansinh_app.core.money import format_dong
from ansinh_app.exceptions import InvalidDateError
from ansinh_app.payee_accounts import contracts, inviting, village_papers
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


@frappe.whitelist(methods=["POST"])
def write_papers(doc: str | dict) -> dict:
    """Action: applications and mandates as one PDF a village, attached to the campaign; many in the background."""
    campaign = actions.stored(doc, "Account Campaign")
    count = sum(map(len, village_papers.by_village(campaign.name).values()))
    if count <= village_papers.AT_ONCE:
        names = village_papers.write(campaign)
        frappe.msgprint(
            _("{0} files with applications and mandates are attached.").format(len(names)),
            title=_("Applications and Mandates"),
        )
        return {"files": names}
    frappe.enqueue(
        "ansinh_app.payee_accounts.village_papers.in_background",
        queue="long",
        timeout=village_papers.RUN_SECONDS,
        enqueue_after_commit=True,
        campaign=campaign.name,
    )
    frappe.msgprint(
        _("{0} applications are being written. You can leave this page; they will be attached here.").format(
            format_dong(count)
        ),
        title=_("Applications and Mandates"),
    )
    return {"queued": count}


@frappe.whitelist(methods=["POST"])
def open_counter(doc: str | dict) -> dict:
    """Action: leads to the screen at which families are taken one after the other."""
    campaign = actions.stored(doc, "Account Campaign", right="read")
    address = f"/counter?campaign={quote(campaign.name)}"
    frappe.msgprint(
        f'<a href="{address}" target="_blank" rel="noopener">'
        + _("Open the counter of {0}").format(frappe.utils.escape_html(campaign.campaign_title))
        + "</a>",
        title=_("Counter for Accounts"),
    )
    return {"address": address}
