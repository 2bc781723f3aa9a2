"""Steps of a Data Subject Request: begun, carried out, answered or refused, by the office."""

import frappe
from frappe import _
from frappe.utils import nowdate

from ansinh_app.exceptions import PersonalDataError
from ansinh_app.oversight import consents, personal_data
from ansinh_app.permissions import check_office
from ansinh_app.utils import actions, steps
from ansinh_app.utils.printing import say, say_value

_OPEN = ("Received", "In Progress")


@frappe.whitelist(methods=["POST"])
def start(doc: str | dict) -> dict:
    """Action: the office takes it up."""
    request = _own(doc, "Received")
    return _step(request, status="In Progress")


@frappe.whitelist(methods=["POST"])
def complete(doc: str | dict) -> dict:
    """Action: does what is asked and closes the request. A correction becomes a Registry Change first."""
    request = _own(doc, *_OPEN)
    if not request.identity_checked:
        frappe.throw(_("Check who asks and tick it: nothing is done or given out before."), PersonalDataError)
    answer = {
        "Access": _give_access,
        "Correct": _correct,
        "Delete": _delete,
        "Withdraw Consent": _withdraw,
    }.get(request.request_kind, _answered)(request)
    if answer is None:
        return request.as_dict()
    return _close(request, "Done", answer)


@frappe.whitelist(methods=["POST"])
def refuse(doc: str | dict) -> dict:
    """Action: not done, and why; the reason is the answer."""
    request = _own(doc, *_OPEN)
    if not (request.answer or "").strip():
        frappe.throw(_("Write the reason under Answer to the Person, save, then refuse."), PersonalDataError)
    return _close(request, "Refused", request.answer)


def _own(doc, *statuses: str):
    request = actions.stored(doc, "Data Subject Request")
    check_office(request.office)
    if request.status not in statuses:
        frappe.throw(
            _("{0} is {1}: this cannot be done now.").format(frappe.bold(request.name), _(request.status)),
            PersonalDataError,
        )
    return request


def _step(request, **values) -> dict:
    return steps.take(request, **values).as_dict()


def _close(request, status: str, answer: str) -> dict:
    return _step(
        request,
        status=status,
        answer=answer,
        answered_on=nowdate(),
        answered_by=frappe.session.user,
        overdue=0,
    )


def _give_access(request) -> str:
    frappe.msgprint(
        _("Print the person's own extract and hand it over with the answer: {0}").format(
            f'<a href="/printview?doctype=Beneficiary&amp;name={request.beneficiary}'
            f'&amp;format=Personal%20Data%20Extract">{_("Personal Data Extract")}</a>'
        ),
        title=_("Access"),
    )
    return request.answer or say("An extract of everything held is handed over with this answer.")


def _correct(request) -> str | None:
    """First a Registry Change, for somebody else to approve; the answer follows its decision."""
    if not request.registry_change:
        if not request.corrected_field:
            frappe.throw(_("Choose the field that is wrong and its new value first."), PersonalDataError)
        change = frappe.get_doc(
            {
                "doctype": "Registry Change",
                "beneficiary": request.beneficiary,
                "change_type": "Correct",
                "corrected_field": request.corrected_field,
                "corrected_value": request.corrected_value,
                "occurred_on": request.received_on,
                "decision_date": nowdate(),
                "reason": say("Request {0} of the person: {1}").format(request.name, request.wish or ""),
            }
        ).insert()
        _step(request, status="In Progress", registry_change=change.name)
        frappe.msgprint(
            _("{0} is drafted. Once it is decided, press the button again.").format(frappe.bold(change.name))
        )
        return None
    status = frappe.db.get_value("Registry Change", request.registry_change, "status")
    if status == "Approved":
        return request.answer or say("The data were corrected as asked.")
    if status == "Rejected":
        return _answered(request)
    frappe.throw(_("{0} is not decided yet.").format(frappe.bold(request.registry_change)), PersonalDataError)


def _delete(request) -> str:
    """What rests on consent goes at once; what the law makes the office keep stays until its time."""
    person = frappe.get_doc("Beneficiary", request.beneficiary)
    person.update({"phone": None, "note": None})
    person.save()
    consents.withdraw(person.name, consents.PHONE, nowdate(), "Paper", request.name)
    personal_data.record(
        "Erasure",
        person.doctype,
        person.name,
        _("Phone, Note"),
        reason=request.name,
        **personal_data.belongs(person),
    )
    return request.answer or say(
        "Phone number and remarks were deleted. What decisions and payments rest on is kept as long as the "
        "law on accounting and archives asks."
    )


def _withdraw(request) -> str:
    ended = consents.withdraw(
        request.beneficiary, request.consent_scope, nowdate(), "Paper", request.wish or request.name
    )
    if not ended:
        frappe.throw(_("No such consent stands on record: there is nothing to withdraw."), PersonalDataError)
    if consents.BANK in ended:
        frappe.msgprint(
            _("The bank is told nothing more of this person: change the way of payment to cash."),
            indicator="orange",
        )
    return request.answer or say("Withdrawn as from today: {0}").format(
        ", ".join(say_value(one) for one in ended)
    )


def _answered(request) -> str:
    if not (request.answer or "").strip():
        frappe.throw(_("Write what was decided under Answer to the Person, and save."), PersonalDataError)
    return request.answer
