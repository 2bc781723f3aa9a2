"""The counter of a campaign: who is expected, who the clerk looks for, and what was done for a family.

A clerk's device may be without a line and send later, or send twice: each sending carries a key of its own.
"""

import re

import frappe
from frappe import _
from frappe.model.workflow import apply_workflow
from frappe.utils import get_datetime, getdate, now_datetime, nowdate

from ansinh_app.core import masking
from ansinh_app.core.names import search_key
from ansinh_app.exceptions import AccountRequestError
from ansinh_app.payee_accounts import day_lists, holding
from ansinh_app.payee_accounts.doctype.account_request.account_request import PAPER_FIELDS
from ansinh_app.utils import actions
from ansinh_app.utils.sealed_numbers import opened, sought

ROLES = (
    "Bank Officer", "Post Office Clerk", "Commune Officer", "Social Affairs Officer", "Social Affairs Manager",
    "System Manager",
)  # fmt: skip
MOST_FOUND = 20
_KEY = re.compile(r"[0-9A-Za-z-]{16,64}")
_NUMBER = re.compile(r"\d{9}|\d{12}")
_SERVED = ("Papers Taken", "Account Opened", "Card Handed Over")


def check_clerk() -> None:
    """Raise PermissionError for whoever has no business at a counter."""
    if frappe.session.user != "Administrator" and not set(ROLES) & set(frappe.get_roles()):
        frappe.throw(
            _("The counter is for the bank, the Post, the commune and the office."), frappe.PermissionError
        )


@frappe.whitelist(methods=["GET"])
def campaigns() -> list[dict]:
    """Campaigns of the clerk that have not ended, with their sessions; today's come first."""
    check_clerk()
    today = getdate(nowdate())
    found = []
    for name in frappe.get_list(
        "Account Campaign", filters={"status": ["!=", "Ended"]}, pluck="name", limit_page_length=0
    ):
        campaign = frappe.get_doc("Account Campaign", name)
        sessions = [
            {
                "name": session.name,
                "label": day_lists.label_of(session),
                "distance": _distance(getdate(session.held_on), today),
            }
            for session in campaign.sessions
        ]
        if sessions:
            sessions.sort(key=lambda one: one["distance"])
            found.append({"name": name, "title": campaign.campaign_title, "sessions": sessions})
    return sorted(found, key=lambda one: (one["sessions"][0]["distance"], one["title"]))


def _distance(held_on, today) -> tuple[int, int]:
    """Today first, then the days to come, then those past, the nearest first."""
    days = (held_on - today).days
    return (0 if days == 0 else 1 if days > 0 else 2, abs(days))


@frappe.whitelist(methods=["GET"])
def people(campaign: str, session: str) -> dict:
    """Who is expected at a session, in calling order, and how many were served there.

    Only what a counter needs: no full number is in it. The clerk sees the requests he may list.
    """
    doc = _campaign(campaign)
    expected = day_lists.expected(doc).get(session)
    if expected is None:
        frappe.throw(_("This session is not in the campaign any more. Choose again."), AccountRequestError)
    served = frappe.get_list(
        "Campaign Visit",
        filters={"campaign": campaign, "session_row": session, "outcome": ["in", _SERVED]},
        pluck="account_request",
        limit_page_length=0,
    )
    return {**_shown(expected), "served": len(set(served)), "expected": len(expected)}


@frappe.whitelist(methods=["GET"])
def find(campaign: str, text: str) -> dict:
    """People of the whole campaign by name (without accents), village, or exact number of card or birth certificate."""
    doc = _campaign(campaign)
    wanted = search_key(text).split()
    if not wanted:
        return _shown([])
    rows = day_lists.requests_of(doc.name)
    number = re.sub(r"[\s.]", "", text)
    persons = {}
    if _NUMBER.fullmatch(number) or "/" in text:
        persons = day_lists.people_of(rows)
        numbers = {number, text.strip()}
        own = {
            row.name
            for row in rows
            if numbers & {persons[row.beneficiary].personal_id, persons[row.beneficiary].birth_certificate_no}
        }
        held = frappe.get_all(
            "Account Request", filters={"campaign": doc.name, "holder_id": sought(masking.PERSONAL_ID, number)}, pluck="name"
        )
        found = [row for row in rows if row.name in own | set(held)]
    else:
        found = [row for row in rows if _fits(row, wanted)]
    found.sort(key=day_lists.calling_order)
    return _shown(found[:MOST_FOUND])


def _fits(row, wanted: list[str]) -> bool:
    words = search_key(f"{row.full_name} {row.holder_name or ''} {row.village or ''}").split()
    return all(any(word.startswith(part) for word in words) for part in wanted)


@frappe.whitelist(methods=["GET"])
def numbers(account_request: str) -> dict:
    """The numbers the clerk compares with the papers in hand: of the person, and of each who may hold the account."""
    check_clerk()
    request = frappe.get_doc("Account Request", account_request)
    request.check_permission("read")
    person = request.person
    allowed = {
        name
        for choice in holding.choices_for(person)
        if not choice["refused"]
        for name in choice["representatives"]
    }
    of_others = opened(
        frappe.get_all(
            "Representative", filters={"name": ["in", sorted(allowed) or [""]]}, fields=["name", "personal_id"]
        )
    )
    return {
        "person": person.personal_id or person.birth_certificate_no or "",
        "representatives": {row.name: row.personal_id or "" for row in of_others},
        "account_no": request.account_no or "",
    }


def _campaign(name: str):
    check_clerk()
    doc = frappe.get_doc("Account Campaign", name)
    doc.check_permission("read")
    return doc


def _shown(rows: list) -> dict:
    """The people of these rows, small enough for a weak line: texts that repeat stand once, in `reasons`."""
    persons = day_lists.people_of(rows)
    reasons: list[str] = []
    return {"people": [_one(row, persons[row.beneficiary], reasons) for row in rows], "reasons": reasons}


def _one(row, person, reasons: list[str]) -> dict:
    """`ways`: holder, the place of its refusal in `reasons` (-1: admitted), papers, and who may hold it."""
    ways = []
    for choice in person.choices:
        if choice["refused"]:
            if choice["refused"] not in reasons:
                reasons.append(choice["refused"])
            ways.append([choice["holder_type"], reasons.index(choice["refused"])])
            continue
        who = [
            [one.representative, one.representative_name]
            for one in holding.in_capacity(person, choice["holder_type"])
        ]
        ways.append([choice["holder_type"], -1, choice["papers"], who])
    own = person.personal_id or person.birth_certificate_no
    return {
        "request": row.name,
        "name": row.full_name,
        "holder": row.holder_name if row.holder_name != row.full_name else "",
        "born": person.born,
        "sex": _(person.sex) if person.sex else "",
        "village": row.village or "",
        "slot": row.get("slot") or "",
        "id": masking.mask(masking.PERSONAL_ID, own) or "",
        "status": row.status,
        "holder_type": row.holder_type,
        "representative": row.representative or "",
        "seen": [field for field in dict.fromkeys(PAPER_FIELDS.values()) if row.get(field)],
        "consent": row.consent or 0,
        "ways": ways,
    }


@frappe.whitelist(methods=["POST"])
def take(
    account_request: str, visit_key: str, step: str, values: str | dict, session: str = "", taken_at: str = ""
) -> dict:
    """What was done for a family: `step` is papers, missing, opened or handed; once for each `visit_key`.

    Sent again with the same key it answers as the first time and does nothing. The workflow decides who may
    take the step. Raises AccountRequestError where the request does not stand at that step.
    """
    check_clerk()
    if not _KEY.fullmatch(visit_key):
        frappe.throw(_("The key of the visit is not one: reload the page."), AccountRequestError)
    request = frappe.get_doc("Account Request", account_request)
    request.check_permission("write")
    if frappe.db.exists("Campaign Visit", visit_key):
        return _repeated(request, visit_key)
    campaign = frappe.get_doc("Account Campaign", request.campaign) if request.campaign else None
    if not campaign or campaign.status == "Ended":
        request.refuse(_("no campaign under way has invited the person"))
    if step not in _STEPS:
        request.refuse(_("{0} is no step of a counter").format(frappe.utils.escape_html(step[:40])))
    values = actions.sent(values)
    at = _when(taken_at)
    request, outcome = _STEPS[step](request, values, at)
    row = next((one for one in campaign.sessions if one.name == session), None)
    frappe.get_doc(
        {
            "doctype": "Campaign Visit", "visit_key": visit_key, "account_request": request.name,
            "campaign": campaign.name, "session_row": row.name if row else None,
            "held_on": row.held_on if row else at.date(), "full_name": request.full_name, "outcome": outcome,
            "note": values.note if outcome == "Papers Missing" else None, "taken_at": at,
            "taken_by": frappe.session.user, "office": request.office, "provider": request.provider,
            "administrative_unit": request.administrative_unit, "contract": request.contract,
        }
    ).insert(ignore_permissions=True)  # fmt: skip
    return {
        "visit": visit_key,
        "status": request.status,
        "status_label": _(request.status),
        "repeated": False,
    }


def _repeated(request, visit_key: str) -> dict:
    visit = frappe.get_doc("Campaign Visit", visit_key)
    visit.check_permission("read")
    if visit.account_request != request.name:
        request.refuse(_("the key of the visit belongs to another person: reload the page"))
    return {"visit": visit_key, "status": request.status, "status_label": _(request.status), "repeated": True}


def _when(taken_at: str):
    """The device's time; a clock that runs ahead does not write the future."""
    now = now_datetime()
    try:
        at = get_datetime(taken_at).replace(tzinfo=None) if taken_at else now
    except (ValueError, TypeError, AttributeError, OverflowError):
        return now
    return min(at, now)


def _need(request, status: str) -> None:
    if request.status == status:
        return
    done = frappe.db.get_value(
        "Campaign Visit",
        {"account_request": request.name},
        ["taken_by", "taken_at"],
        order_by="taken_at desc",
        as_dict=True,
    )
    by = (
        _("{0}, {1}").format(
            frappe.utils.get_fullname(done.taken_by), get_datetime(done.taken_at).strftime("%H:%M %d/%m/%Y")
        )
        if done
        else ""
    )
    request.refuse(_("the request is {0} already{1}").format(_(request.status), f" ({by})" if by else ""))


def _tick(request, values, at) -> None:
    request.holder_type = values.holder_type or request.holder_type
    if values.representative != request.representative:
        request.basis = None  # of whoever stood there before
    request.representative = values.representative or None
    seen = set(map(str, values.papers)) if isinstance(values.papers, list) else set()
    for field in set(PAPER_FIELDS.values()):
        request.set(field, 1 if field in seen else 0)
    request.consent = 1 if values.consent else 0
    request.consent_on = at.date() if values.consent else None


def _papers(request, values, at):
    _need(request, "Draft")
    _tick(request, values, at)
    request.save()
    return apply_workflow(request, "Confirm"), "Papers Taken"


def _missing(request, values, at):
    _need(request, "Draft")
    if not str(values.note or "").strip():
        request.refuse(_("say what is missing"))
    _tick(request, values, at)
    request.save()
    return request, "Papers Missing"


def _opened(request, values, at):
    _need(request, "Sent")
    request.account_no, request.account_name = values.account_no, values.account_name or request.holder_name
    request.save()
    return apply_workflow(request, "Mark as Opened"), "Account Opened"


def _handed(request, values, at):
    _need(request, "Opened")
    request.card_handed = 1 if values.card_handed else 0
    request.safe_use_told = 1 if values.safe_use_told else 0
    request.save()
    return apply_workflow(request, "Hand Over"), "Card Handed Over"


_STEPS = {"papers": _papers, "missing": _missing, "opened": _opened, "handed": _handed}
