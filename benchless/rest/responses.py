"""Turn frappe.response, or an error, into the HTTP answer Frappe gives."""

import datetime
import decimal
import json
import mimetypes
import sys
import traceback
from collections.abc import Iterable
from urllib.parse import quote

import frappe
from django.http import HttpResponse, HttpResponseRedirect

from benchless import troubles

RISKY_IN_A_BROWSER = (".svg", ".html", ".htm", ".xml", ".xhtml")
KEPT_IN_ERRORS = ("message", "session_expired")


def build_response() -> HttpResponse:
    """Answer with what the method left in frappe.response: JSON unless it chose another `type`."""
    body = frappe.local.response
    kind = body.get("type") or "json"
    if kind == "json":
        return as_json()
    if kind == "redirect":
        return HttpResponseRedirect(body.get("location") or "/")
    if kind == "csv":
        return download(body.get("result") or "", f"{body.get('doctype') or 'export'}.csv", "text/csv", "attachment")
    if kind == "txt":
        return download(body.get("result") or "", f"{body.get('doctype') or 'export'}.txt", "text/plain", "attachment")
    filename = body.get("filename") or "download"
    if kind == "pdf":
        return download(body.get("filecontent"), filename, "application/pdf", body.get("display_content_as") or "inline")
    content_type = body.get("content_type") or mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return download(body.get("filecontent"), filename, content_type, body.get("display_content_as") or "attachment")


def download(content, filename: str, content_type: str, disposition: str) -> HttpResponse:
    """A file as the answer; `disposition` is inline or attachment. What could run script is never shown inline."""
    if filename.lower().endswith(RISKY_IN_A_BROWSER):
        disposition = "attachment"
    if isinstance(content, str):
        content = content.encode("utf-8")
    response = HttpResponse(content or b"", content_type=content_type)
    response["Content-Disposition"] = f"{disposition}; filename*=UTF-8''{quote(filename)}"
    return response


def as_json() -> HttpResponse:
    """frappe.response as JSON, with the messages collected on the way."""
    body = frappe.local.response
    if not body.get("docs"):
        body.pop("docs", None)
    status = body.pop("http_status_code", None) or 200
    add_messages(body)
    return json_response(body, status)


def json_response(body: dict, status: int) -> HttpResponse:
    return HttpResponse(
        json.dumps(body, default=json_default, separators=(",", ":")), content_type="application/json", status=status
    )


def is_version_2() -> bool:
    return frappe.local.request.path.startswith("/api/v2/")


def add_messages(body: dict) -> None:
    """The messages of this request (frappe.msgprint, frappe.throw): each a JSON string, in version 2 an object."""
    found = [
        json.loads(message) if isinstance(message, str) else message
        for message in getattr(frappe.local, "message_log", None) or []
    ]
    if not found:
        return
    if is_version_2():
        body["messages"] = found
    else:
        body["_server_messages"] = json.dumps([json.dumps(message, default=json_default) for message in found])


def json_default(value):
    """JSON for what documents hold."""
    if isinstance(value, (datetime.date, datetime.datetime, datetime.time)):
        return str(value)
    if isinstance(value, datetime.timedelta):
        seconds = int(value.total_seconds())
        return f"{seconds // 3600}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
    if isinstance(value, decimal.Decimal):
        return float(value)
    if hasattr(value, "as_dict"):
        return value.as_dict(no_nulls=True)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Iterable):
        return list(value)
    return repr(value)


def error_response(error: Exception) -> HttpResponse:
    """Frappe's error body. Tracebacks are for developers, or where System Settings allow them; a server's error
    is named to nobody else: its words may hold personal data."""
    status = int(getattr(error, "http_status_code", 500) or 500)
    trouble = troubles.say(error) if status >= 500 else None
    if trouble:
        status = trouble[0]
        frappe.clear_messages()  # an act that was undone has nothing else to say
        frappe.msgprint(trouble[1], indicator="red")
    traces = may_see_traces()
    words = traceback.format_exception_only(type(error), error)[-1].strip()
    trace = "".join(traceback.format_exception(*sys.exc_info())) if traces else None
    body = {key: frappe.local.response[key] for key in KEPT_IN_ERRORS if key in frappe.local.response}
    if is_version_2():
        body["errors"] = [{"type": type(error).__name__, **({"exception": trace} if traces else {})}]
        take_own_message(body["errors"][0], error)
    else:
        body["exc_type"] = type(error).__name__
        if status < 500 or traces:
            body["exception"] = words
        if traces:
            body["exc"] = json.dumps([trace])
        if isinstance(error, frappe.PermissionError) and str(error) and not was_thrown(error):
            body["_error_message"] = str(error)
    add_messages(body)
    return json_response(body, status)


def may_see_traces() -> bool:
    if frappe.local.conf.get("developer_mode"):
        return True
    try:
        return bool(frappe.utils.cint(frappe.get_system_settings("allow_error_traceback")))
    except Exception:  # the database itself may be what failed
        return False


def was_thrown(error: Exception) -> bool:
    """Whether frappe.throw already left the error's words as a message."""
    return any(isinstance(m, dict) and m.get("message") == str(error) for m in frappe.local.message_log)


def take_own_message(entry: dict, error: Exception) -> None:
    """Version 2: the message that frappe.throw left for this error moves into its entry."""
    for message in list(frappe.local.message_log):
        if isinstance(message, dict) and message.get("message") == str(error):
            entry.update({key: value for key, value in message.items() if key != "raise_exception"})
            frappe.local.message_log.remove(message)
            return
