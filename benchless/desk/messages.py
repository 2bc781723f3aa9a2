"""The messages an action left behind (msgprint, throw), as a page shows them."""

import json

import frappe
from frappe import _

from benchless import troubles
from benchless.desk.values import strip_tags


def collected() -> list[dict]:
    """Every message of this request, once: {message (simple HTML), title, indicator}."""
    found = []
    for entry in getattr(frappe.local, "message_log", None) or []:
        entry = json.loads(entry) if isinstance(entry, str) else entry
        message = entry.get("message") or ""
        if isinstance(message, (list, tuple)):
            message = "<ul>" + "".join(f"<li>{line}</li>" for line in message) + "</ul>"
        title = entry.get("title") or ""
        title = "" if title == _("Message") else title  # what Frappe puts where nothing was said
        item = {"message": message, "title": title, "indicator": entry.get("indicator") or ""}
        if message and item not in found:
            found.append(item)
    return found


def of_error(error: Exception) -> list[dict]:
    """The messages of a failed action: those it left, else the error's own words, else a general sentence."""
    items = [{**item, "indicator": "red"} for item in collected()]
    trouble = troubles.say(error)
    if trouble:
        return [{"message": trouble[1], "title": "", "indicator": "red"}]
    if items:
        return items
    if isinstance(error, frappe.TimestampMismatchError):
        text = _("Document has been modified after you have opened it. Please reload it and make your changes again.")
    elif isinstance(error, frappe.PermissionError):
        text = _("You do not have enough permissions to complete the action")
    elif isinstance(error, frappe.MandatoryError):
        text = _("Value missing for: {0}").format(error)
    elif isinstance(error, frappe.LinkExistsError):
        text = _("This document is linked with others and cannot be deleted or cancelled.")
    elif isinstance(error, frappe.UniqueValidationError | frappe.DuplicateEntryError):
        text = _("A document with the same key exists already")
    else:
        text = str(error)
    return [{"message": text or type(error).__name__, "title": "", "indicator": "red"}]


def as_text(item: dict) -> str:
    return strip_tags(item["message"])


def forget() -> None:
    """Empty the log, when its messages have been shown or belong to a failed attempt."""
    frappe.local.message_log = []
