"""Applications (F3) and mandates (F4) of a campaign, a village at a time: one PDF each, ready for signing."""

import frappe
from frappe import _
from frappe.utils.pdf import get_pdf

from ansinh_app.core import holders
from ansinh_app.exceptions import AccountRequestError
from ansinh_app.payee_accounts import day_lists
from ansinh_app.utils import attached_papers

APPLICATION = "ansinh_app/payee_accounts/print_format/account_application/account_application.html"
MANDATE = "ansinh_app/payee_accounts/print_format/mandate_to_receive/mandate_to_receive.html"
# More requests than this are written in the background.
AT_ONCE = 25
RUN_SECONDS = 3600
_TO_SIGN = ("Draft", "Confirmed")
_PREFIX = "don-mo-tai-khoan"
# Each form is a paper of its own: no running page number across the village.
_SHEET = "<style>@page { @top-center { content: none; } } .paper { page-break-after: always; }</style>"


def by_village(campaign: str) -> dict[tuple[str, str], list[str]]:
    """Requests still to be signed, by commune and village, in calling order."""
    rows = [row for row in day_lists.requests_of(campaign) if row.status in _TO_SIGN]
    found: dict[tuple[str, str], list[str]] = {}
    for row in sorted(rows, key=day_lists.calling_order):
        found.setdefault((row.administrative_unit, row.village or ""), []).append(row.name)
    return found


def village_pdf(requests: list[str]) -> bytes:
    """The papers of these requests in one PDF: each application, and its mandate where somebody is authorised."""
    parts = []
    for name in requests:
        request = frappe.get_doc("Account Request", name)
        parts.append(frappe.render_template(APPLICATION, {"doc": request}))
        if request.holder_type == holders.AUTHORISED:
            parts.append(frappe.render_template(MANDATE, {"doc": request}))
    body = "".join(f'<div class="print-format">{part}</div>' for part in parts)
    return get_pdf(
        f'<!doctype html><html><head><meta charset="utf-8">{_SHEET}</head><body>{body}</body></html>'
    )


def write(campaign) -> list[str]:
    """Attach a private PDF for each village to the campaign; those of before are replaced. Returns their names.

    Raises AccountRequestError where no request waits to be signed.
    """
    villages = by_village(campaign.name)
    if not villages:
        frappe.throw(
            _("No request of {0} waits for signatures. Draft the requests first.").format(
                frappe.bold(campaign.campaign_title)
            ),
            AccountRequestError,
        )
    attached_papers.remove_all(campaign, _PREFIX)
    names, total, done = [], sum(map(len, villages.values())), 0
    for (unit, village), requests in villages.items():
        commune = frappe.get_cached_value("Administrative Unit", unit, "unit_name") or unit
        content = village_pdf(requests)
        names.append(attached_papers.attach_pdf(campaign, [_PREFIX], f"{commune} {village}", content))
        done += len(requests)
        frappe.publish_progress(
            done * 100 / total, title=_("Applications and Mandates"), doctype=campaign.doctype,
            docname=campaign.name,
        )  # fmt: skip
    return names


def in_background(campaign: str) -> None:
    """The queued writing: the campaign's history says how it ended."""
    frappe.local.lang = frappe.db.get_value("User", frappe.session.user, "language") or "vi"
    doc = frappe.get_doc("Account Campaign", campaign)
    doc.check_permission("write")
    try:
        names = write(doc)
        text = _("{0} files with applications and mandates are attached.").format(len(names))
    except Exception:
        frappe.db.rollback()
        frappe.log_error(title=f"Account Campaign {campaign}: applications")
        text = _("The applications could not be written; the error has been recorded.")
    doc.add_comment("Info", text)
    frappe.db.commit()
