"""Steps of a Data Incident, and the clocks of incidents and requests."""

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime, nowdate

from ansinh_app.exceptions import PersonalDataError
from ansinh_app.oversight import personal_data
from ansinh_app.permissions import check_office
from ansinh_app.utils import actions, steps


@frappe.whitelist(methods=["POST"])
def report_sent(doc: str | dict) -> dict:
    """Action: the notice went to the authority; late only with a reason."""
    incident = _own(doc, "Open")
    missing = [
        _(incident.meta.get_label(field))
        for field in ("description", "data_concerned", "people_count", "measures")
        if not incident.get(field)
    ]
    if missing:
        frappe.throw(_("The notice needs: {0}").format(", ".join(missing)), PersonalDataError)
    if now_datetime() > get_datetime(incident.due_at) and not (incident.not_reported_reason or "").strip():
        frappe.throw(
            _("It is past {0}: write why it is late, then report.").format(incident.due_at), PersonalDataError
        )
    return _step(incident, status="Reported", reported_at=now_datetime(), overdue=0)


@frappe.whitelist(methods=["POST"])
def close(doc: str | dict) -> dict:
    """Action: everything is done; one that was not reported says why."""
    incident = _own(doc, "Open", "Reported")
    if incident.status == "Open" and not (incident.not_reported_reason or "").strip():
        frappe.throw(_("Report it, or write why it need not be reported."), PersonalDataError)
    if not (incident.lessons or "").strip():
        frappe.throw(_("Write what changes so that it does not happen again."), PersonalDataError)
    return _step(incident, status="Closed", closed_on=nowdate(), overdue=0)


def watch_clocks() -> None:
    """Hourly: mark what is past its time, and tell the managers once."""
    late = [
        ("Data Incident", {"status": "Open", "due_at": ["<", now_datetime()]}, "incident_title"),
        (
            "Data Subject Request",
            {"status": ["in", ["Received", "In Progress"]], "due_on": ["<", nowdate()]},
            "name",
        ),
    ]
    for doctype, filters, title in late:
        rows = frappe.get_all(
            doctype, filters={**filters, "overdue": 0}, fields=["name", "office", f"{title} as title"]
        )
        for row in rows:
            frappe.db.set_value(doctype, row.name, "overdue", 1, update_modified=False)
            subject = _("{0} {1} is past its time").format(_(doctype), row.title)
            personal_data.tell_managers(subject, doctype, row.name, row.office)


def _own(doc, *statuses: str):
    incident = actions.stored(doc, "Data Incident")
    check_office(incident.office)
    if incident.status not in statuses:
        frappe.throw(
            _("{0} is {1}: this cannot be done now.").format(frappe.bold(incident.name), _(incident.status)),
            PersonalDataError,
        )
    return incident


def _step(incident, **values) -> dict:
    return steps.take(incident, **values).as_dict()
