"""The papers of outreach: answer to a case, obstacles of the month, notice to a commune, record of an activity."""

import frappe
from frappe.utils import escape_html, get_datetime, getdate

from ansinh_app.core.months import Month
from ansinh_app.outreach import notices
from ansinh_app.outreach.obstacles import FIGURES
from ansinh_app.payee_accounts.campaign_papers import WEEKDAYS
from ansinh_app.utils.printing import day, dong, may_print, office_paper, place_and_day, say, say_value


def case_answer_paper(doc) -> dict:
    """The office's written answer to who reported a Support Case: the last answer given, in a letter."""
    may_print(doc)
    last = doc.answers[-1] if doc.answers else None
    answered = getdate(last.answered_on) if last else None
    paper = _paper(doc.office, answered)
    unit = _unit_name(doc.administrative_unit)
    sees_person = 1 in doc.meta.get_permlevel_access("read")
    to = (doc.told_by or doc.full_name) if sees_person else None
    paper.update(
        to=to or _agency(doc),
        person=doc.full_name if sees_person and doc.told_by else "",
        commune=unit,
        received=day(doc.opened_on),
        kind=frappe.db.get_value("Support Case Kind", doc.kind, "title"),
        description=_lines(doc.description),
        commitment=doc.commitment or "",
        finding=say_value(doc.breach_finding),
        answer=_lines(last.answer if last else doc.answer),
        by=", ".join(filter(None, (last.answered_by, say_value(last.agency)))) if last else "",
        on=get_datetime(last.answered_on).strftime("%H:%M %d/%m/%Y") if last else "",
        mark="" if last else say("DRAFT PAPER"),
        recipients=[say("As above"), *([say("People's Committee of {0}").format(unit)] if unit else [])],
    )
    return paper


def obstacle_paper(doc) -> dict:
    """The monthly summary of obstacles to the city: figures by commune and kind, and the office's words."""
    may_print(doc)
    paper = _paper(doc.office, getdate(doc.sent_on) if doc.sent_on else None)
    paper.update(
        month_text=Month.of(getdate(doc.month)).label,
        to=(paper["office"].parent_body or paper["office"].office_name),
        by_commune=_counted(doc.by_commune),
        by_kind=_counted(doc.by_kind),
        obstacles=_lines(doc.obstacles),
        proposals=_lines(doc.proposals),
        recipients=[say("As above")],
        mark="" if doc.status == "Sent" else say("DRAFT PAPER"),
    )
    return paper


def _counted(rows) -> dict:
    shown = [frappe._dict(label=row.label, **{name: row.get(name) or 0 for name in FIGURES}) for row in rows]
    return {
        "rows": [[row.label, *(dong(row[name]) for name in FIGURES)] for row in shown],
        "total": [dong(sum(row[name] for row in shown)) for name in FIGURES],
    }


def payment_notice_paper(doc) -> dict:
    """Thông báo of a commune before a payout: days, places, papers; and the texts for loudspeaker and phones."""
    may_print(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    sent = getdate(doc.sent_on) if doc.sent_on else None
    paper = _paper(doc.office, sent)
    unit = _unit_name(doc.administrative_unit)
    own = office.administrative_unit == doc.administrative_unit
    month = Month.of(getdate(frappe.db.get_value("Payout Period", doc.period, "month")))
    rows = notices.shown_rows(doc)
    for row, source in zip(rows, doc.schedule, strict=True):
        row.weekday = WEEKDAYS[getdate(source.day_from).weekday()] if source.day_from else ""
    paper.update(
        # The commune gives notice; the body above it is the one the office belongs to.
        office_name=paper["office_name"] if own else say("PEOPLE'S COMMITTEE OF {0}").format(unit.upper()),
        number=paper["number"] if own else say("No.: ……/TB-UBND"),
        dated=paper["dated"] if own else place_and_day(unit.split(" ", 1)[-1], sent),
        unit=unit,
        paying=office.office_name,
        month_text=month.label,
        rows=rows,
        papers=_lines(doc.papers),
        advice=_lines(doc.advice),
        spoken=escape_html(doc.spoken_text or "").replace("\n", "<br>"),
        sms=doc.sms_text or "",
        size=say("{0} letters, {1} messages ({2})").format(doc.sms_length, doc.sms_parts, doc.sms_alphabet),
        recipients=[say("Villages, to be read out and posted"), office.office_name],
        signature=paper["signatures"][-1]
        if own
        else frappe._dict(
            authority=say("ON BEHALF OF THE PEOPLE'S COMMITTEE"),
            title=say("CHAIRPERSON"),
            hint=say("(Signature, seal)"),
            name="",
        ),
        mark="" if doc.status == "Sent" else say("DRAFT PAPER"),
    )
    return paper


def activity_paper(doc) -> dict:
    """The record of an Outreach Activity, plan beside what was done, with its pictures."""
    may_print(doc)
    paper = _paper(doc.office, getdate(doc.done_from) if doc.done_from else None)

    def days(first, last) -> str:
        return " - ".join(dict.fromkeys(day(one) for one in (first, last) if one))

    paper.update(
        channel=say_value(doc.channel),
        status=say_value(doc.status),
        place=", ".join(filter(None, (doc.village, _unit_name(doc.administrative_unit)))),
        by=", ".join(filter(None, (say_value(doc.by_agency), doc.by_whom))),
        rows=[
            (say("Days"), days(doc.planned_from, doc.planned_to), days(doc.done_from, doc.done_to)),
            (say("Times"), dong(doc.planned_times), dong(doc.times)),
            (say("Number of People"), dong(doc.planned_reach), dong(doc.reach)),
        ],
        text=_lines(doc.text),
        remarks=_lines(doc.remarks),
        pictures=[frappe._dict(url=row.picture, caption=row.caption or "") for row in doc.pictures],
        mark="" if doc.status == "Done" else say("DRAFT PAPER"),
    )
    return paper


def _paper(office: str | None, value) -> dict:
    name = office or frappe.db.get_value("Paying Office", {}, "name", order_by="name")
    return office_paper(frappe.get_cached_doc("Paying Office", name), value)


def _agency(doc) -> str:
    return {
        "Commune": say("People's Committee of {0}").format(_unit_name(doc.administrative_unit)),
        "Bank": _provider_name(doc.opened_provider),
        "Post": _provider_name(doc.opened_provider),
    }.get(doc.opened_agency) or "…………"


def _provider_name(provider: str | None) -> str:
    return (provider and frappe.db.get_value("Payment Service Provider", provider, "provider_name")) or ""


def _unit_name(unit: str | None) -> str:
    return (unit and frappe.db.get_value("Administrative Unit", unit, "unit_name")) or ""


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
