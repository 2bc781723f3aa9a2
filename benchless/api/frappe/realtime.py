"""What the server tells open pages: kept for a short while in files of the site, for a page to ask for.

Not in the database: a job's progress must be seen while the job's own transaction still holds the write lock.
One file holds ROUND seconds; processes append to it under its lock, so numbers grow in every process.
"""

import json
import time
from pathlib import Path

import frappe

try:
    import fcntl
except ImportError:  # not a Unix: one process serves there
    fcntl = None

MAX_AGE = 600  # seconds
ROUND = 300  # seconds
MAX_TEXT = 100_000  # a longer message is not for a page


def publish_progress(percent, title=None, doctype=None, docname=None, description=None, task_id=None) -> None:
    """Tell how far a long job is: to everyone on the document, else to the session's user."""
    if frappe.local.job:
        frappe.local.job.progress = {"title": title, "doctype": doctype, "docname": docname}
    publish_realtime(
        "progress",
        {"percent": percent, "title": title, "description": description},
        user=None if doctype and docname else frappe.session.user,
        doctype=doctype,
        docname=docname,
        task_id=task_id,
    )


def publish_failure(error: BaseException) -> None:
    """Tell who watches the running job's progress that it failed; a ValidationError's words are for them."""
    if shown := (frappe.local.job or {}).get("progress"):
        words = frappe._("The job failed; the reason is in the Error Log.")
        if isinstance(error, frappe.ValidationError):
            words = frappe.utils.strip_html(str(error)) or words
        publish_realtime(
            "progress",
            {"percent": 100, "title": shown["title"], "description": words, "failed": True},
            user=None if shown["docname"] else frappe.session.user,
            doctype=shown["doctype"],
            docname=shown["docname"],
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
    folder = _folder()
    entry = {"event": event, "message": message, "room": room, "doctype": doctype, "docname": docname}
    if after_commit and not task_id:
        frappe.db.after_commit.add(lambda: _emit(folder, entry))
    else:
        _emit(folder, entry)


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


def _folder() -> Path:
    return Path(frappe.local.site_path, "logs")


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("realtime-*.jsonl"))


def _emit(folder: Path, entry: dict) -> None:
    now = time.time()
    path = folder / f"realtime-{int(now // ROUND):012}.jsonl"
    if not path.exists():
        folder.mkdir(mode=0o700, exist_ok=True)
        for old in _files(folder):
            if old != path and old.stat().st_mtime < now - MAX_AGE:
                old.unlink(missing_ok=True)
    with open(path, "a", encoding="utf-8") as file:
        path.chmod(0o600)
        if fcntl:
            fcntl.flock(file, fcntl.LOCK_EX)
        # the number is the time in microseconds, read while nobody else can write
        line = frappe.as_json(
            {"id": time.time_ns() // 1000, "time": now, **entry}, indent=None, separators=(",", ":")
        )
        if len(line) < MAX_TEXT:
            file.write(line + "\n")


def _entries(after: int) -> list[dict]:
    """What is newer than number `after` and not too old, whoever it is for."""
    oldest = max(int(after), int((time.time() - MAX_AGE) * 1_000_000))
    found = []
    for path in _files(_folder()):
        if path.exists() and path.stat().st_mtime * 1_000_000 > oldest:
            for line in path.read_text(encoding="utf-8").splitlines():
                entry = json.loads(line)
                if entry["id"] > oldest:
                    found.append(entry)
    return found


@frappe.whitelist()
def get_messages(after: int = 0, doctype: str | None = None, docname: str | None = None) -> list:
    """Events newer than number `after` that the session's user may see: own, the site's, and those of
    one document that the user may read. Each has id, event, message, doctype, docname."""
    rooms = {get_user_room(frappe.session.user), get_site_room()}
    if doctype and docname and frappe.has_permission(doctype, "read", docname):
        rooms.add(get_doc_room(doctype, docname))
    return [
        {key: entry[key] for key in ("id", "event", "message", "doctype", "docname")}
        for entry in _entries(after)
        if entry["room"] in rooms
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
