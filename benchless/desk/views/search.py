"""Search: the box in the shell, and the choices of a Link field."""

import json

import frappe
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from frappe import _
from frappe.desk.search import search_link

from benchless.desk.workspace import allowed_workspaces, listable_doctypes

SHOWN = 8


def search(request):
    """Answer the shell's search box: workspaces, lists, reports by their name, and documents of open workspaces."""
    words = (request.GET.get("s") or "").strip().lower()
    results = []
    if words:
        results += [
            result(_(workspace.title or workspace.name), _("Workspace"), "admin:workspace", workspace.name, "dashboard")
            for workspace in allowed_workspaces()
            if words in _(workspace.title or workspace.name).lower() or words in workspace.name.lower()
        ]
        results += [
            result(_(doctype), _("List"), "admin:list", doctype, "list")
            for doctype in listable_doctypes()
            if words in _(doctype).lower() or words in doctype.lower()
        ]
        results += [
            result(_(report), _("Report"), "admin:report", report, "lab_profile")
            for report in allowed_reports()
            if words in _(report).lower() or words in report.lower()
        ]
    context = {"results": results[: 3 * SHOWN]}
    return render(request, "desk/search_results.html", context)


def result(title: str, description: str, route: str, argument: str, icon: str) -> dict:
    return {"title": title, "description": description, "link": reverse(route, args=[argument]), "icon": icon}


def allowed_reports() -> list[str]:
    """Names of the reports this user may open."""
    names = []
    for name in frappe.get_all("Report", filters={"disabled": 0}, pluck="name", order_by="name"):
        report = frappe.get_doc("Report", name)
        if report.is_permitted() and frappe.has_permission(report.ref_doctype, "report"):
            names.append(name)
    return names


def link(request, doctype: str):
    """Choices for a Link field: ?txt=…&parent=DocType&field=fieldname&filters={…}."""
    parent, fieldname = request.GET.get("parent"), request.GET.get("field")
    field = frappe.get_meta(parent).get_field(fieldname) if parent and fieldname else None
    filters = json.loads(field.link_filters) if field and field.get("link_filters") else None
    rows = search_link(
        doctype,
        request.GET.get("txt", ""),
        filters=filters,
        page_length=SHOWN,
        reference_doctype=parent,
        ignore_user_permissions=bool(field and field.get("ignore_user_permissions")),
    )
    return JsonResponse({"results": rows})
