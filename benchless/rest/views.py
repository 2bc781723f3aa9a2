"""Frappe's HTTP interface: one entry for /api/*, which authenticates, dispatches, and answers in Frappe's shapes."""

import json
import logging

import frappe
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from frappe import _
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request
from werkzeug.wrappers import Response as WerkzeugResponse

from benchless.rest import auth, methods
from benchless.rest.responses import build_response, error_response, json_response

PAGE_LENGTH = 20


@csrf_exempt  # check_forgery below does it, as Frappe does: the form is read once, by Werkzeug
def api(request: HttpRequest, path: str) -> HttpResponse:
    """Answer any /api/ request. On an error everything the request wrote is undone."""
    try:
        user = auth.token_user(request.headers.get("Authorization", ""))
        if user:
            frappe.set_user(user)
        frappe.local.form_dict = read_form(frappe.local.request)
        if not user:
            auth.check_forgery(request, frappe.local.form_dict.pop("csrf_token", None))
        result = dispatch(request, [part for part in path.removeprefix("v1/").split("/", 2)])
        return result if isinstance(result, HttpResponse) else build_response()
    except HTTPException as error:
        request.frappe_failed = True
        return json_response({"exc_type": type(error).__name__}, error.code or 400)
    except Exception as error:
        request.frappe_failed = True
        frappe.db.rollback()
        if int(getattr(error, "http_status_code", 500) or 500) >= 500:
            logging.getLogger("django.request").error("%s %s", request.method, request.path, exc_info=error)
            frappe.log_error(title=f"{request.method} {request.path}"[:140])
            frappe.db.commit()
        return error_response(error)


def read_form(request: Request) -> "frappe._dict":
    """The request's arguments, as Frappe reads them: the JSON body, else the query string and the form."""
    text = request.get_data(as_text=True) if request.mimetype == "application/json" else ""
    if text:
        try:
            values = json.loads(text)
        except ValueError:
            frappe.throw(_("Invalid request arguments"))
        if isinstance(values, list):
            values = {"data": values}
        if not isinstance(values, dict):
            frappe.throw(_("Invalid request arguments"))
    else:
        values = {**request.args.to_dict(), **request.form.to_dict()}
    values.pop("_", None)
    return frappe._dict(values)


def dispatch(request: HttpRequest, parts: list[str]):
    """Route /api/method/X, /api/resource/DocType and /api/resource/DocType/name."""
    kind, rest = parts[0], [part.rstrip("/") for part in parts[1:] if part]
    if kind == "method" and rest:
        return call_method(request, rest[0])
    if kind == "resource" and len(rest) == 1:
        return resource_list(request.method, rest[0])
    if kind == "resource" and len(rest) == 2:
        return resource(request.method, rest[0], rest[1])
    raise frappe.DoesNotExistError


def call_method(request: HttpRequest, name: str):
    """Call a whitelisted method by its dotted path with the request's arguments."""
    form = frappe.local.form_dict
    form.pop("cmd", None)
    if name == "login":
        return login(request)
    if name in ("logout", "frappe.handler.logout"):
        auth.end_session(request)
        return None
    for override in reversed((frappe.get_hooks("override_whitelisted_methods") or {}).get(name, [])):
        name = override
        break
    method = methods.BY_NAME.get(name) or find_method(name)
    frappe.is_whitelisted(method)
    methods.check_http_method(method)
    form["cmd"] = name
    result = frappe.call(method, **form)
    if isinstance(result, WerkzeugResponse):
        return HttpResponse(result.get_data(), status=result.status_code, headers=dict(result.headers))
    if isinstance(result, HttpResponse):
        return result
    if result is not None:
        frappe.local.response["message"] = result
    return None


def find_method(name: str):
    if "." not in name:
        raise frappe.DoesNotExistError(_("Method {0} not found").format(name))
    try:
        return frappe.get_attr(name)
    except (ImportError, AttributeError, frappe.AppNotInstalledError) as error:
        raise frappe.ValidationError(
            _("Failed to get method for command {0} with {1}").format(name, error)
        ) from error


def login(request: HttpRequest) -> None:
    form = frappe.local.form_dict
    user = auth.check_credentials(form.usr, form.pwd, frappe.local.request_ip)
    auth.start_session(request, user)
    frappe.local.response.update(
        message="Logged In",
        home_page="/app",
        full_name=frappe.db.get_value("User", user, "full_name") or user,
    )


def resource_list(http_method: str, doctype: str) -> None:
    check_doctype(doctype)
    if http_method == "POST":
        data = form_data()
        data.pop("doctype", None)
        frappe.local.response["data"] = frappe.get_doc({**data, "doctype": doctype}).insert().readable_dict()
    elif http_method == "GET":
        frappe.local.response["data"] = list_documents(doctype)
    else:
        raise frappe.DoesNotExistError


def list_documents(doctype: str) -> list:
    """frappe.client.get_list with the request's arguments: fields, filters, or_filters, order_by, paging, parent."""
    from frappe.client import get_list

    form = frappe.local.form_dict
    form["limit_page_length"] = frappe.utils.cint(form.get("limit_page_length") or form.get("limit") or PAGE_LENGTH)
    form["limit_start"] = frappe.utils.cint(form.get("limit_start"))
    for name in ("as_dict", "debug"):
        if form.get(name) is not None:
            form[name] = frappe.utils.sbool(form[name])
    return frappe.call(get_list, doctype, **form)


def resource(http_method: str, doctype: str, name: str) -> None:
    check_doctype(doctype)
    form = frappe.local.form_dict
    if "run_method" in form and http_method in ("GET", "POST"):
        doc = frappe.get_doc(doctype, name)
        method = form.pop("run_method")
        doc.is_whitelisted(method)
        methods.check_http_method(getattr(doc, method))
        doc.check_permission("read" if http_method == "GET" else "write")
        frappe.local.response["data"] = doc.run_method(method, **form)
    elif http_method == "GET":
        doc = frappe.get_doc(doctype, name)
        doc.check_permission("read")
        doc.apply_fieldlevel_read_permissions()
        frappe.local.response["data"] = doc
    elif http_method == "PUT":
        data = form_data()
        for protected in ("flags", "doctype", "name"):
            data.pop(protected, None)
        doc = frappe.get_doc(doctype, name, for_update=True)
        doc.update(data)
        doc.save()
        if doc.get("parenttype") and doc.get("parent"):
            frappe.get_doc(doc.parenttype, doc.parent).save()
        frappe.local.response["data"] = doc.readable_dict()
    elif http_method == "DELETE":
        frappe.delete_doc(doctype, name, ignore_missing=False)
        frappe.local.response.update(http_status_code=202, data="ok")
    else:
        raise frappe.DoesNotExistError


def check_doctype(doctype: str) -> None:
    if not frappe.db.exists("DocType", doctype):
        raise frappe.DoesNotExistError(_("DocType {0} not found").format(doctype))


def form_data() -> dict:
    """The document in the request: `data` as JSON, else the arguments themselves."""
    form = frappe.local.form_dict
    if form.get("data") is not None:
        data = frappe.parse_json(form["data"])
        if isinstance(data, dict):
            return dict(data)
    return dict(form)
