"""How the city's people get accounts: campaigns, lists to the banks and their answers, cards, the first credit."""

from dataclasses import dataclass
from datetime import date

import frappe
from frappe.model.workflow import apply_workflow

from ansinh_app.core.names import ascii_upper
from ansinh_app.demo.office import BANK_USER, COMMUNE_USER, OFFICE, OFFICER, POST_USER, unit_name
from ansinh_app.demo.providers import answer_requests
from ansinh_app.payee_accounts import holding, inviting
from ansinh_app.payee_accounts.doctype.account_request.account_request import PAPER_FIELDS
from ansinh_app.payee_accounts.doctype.account_request_list.account_request_list import (
    apply_answer,
    write_and_send,
)


@dataclass(frozen=True)
class Drive:
    """One campaign: who opens accounts where, and the days on which its steps happened."""

    title: str
    provider: str
    clerk: str
    communes: tuple[str, ...]
    starts_on: date
    ends_on: date
    sent_on: date
    opened_on: date
    handed_over_on: date
    # Of the bank's answers one in so many is a rejection, or still to come; of the cards one in so many waits.
    reject_every: int
    wait_every: int
    keep_card_every: int


STB_JUNE = Drive(
    "Mở tài khoản chi trả trợ cấp, tháng 6/2024", "STB", BANK_USER, ("05971", "05974"),
    date(2024, 6, 3), date(2024, 6, 7), date(2024, 6, 10), date(2024, 6, 14), date(2024, 6, 19), 8, 13, 6,
)  # fmt: skip
CTG_JULY = Drive(
    "Mở tài khoản tại điểm bưu điện, tháng 7/2024", "CTG", POST_USER, ("05992", "05989"),
    date(2024, 7, 8), date(2024, 7, 10), date(2024, 7, 12), date(2024, 7, 18), date(2024, 7, 22), 6, 5, 4,
)  # fmt: skip
# Before the run of the month.
DRIVES = {"2024-07": STB_JUNE, "2024-08": CTG_JULY}
AGAIN_IN = "2024-09"
AGAIN_SENT, AGAIN_OPENED, AGAIN_HANDED_OVER = date(2024, 7, 29), date(2024, 8, 2), date(2024, 8, 9)


def before_the_run(story, month: str) -> None:
    """What happened to accounts since the last list; each thing once, also when the story is told again."""
    replace_closed(story, month)
    if month in DRIVES:
        run_drive(story, DRIVES[month])
    if month == AGAIN_IN:
        try_again(story, STB_JUNE)


def run_drive(story, drive: Drive) -> None:
    """Invited, confirmed by the commune, sent to the bank, answered by its file, card handed over."""
    if frappe.db.exists("Account Campaign", {"campaign_title": drive.title}):
        return
    frappe.set_user(OFFICER)
    campaign = frappe.get_doc(
        {
            "doctype": "Account Campaign",
            "office": OFFICE,
            "campaign_title": drive.title,
            "provider": drive.provider,
            "starts_on": drive.starts_on,
            "ends_on": drive.ends_on,
            "sessions": [_session(drive, code) for code in drive.communes],
        }
    ).insert()
    of_then, campaign.contract = campaign.contract, _contract_of_today(drive.provider)
    drafted, waiting = inviting.draft_requests(campaign)
    campaign.update({"status": "Ended", "target": len(drafted) + len(waiting), "contract": of_then})
    campaign.save()
    confirmed = [name for number, name in enumerate(drafted) if _decide(name, number)]
    frappe.db.commit()
    said = _through_the_bank(
        story, drive, campaign.name, confirmed, drive.sent_on, drive.opened_on, drive.handed_over_on
    )
    _dated(drafted, contract=of_then)
    frappe.db.commit()
    story.say(
        f"  {drive.title}: {len(drafted)} đề nghị, {len(confirmed)} xã xác nhận, {said['opened']} đã mở, "
        f"{said['rejected']} bị từ chối, {said['handed_over']} đã trao thẻ"
    )


def try_again(story, drive: Drive) -> None:
    """Half of what the bank refused is put right and asked again; who has got an ID card meanwhile is confirmed."""
    rejected = frappe.get_all(
        "Account Request",
        filters={"provider": drive.provider, "status": "Rejected", "tries": 1, "campaign": ["is", "set"]},
        order_by="name",
        pluck="name",
    )[::2]
    for name in rejected:
        frappe.set_user(OFFICER)
        request = apply_workflow(frappe.get_doc("Account Request", name), "Try Again")
        apply_workflow(request.reload(), "Confirm")
    if rejected:
        frappe.db.commit()
        campaign = frappe.db.get_value("Account Request", rejected[0], "campaign")
        _through_the_bank(
            story, drive, campaign, rejected, AGAIN_SENT, AGAIN_OPENED, AGAIN_HANDED_OVER, again=True
        )
        for name in frappe.get_all(
            "Account Request",
            filters={"campaign": campaign, "status": "Draft"},
            order_by="name",
            pluck="name",
        ):
            request = frappe.get_doc("Account Request", name)
            if frappe.db.get_value("Beneficiary", request.beneficiary, "cash_reason") == "No identity papers":
                frappe.set_user(OFFICER)
                _with_papers(request).save()
                apply_workflow(request, "Confirm")
        frappe.db.commit()


def replace_closed(story, month: str) -> None:
    """People of merit cannot be paid in cash here: whose account came back closed gets a new one before the list."""
    year, number = map(int, month.split("-"))
    day = date(year, number - 1, 18)
    requests = frappe.get_all(
        "Account Request",
        filters={"provider": "BID", "status": "Draft", "campaign": ["is", "not set"], "office": OFFICE},
        order_by="name",
        pluck="name",
    )
    for name in requests:
        frappe.set_user(OFFICER)
        request = _with_papers(frappe.get_doc("Account Request", name))
        request.save()
        request = apply_workflow(request, "Confirm")
        request = apply_workflow(request.reload(), "Send to Provider").reload()
        request.update(
            {"account_no": f"3519{int(name[-5:]):010d}", "account_name": ascii_upper(request.holder_name)}
        )
        request.save()
        request = apply_workflow(request, "Mark as Opened").reload()
        request.update({"card_handed": 1, "safe_use_told": 1})
        request.save()
        apply_workflow(request, "Hand Over")
        _dated([name], sent_on=day, opened_on=day, handed_over_on=day)
        frappe.db.commit()
    if requests:
        story.say(f"  BIDV: {len(requests)} tài khoản đã đóng được thay bằng tài khoản mới")


def _session(drive: Drive, code: str) -> dict:
    unit = unit_name(code)
    point = frappe.db.get_value("Pay Point", {"administrative_unit": unit, "kind": "Post Counter"}, "name")
    return {
        "held_on": drive.starts_on,
        "from_time": "07:30:00",
        "to_time": "11:00:00",
        "administrative_unit": unit,
        "pay_point": point,
        "place": None if point else "Nhà văn hóa",
        "provider_staff": "02 giao dịch viên",
        "commune_staff": "Cán bộ LĐ-TBXH, công an khu vực",
    }


def _contract_of_today(provider: str) -> str:
    """The steps of a request are taken today, months after the story: under the contract that runs now."""
    rows = frappe.get_all(
        "Bank Contract",
        filters={"office": OFFICE, "provider": provider, "docstatus": 1},
        order_by="valid_from desc",
        pluck="name",
    )
    return rows[0]


def _decide(name: str, number: int) -> bool:
    """Confirmed by the commune, or not: the bedridden wait for a visit at home, some do not want an account."""
    request = frappe.get_doc("Account Request", name)
    reason = frappe.db.get_value("Beneficiary", request.beneficiary, "cash_reason")
    unit = frappe.db.get_value("Administrative Unit", request.administrative_unit, "code")
    frappe.set_user(COMMUNE_USER.get(unit, OFFICER))
    refuses = reason == "Refused an account" and number % 3 == 0
    if refuses or (reason == "Bedridden without a receiver" and number % 2):
        apply_workflow(request, "Withdraw")
        return False
    if reason == "Bedridden without a receiver" or (reason == "No identity papers" and number % 3 == 0):
        return False  # stays a draft: a visit at home, or the police's mobile team, comes first
    request = _with_papers(request)
    request.save()
    apply_workflow(request, "Confirm")
    return True


def _with_papers(request):
    """The papers the law asks for this holder, seen; and the consent."""
    person = frappe.get_doc("Beneficiary", request.beneficiary)
    for choice in holding.choices_for(person):
        if choice["holder_type"] == request.holder_type:
            request.update({PAPER_FIELDS[paper]: 1 for paper in choice["papers"]})
    request.consent = 1
    return request


def _through_the_bank(
    story,
    drive: Drive,
    campaign: str,
    names: list[str],
    sent_on,
    opened_on,
    handed_over_on,
    again: bool = False,
) -> dict:
    """The list out in the bank's layout, its answer back, and the cards to the people."""
    if not names:
        return {"opened": 0, "rejected": 0, "handed_over": 0}  # a very small city
    frappe.set_user(OFFICER)
    sent = frappe.get_doc(
        {
            "doctype": "Account Request List",
            "office": OFFICE,
            "provider": drive.provider,
            "campaign": campaign,
        }
    ).insert()
    write_and_send(sent.as_json())
    sent.reload()
    _dated(names, sent_on=sent_on, due_on=opened_on)
    ours = story.keep("to providers", None, sent.request_file)
    theirs = answer_requests(
        ours,
        story.folder / "from providers",
        prefix={"STB": "0607", "CTG": "1097"}[drive.provider],
        start=sum(map(ord, sent.name)) * 1000,
        reject_every=0 if again else drive.reject_every,
        wait_every=0 if again else drive.wait_every,
    )
    story.files.append((f"Kết quả mở tài khoản {sent.name}", str(theirs)))
    sent.answer_file = story.attach(theirs)
    sent.save()
    apply_answer(sent.as_json())
    frappe.db.set_value("Account Request List", sent.name, "sent_on", sent_on)
    frappe.db.commit()
    opened = frappe.get_all(
        "Account Request",
        filters={"name": ["in", names or [""]], "status": "Opened"},
        fields=["name", "holder_type", "name_match"],
        order_by="name",
    )
    _dated([row.name for row in opened], opened_on=opened_on)
    handed_over = []
    for number, row in enumerate(opened, start=1):
        if number % drive.keep_card_every == 0 or row.name_match == "Different":
            continue
        frappe.set_user(drive.clerk)
        request = frappe.get_doc("Account Request", row.name)
        request.update({"card_handed": 1, "safe_use_told": 1})
        request.save()
        apply_workflow(request, "Hand Over")
        handed_over.append(row.name)
    _dated(handed_over, handed_over_on=handed_over_on)
    frappe.db.commit()
    rejected = frappe.get_all(
        "Account Request", filters={"name": ["in", names or [""]], "status": "Rejected"}, pluck="name"
    )
    _dated(rejected, rejected_on=opened_on)
    return {"opened": len(opened), "rejected": len(rejected), "handed_over": len(handed_over)}


def _dated(names: list[str], **days) -> None:
    """The day on which the story's step was taken, where it was taken today."""
    if not names:
        return
    table = frappe.qb.DocType("Account Request")
    query = frappe.qb.update(table).where(table.name.isin(names))
    for field, day in days.items():
        query = query.set(table[field], day)
    query.run()


def date_first_credits(index_day: date) -> None:
    """Credits seen while the story was told happened on the day the month's money came."""
    table = frappe.qb.DocType("Account Request")
    frappe.qb.update(table).set(table.first_credit_on, index_day).where(
        table.first_credit_on > date(2025, 12, 31)
    ).run()
