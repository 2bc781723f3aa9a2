"""Frappe's HTTP interface: one entry for /api/* and for `cmd`, which checks who asks, calls, and answers."""

import json
import logging

import frappe
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from frappe import _
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as WerkzeugResponse

from benchless import troubles
from benchless.desk.views.redirects import root
from benchless.rest import auth, routes
from benchless.rest.responses import build_response, error_response, json_response

LOGIN_PATHS = ("/api/method/login", "/api/v1/method/login", "/api/v2/method/login")


@csrf_exempt  # check_forgery below does it, as Frappe does: the form is read once, by Werkzeug
def api(request: HttpRequest, path: str) -> HttpResponse:
    """Answer any request to /api/."""
    response = answer(request, lambda _form: routes.call(frappe.local.request))
    if request.method == "HEAD":
        response.content = b""
    return response


@csrf_exempt
def home(request: HttpRequest) -> HttpResponse:
    """/ with `cmd` calls a method, as older clients do; else it leads to the desk."""
    if request.method in ("GET", "HEAD") and "cmd" not in request.GET:
        return root(request)
    return answer(request, call_cmd)


def call_cmd(form):
    if not form.cmd:
        raise frappe.DoesNotExistError
    return routes.rpc(form.cmd)


def answer(request: HttpRequest, call) -> HttpResponse:
    """Do what was asked, in Frappe's order: arguments, forgery, keys, `call` with the arguments. On an error all it
    wrote is undone."""
    if request.method == "OPTIONS":
        return HttpResponse()
    try:
        form = frappe.local.form_dict = read_form(frappe.local.request)
        signs_in = request.path.rstrip("/") in LOGIN_PATHS or form.get("cmd") == "login"
        auth.check_forgery(request, form.pop("csrf_token", None), signs_in)
        auth.use_key(request.headers.get("Authorization", ""))
        if signs_in:
            frappe.local.login_manager.login()
        run_before_request()
        result = call(form)
        if isinstance(result, WerkzeugResponse):
            return HttpResponse(result.get_data(), status=result.status_code, headers=dict(result.headers))
        return result if isinstance(result, HttpResponse) else build_response()
    except HTTPException as error:
        request.frappe_failed = True
        return json_response({"exc_type": type(error).__name__}, error.code or 400)
    except Exception as error:
        request.frappe_failed = True
        frappe.db.rollback()
        if int(getattr(error, "http_status_code", 500) or 500) >= 500:
            logging.getLogger("django.request").error("%s %s", request.method, request.path, exc_info=error)
            troubles.log(f"{request.method} {request.path}")
        return error_response(error)


def run_before_request() -> None:
    """The apps' `before_request` hooks: they may change the arguments (frappe.local.form_dict), or refuse."""
    for method in frappe.get_hooks("before_request"):
        frappe.call(method)


def read_form(request: Request) -> "frappe._dict":
    """The request's arguments, as Frappe reads them: the JSON body, else the query string and the form."""
    text = request.get_data(as_text=True) if request.is_json else ""
    if text:
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            frappe.throw(_("Invalid request arguments"))
        if isinstance(values, list):
            values = {"data": values}
        if not isinstance(values, dict):
            frappe.throw(_("Invalid request arguments"))
    else:
        values = {**request.args.to_dict(), **request.form.to_dict()}
    values.pop("_", None)
    return frappe._dict(values)
