"""The addresses below /api: version 1 (also without a version), and version 2."""

import frappe
from django.http import HttpResponse
from frappe import handler
from frappe.modules import load_doctype_module
from frappe.utils import sbool
from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule, Submount
from werkzeug.wrappers import Request, Response

from benchless.rest import documents

PAGE_LENGTH = 20
RESPONSES = (Response, HttpResponse)


def call(request: Request):
    """What the endpoint of the request's address answers; what is not None becomes `data`.

    Raises DoesNotExistError for an unknown address, MethodNotAllowed for a verb it does not take.
    """
    try:
        endpoint, arguments = ROUTES.bind_to_environ(request.environ).match()
    except NotFound:
        raise frappe.DoesNotExistError from None
    data = endpoint(**arguments)
    if isinstance(data, RESPONSES):
        return data
    if data is not None:
        frappe.local.response["data"] = data
    return None


def rpc(method: str):
    """Call a method; its answer becomes `message`."""
    method = frappe.local.form_dict["cmd"] = method.split("/")[0]
    if method == "login":  # done before, or an answer that says what is missing
        return None
    data = handler.execute_cmd(method)
    if isinstance(data, RESPONSES):
        return data
    if data is not None:
        frappe.local.response["message"] = data
    return None


def rpc_v2(method: str, doctype: str | None = None):
    """Call a method, or one of the module of a DocType's controller; its answer becomes `data`."""
    if method == "login":
        return None
    if doctype:
        method = f"{load_doctype_module(doctype).__name__}.{method}"
    return handler.execute_cmd(method)


def document_list(doctype: str) -> list:
    form = frappe.local.form_dict
    return _list(doctype, form.limit_page_length or form.limit or PAGE_LENGTH)


def document_list_v2(doctype: str) -> list:
    return _list(doctype, frappe.local.form_dict.limit or PAGE_LENGTH)


def _list(doctype: str, page_length) -> list:
    """frappe.client.get_list with the request's arguments: fields, filters, or_filters, order_by, paging, parent."""
    from frappe.client import get_list

    documents.check_doctype(doctype)
    form = frappe.local.form_dict
    form["limit_page_length"] = frappe.utils.cint(page_length)
    form["limit_start"] = frappe.utils.cint(form.get("limit_start"))
    for name in ("as_dict", "debug"):
        if form.get(name) is not None:
            form[name] = sbool(form[name])
    form.pop("doctype", None)
    return frappe.call(get_list, doctype, **form)


def count(doctype: str) -> int:
    from frappe.client import get_count

    return get_count(doctype, frappe.local.form_dict.filters)


def get_meta(doctype: str):
    documents.check_doctype(doctype)
    if frappe.session.user == "Guest":
        raise frappe.PermissionError
    return frappe.get_meta(doctype).as_dict()


def read_or_run(doctype: str, name: str):
    return documents.run(doctype, name) if "run_method" in frappe.local.form_dict else documents.read(doctype, name)


def run_doc_method(method: str | None = None, document=None, kwargs=None):
    """Version 2: run a whitelisted method of the document that was sent; it comes back in `docs`."""
    form = frappe.local.form_dict
    return documents.run_sent(form.method, form.document, form.kwargs)


V1 = [
    Rule("/method/<path:method>", endpoint=rpc),
    Rule("/resource/<doctype>", methods=["GET"], endpoint=document_list),
    Rule("/resource/<doctype>", methods=["POST"], endpoint=documents.create),
    Rule("/resource/<doctype>/<path:name>/", methods=["GET"], endpoint=read_or_run),
    Rule("/resource/<doctype>/<path:name>/", methods=["PUT"], endpoint=documents.update),
    Rule("/resource/<doctype>/<path:name>/", methods=["DELETE"], endpoint=documents.delete),
    Rule("/resource/<doctype>/<path:name>/", methods=["POST"], endpoint=documents.run),
]
V2 = [
    Rule("/method/run_doc_method", methods=["GET", "POST"], endpoint=run_doc_method),
    Rule("/method/<method>", endpoint=rpc_v2),
    Rule("/method/<doctype>/<method>", endpoint=rpc_v2),
    Rule("/document/<doctype>", methods=["GET"], endpoint=document_list_v2),
    Rule("/document/<doctype>", methods=["POST"], endpoint=documents.create),
    Rule("/document/<doctype>/<path:name>/", methods=["GET"], endpoint=documents.read),
    Rule("/document/<doctype>/<path:name>/", methods=["PATCH", "PUT"], endpoint=documents.update),
    Rule("/document/<doctype>/<path:name>/", methods=["DELETE"], endpoint=documents.delete),
    Rule("/document/<doctype>/<path:name>/method/<method>/", methods=["GET", "POST"], endpoint=documents.run),
    Rule("/doctype/<doctype>/meta", methods=["GET"], endpoint=get_meta),
    Rule("/doctype/<doctype>/count", methods=["GET"], endpoint=count),
]
ROUTES = Map(
    [Submount("/api", V1), Submount("/api/v1", V1), Submount("/api/v2", V2)], strict_slashes=False, merge_slashes=False
)
