"""Inspections after the visit: what is open and overdue, who is told, and the minutes on paper."""

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate, nowdate

from ansinh_app.oversight.personal_data import tell_managers
from ansinh_app.utils.printing import day, may_print, office_paper, say, say_value

OPEN = "Open"


def watch(today=None) -> list[str]:
    """Daily: inspections with findings whose day has passed; the managers are told when there are more than before.

    Returns the inspections it changed.
    """
    on, touched = getdate(today or nowdate()), []
    for name in frappe.get_all(
        "Inspection", filters={"status": "Follow-up", "next_due": ["<", on]}, pluck="name", order_by="name"
    ):
        doc = frappe.get_doc("Inspection", name)
        counts = count(doc.findings, on)
        if counts["overdue_findings"] == doc.overdue_findings:
            continue
        frappe.db.set_value("Inspection", name, counts, update_modified=False)
        text = _("{0}: {1} findings are not dealt with and overdue.", lang="vi")
        tell_managers(text.format(doc.subject, counts["overdue_findings"]), "Inspection", name, doc.office)
        touched.append(name)
    return touched


def count(findings, on) -> dict:
    """Findings open and overdue on a day, and the next day something is due."""
    waiting = [row for row in findings if row.status == OPEN]
    days = [getdate(row.due_on) for row in waiting if row.due_on]
    return {
        "open_findings": len(waiting),
        "overdue_findings": sum(one < on for one in days),
        "next_due": min(days, default=None),
    }


def inspection_paper(doc) -> dict:
    """Biên bản kiểm tra: who met whom, what was seen, findings, opinion, demands; signed by both sides."""
    may_print(doc)
    office = frappe.get_cached_doc("Paying Office", doc.office)
    visited = getdate(doc.visited_from) if doc.visited_from else None
    paper = office_paper(office, visited)
    team = [
        ", ".join(filter(None, (row.full_name, row.job_title, row.agency))) + f" - {say_value(row.duty)}"
        for row in doc.team
    ]
    paper.update(
        number="Số: ……/BB-KT",
        subject=doc.subject,
        kind=say_value(doc.kind),
        plan_no=doc.plan_no or "……",
        times=_hours(doc.visited_from),
        until=_hours(doc.visited_to),
        place=doc.place or "…………",
        inspected=doc.inspected or "…………",
        team=team,
        present=_lines(doc.received_by),
        scope=_lines(doc.scope),
        results=_lines(doc.results),
        opinion=_lines(doc.opinion),
        conclusion=_lines(doc.conclusion),
        findings=[
            frappe._dict(
                finding=row.finding,
                severity=say_value(row.severity),
                demand=row.demand or "",
                responsible=row.responsible or "",
                due=day(row.due_on),
                done=" ".join(filter(None, (say_value(row.status), day(row.done_on), row.done_note))),
            )
            for row in doc.findings
        ],
        follow=doc.status in ("Follow-up", "Closed"),
        mark=say("DRAFT PAPER") if doc.status == "Planned" else "",
        signatures=[
            _block(say("FOR THE UNIT INSPECTED"), ""),
            _block(say("SECRETARY"), _name(doc, "Secretary")),
            _block(say("HEAD OF THE TEAM"), _name(doc, "Leader")),
        ],
    )
    return paper


def _hours(value) -> str:
    if not value:
        return say("…… h ……, day …… month …… year ……")
    at = get_datetime(value)
    return say("{0} h {1}, day {2}").format(f"{at.hour:02d}", f"{at.minute:02d}", at.strftime("%d/%m/%Y"))


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def _name(doc, duty: str) -> str:
    return next((row.full_name for row in doc.team if row.duty == duty), "")


def _block(title: str, name: str):
    return frappe._dict(authority="", title=title, hint=say("(Signature, full name)"), name=name)
