"""DocType Actions: the desk sends the form's document as JSON; what counts is the stored one and the right to it."""

import json

import frappe


def stored(doc: str | dict, doctype: str, right: str = "write"):
    """The stored document behind an action's JSON. Raises PermissionError without the right on it."""
    name = (json.loads(doc) if isinstance(doc, str) else doc).get("name")
    found = frappe.get_doc(doctype, str(name))
    found.check_permission(right)
    return found


def later(method: str, seconds: int, **arguments) -> None:
    """Long work for the workers, begun when what the action wrote is committed; given up after `seconds`."""
    frappe.enqueue(method, queue="long", timeout=seconds, enqueue_after_commit=True, **arguments)
