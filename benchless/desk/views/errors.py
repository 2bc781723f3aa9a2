"""What a person sees when something is not allowed, not there, or broken."""

import json
import logging

import frappe
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from frappe import _

from benchless import troubles
from benchless.desk import messages
from benchless.rest.responses import json_response

TITLES = {401: "Session Expired", 403: "Not Permitted", 404: "Not Found", 409: "Conflict", 417: "Message"}

CLOSED = "Hệ thống đang được cập nhật, xin thử lại sau vài phút. / This site is being updated, try again in a few minutes."


FULL = (
    "Đĩa của máy chủ đã đầy nên chưa có gì thay đổi. Hãy báo người quản trị máy chủ. / "
    "The server's disk is full, so nothing was changed. Tell whoever looks after the server."
)


def error_page(request, error: Exception) -> HttpResponse:
    """An error of the application as a page; what nobody expected is logged, and the page keeps its secrets."""
    status = int(getattr(error, "http_status_code", 500) or 500)
    if isinstance(error, frappe.PermissionError) and frappe.session.user == "Guest":
        return HttpResponseRedirect(f"/login?next={request.path}")
    if status >= 500:
        logging.getLogger("django.request").error("%s %s", request.method, request.path, exc_info=error)
        troubles.log(f"{request.method} {request.path}")
        status, text = troubles.say(error) or (
            status,
            _("Something went wrong. The error has been logged for the administrator."),
        )
        items = [{"message": text}]
    else:
        items = messages.of_error(error)
    return show(request, status, items)


def show(request, status: int, items: list[dict]) -> HttpResponse:
    title = _(TITLES.get(status, "Server Error"))
    context = {"title": title, "items": items, "status": status, "home": reverse("admin:index")}
    return render(request, "desk/error.html", context, status=status)


def not_found(request, exception=None) -> HttpResponse:
    if not getattr(frappe.local, "db", None):
        return HttpResponse("Not Found", status=404, content_type="text/plain")
    return show(request, 404, [{"message": _("The resource you are looking for is not available")}])


def server_error(request) -> HttpResponse:
    return HttpResponse("Internal Server Error", status=500, content_type="text/plain")


def closed(request, text: str = CLOSED) -> HttpResponse:
    """The site is being migrated, was closed by its administrator, or cannot be opened: nothing is read, not even
    a translation."""
    if request.path.startswith("/api/"):
        message = json.dumps({"message": text})
        answer = json_response({"exc_type": "SessionStopped", "_server_messages": json.dumps([message])}, 503)
    else:
        answer = HttpResponse(text, status=503, content_type="text/plain; charset=utf-8")
    answer["Retry-After"] = "60"
    frappe.destroy()
    return answer


def csrf_failure(request, reason="") -> HttpResponse:
    request.frappe_failed = True
    if request.path.startswith("/api/"):
        message = json.dumps({"message": _("Invalid Request")})
        return json_response({"exc_type": "CSRFTokenError", "_server_messages": json.dumps([message])}, 400)
    return show(request, 403, [{"message": _("This page is too old. Go back, reload it and try again.")}])
