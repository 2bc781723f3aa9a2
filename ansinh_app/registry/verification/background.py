"""Long lists to and from the police are worked off by the queue: the page can be left, an error stays on the list."""

import frappe
from frappe import _
from frappe.utils import get_datetime, now_datetime

from ansinh_app.exceptions import VerificationError
from ansinh_app.registry.verification import answers, requests, sending

# Lists longer than this do not keep a page waiting.
AT_ONCE = 2000
_SECONDS = 3600
_WORK = {
    "collect": requests.collect,
    "send": sending.send,
    "answer": answers.apply_file,
    "rest": answers.confirm_rest,
}


def left_to_queue(request_list, work: str, people: int) -> bool:
    """Whether the work was handed to the queue, for its many people. Raises VerificationError while one runs."""
    since = request_list.running_since and get_datetime(request_list.running_since)
    if since and (now_datetime() - since).total_seconds() < _SECONDS:
        frappe.throw(
            _("{0} is being worked on. Wait until it is done.").format(frappe.bold(request_list.name)),
            VerificationError,
        )
    if people <= AT_ONCE:
        return False
    request_list.db_set({"running_since": now_datetime(), "error_message": None})
    frappe.enqueue(
        "ansinh_app.registry.verification.background.run",
        queue="long",
        timeout=_SECONDS,
        enqueue_after_commit=True,
        name=request_list.name,
        work=work,
    )
    frappe.msgprint(_("The list is long: it is being worked on. You can leave this page."), alert=True)
    return True


def run(name: str, work: str) -> None:
    """The queue's part: all of it or nothing, and what went wrong is said on the list."""
    request_list = frappe.get_doc("Identity Verification List", name)
    request_list.check_permission("write")
    error = None
    frappe.db.savepoint("identity_list")
    try:
        _WORK[work](request_list)
    except Exception as problem:
        frappe.db.rollback(save_point="identity_list")
        error = frappe.utils.strip_html(str(problem))
        if not isinstance(problem, frappe.ValidationError):
            frappe.log_error(title=f"Identity Verification List {name}")
            error = _("It did not work. The site's manager finds the reason in the error log.")
    values = {"running_since": None, "error_message": error}
    frappe.db.set_value("Identity Verification List", name, values)
