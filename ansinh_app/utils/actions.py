"""What pages and DocType Actions send: JSON that is read or refused; of a document the stored one and the right to it count."""

import json
from datetime import date

import frappe
from frappe import _

from ansinh_app.core import cells
from ansinh_app.core.errors import RuleError
from ansinh_app.core.money import as_dong
from ansinh_app.core.months import Month
from ansinh_app.exceptions import RequestError


def sent(values: str | dict) -> frappe._dict:
    """An object that a page sent, as JSON or not. Raises RequestError where it is none."""
    try:
        found = json.loads(values) if isinstance(values, str) else values
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        frappe.throw(_("What was sent cannot be read: reload the page and try again."), RequestError)
    return frappe._dict(found)


def sent_month(text: str) -> Month:
    """A month that was sent as YYYY-MM. Raises RequestError."""
    try:
        return Month.parse(text)
    except RuleError:
        frappe.throw(_("{0} is no month: write it as 2026-11.").format(frappe.bold(_shown(text))), RequestError)


def sent_day(text: str) -> date:
    """A day that was sent as YYYY-MM-DD. Raises RequestError."""
    found = cells.parse_date(str(text))
    if not found or found.precision != "Day":
        frappe.throw(_("{0} is no day: write it as 2026-11-30.").format(frappe.bold(_shown(text))), RequestError)
    return found.value


def sent_dong(amount: int | str) -> int:
    """An amount that was sent, in đồng. Raises RequestError."""
    try:
        found = as_dong(amount or 0)
    except RuleError:
        found = -1
    if not 0 <= found <= 10**15:
        frappe.throw(_("{0} is no amount in whole đồng.").format(frappe.bold(_shown(amount))), RequestError)
    return found


def _shown(value: object) -> str:
    return frappe.utils.escape_html(str(value)[:40])


def stored(doc: str | dict, doctype: str, right: str = "write"):
    """The stored document behind an action's JSON. Raises PermissionError without the right on it."""
    found = frappe.get_doc(doctype, str(sent(doc).name))
    found.check_permission(right)
    return found


def later(method: str, seconds: int, **arguments) -> None:
    """Long work for the workers, begun when what the action wrote is committed; given up after `seconds`."""
    frappe.enqueue(method, queue="long", timeout=seconds, enqueue_after_commit=True, **arguments)
