"""What the server wants to tell open pages; kept for a short while, so that a page can ask for it."""

import itertools
import threading
import time
from collections import deque

import frappe

# One process serves the site: the messages live in its memory. A page asks for what came after the
# number it saw last. Old ones fall out by count and by age (seconds).
KEPT = 500
MAX_AGE = 600

_lock = threading.Lock()
_numbers = itertools.count(1)
_messages: dict[str, deque] = {}


def publish_progress(percent, title=None, doctype=None, docname=None, description=None, task_id=None) -> None:
    """Tell how far a long job is: to everyone on the document, else to the session's user."""
    publish_realtime(
        "progress",
        {"percent": percent, "title": title, "description": description},
        user=None if doctype and docname else frappe.session.user,
        doctype=doctype,
        docname=docname,
        task_id=task_id,
    )


def publish_realtime(
    event: str | None = None,
    message: dict | None = None,
    room: str | None = None,
    user: str | None = None,
    doctype: str | None = None,
    docname: str | None = None,
    task_id: str | None = None,
    after_commit: bool = False,
) -> None:
    """Publish an event to a user, a document's readers, or (with neither) everyone on the desk."""
    message = dict(message) if isinstance(message, dict) else (message if message is not None else {})
    event = event or ("task_progress" if task_id else "global")
    if event == "msgprint" and not user:
        user = frappe.session.user
    room = room or _room(user=user, doctype=doctype, docname=docname, task_id=task_id)
    site = frappe.local.site
    entry = {"event": event, "message": message, "room": room, "doctype": doctype, "docname": docname}
    if after_commit and not task_id:
        frappe.db.after_commit.add(lambda: _emit(site, entry))
    else:
        _emit(site, entry)


def _room(user=None, doctype=None, docname=None, task_id=None) -> str:
    if task_id:
        return get_task_progress_room(task_id)
    if user:
        return get_user_room(user)
    if doctype and docname:
        return get_doc_room(doctype, docname)
    return get_site_room()


def get_user_room(user: str) -> str:
    return f"user:{user}"


def get_doc_room(doctype: str, docname: str) -> str:
    return f"doc:{doctype}/{docname}"


def get_site_room() -> str:
    return "all"


def get_task_progress_room(task_id: str) -> str:
    return f"task_progress:{task_id}"


def _emit(site: str, entry: dict) -> None:
    with _lock:
        messages = _messages.setdefault(site, deque(maxlen=KEPT))
        messages.append({**entry, "id": next(_numbers), "time": time.time()})


@frappe.whitelist()
def get_messages(after: int = 0, doctype: str | None = None, docname: str | None = None) -> list:
    """Events newer than number `after` that the session's user may see: own, the site's, and those of
    one document that the user may read. Each has id, event, message, doctype, docname."""
    rooms = {get_user_room(frappe.session.user), get_site_room()}
    if doctype and docname and frappe.has_permission(doctype, "read", docname):
        rooms.add(get_doc_room(doctype, docname))
    oldest = time.time() - MAX_AGE
    with _lock:
        messages = list(_messages.get(frappe.local.site, ()))
    return [
        {key: entry[key] for key in ("id", "event", "message", "doctype", "docname")}
        for entry in messages
        if entry["id"] > int(after) and entry["time"] > oldest and entry["room"] in rooms
    ]


@frappe.whitelist()
def get_progress(doctype: str | None = None, docname: str | None = None) -> dict | None:
    """The newest `progress` of a document (or, without one, of the user): percent, title, description."""
    found = [
        entry
        for entry in get_messages(0, doctype, docname)
        if entry["event"] == "progress" and (not docname or entry["docname"] == docname)
    ]
    return found[-1]["message"] if found else None
