"""Papers of a campaign: the notice to households, and the list by which people are called on each day."""

import frappe
from frappe.utils import getdate, nowdate

from ansinh_app.payee_accounts import day_lists
from ansinh_app.utils.printing import day, may_print, office_paper, say, say_value

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")


def day_list_paper(doc) -> dict:
    """Who is expected when, a session a sheet, in calling order (with the papers each has to bring).

    Holds the people whose requests the reader may list; whoever may list none is refused.
    """
    may_print(doc)
    paper = _paper(doc)
    expected = day_lists.expected(doc)
    people = day_lists.people_of([row for rows in expected.values() for row in rows])
    paper["sheets"] = [
        frappe._dict(
            session=_session(session),
            rows=[_row(number, row, people[row.beneficiary]) for number, row in enumerate(rows, start=1)],
        )
        for session in doc.sessions
        if (rows := expected[session.name])
    ]
    return paper


def _row(number: int, row, person) -> frappe._dict:
    choice = next(one for one in person.choices if one["holder_type"] == row.holder_type)
    return frappe._dict(
        number=number,
        slot=row.slot,
        name=row.full_name,
        born=person.born,
        village=row.village or "",
        holder="" if row.holder_type == "Self" else f"{say_value(row.holder_type)}: {row.holder_name}",
        papers=day_lists.say_papers(choice["papers"], lang="vi"),
        done="" if row.status == "Draft" else say_value(row.status),
    )


def notice_paper(doc) -> dict:
    """Thông báo to households: days, places, papers to bring; no person is named. With the text to be read out."""
    may_print(doc)
    paper = _paper(doc)
    paper["sessions"] = [_session(session) for session in doc.sessions]
    paper["communes"] = ", ".join(dict.fromkeys(session.commune for session in paper["sessions"]))
    communes = dict.fromkeys(session.commune for session in paper["sessions"])
    paper["recipients"] = [*(say("People's Committee of {0}").format(one) for one in communes), paper["provider"]]
    paper["spoken"] = [spoken(doc, session) for session in doc.sessions]
    return paper


def spoken(doc, session) -> str:
    """The short text of one day for the loudspeaker and for messages."""
    provider = (
        frappe.get_cached_value("Payment Service Provider", doc.provider, "provider_name") or doc.provider
    )
    shown = _session(session)
    return say(
        "{who}: {day}, {hours}, at {place}, {provider} opens accounts free of charge for those who draw social "
        "allowance. Bring the ID card; for a child the birth certificate; who comes for somebody else, the mandate. "
        "Nobody asks for money or for a one-time code."
    ).format(
        who=" ".join(filter(None, (shown.commune, shown.village))),
        day=f"{shown.weekday} {shown.day}",
        hours=shown.hours or say("all day"),
        place=shown.place,
        provider=provider,
    )


def _session(session) -> frappe._dict:
    held = getdate(session.held_on)
    return frappe._dict(
        day=day(held),
        weekday=WEEKDAYS[held.weekday()],
        hours=day_lists.hours_of(session),
        commune=day_lists.commune_of(session),
        village=session.village or "",
        place=day_lists.place_of(session),
        staff=", ".join(filter(None, (session.provider_staff, session.commune_staff))),
    )


def _paper(doc) -> dict:
    office = frappe.get_cached_doc("Paying Office", doc.office)
    paper = office_paper(office, getdate(nowdate()))
    paper["provider"] = frappe.get_cached_value("Payment Service Provider", doc.provider, "provider_name")
    paper["signatures"] = [block for block in paper["signatures"]][-1:]
    return paper
