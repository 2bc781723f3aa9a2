"""Search: the box in the shell, and the choices of a Link field."""

import json
from urllib.parse import urlencode

import frappe
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from frappe import _
from frappe.desk.search import search_link
from frappe.utils.global_search import fold
from frappe.utils.global_search import search as global_search

from benchless.desk.render import page
from benchless.desk.workspace import allowed_workspaces

SHOWN = 8
OF_EACH = 3
PAGE = 50


def search(request):
    """Answer the shell's search box: documents, and workspaces, lists and reports by their name."""
    words = (request.GET.get("s") or "").strip()
    results = [*places(words)[:SHOWN], *few_of_each(documents(words, PAGE))] if words else []
    context = {"results": results, "words": words, "all": reverse("admin:find") + "?" + urlencode({"q": words})}
    return render(request, "desk/search_results.html", context)


def few_of_each(found: list[dict]) -> list[dict]:
    """The first few of every kind of document, so that one kind does not hide the others."""
    kinds = {}
    for item in found:
        kinds.setdefault(item["description"], []).append(item)
    return [item for items in kinds.values() for item in items[:OF_EACH]]


def find(request):
    """Everything the words find, on a page of its own, by kind of document."""
    words = (request.GET.get("q") or "").strip()
    kinds = {}
    for item in documents(words, PAGE) if words else []:
        kinds.setdefault(item["description"], []).append(item)
    context = {"words": words, "places": places(words) if words else [], "kinds": list(kinds.items())}
    return page(request, "desk/find.html", _("Search"), context)


def places(words: str) -> list[dict]:
    """Workspaces, lists and reports whose name contains the words, accents or not."""
    wanted = fold(words)

    def fits(*names) -> bool:
        return bool(wanted) and any(wanted in fold(name) for name in names)

    found = [
        result(_(space.title or space.name), _("Workspace"), "admin:workspace", space.name, "dashboard")
        for space in allowed_workspaces()
        if fits(_(space.title or space.name), space.name)
    ]
    lists = [name for name in frappe.get_all("DocType", filters={"istable": 0, "issingle": 0}, pluck="name", order_by="name")]
    found += [
        result(_(name), _("List"), "admin:list", name, "list")
        for name in lists
        if fits(_(name), name) and frappe.has_permission(name, "read")
    ]
    reports = frappe.get_all("Report", filters={"disabled": 0}, fields=["name", "ref_doctype"], order_by="name")
    for row in reports:
        if fits(_(row.name), row.name) and frappe.has_permission(row.ref_doctype, "report"):
            if frappe.get_cached_doc("Report", row.name).is_permitted():
                found.append(result(_(row.name), _("Report"), "admin:report", row.name, "lab_profile"))
    return found


def documents(words: str, limit: int) -> list[dict]:
    """What the index of all documents finds for this user."""
    return [
        {
            "title": row.title or row.name,
            "note": row.name if row.title and row.title != row.name else "",
            "description": _(row.doctype),
            "link": reverse("admin:form", args=[row.doctype, row.name]),
            "icon": "description",
        }
        for row in global_search(words, limit=limit)
    ]


def result(title: str, description: str, route: str, argument: str, icon: str) -> dict:
    return {"title": title, "description": description, "link": reverse(route, args=[argument]), "icon": icon}


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
