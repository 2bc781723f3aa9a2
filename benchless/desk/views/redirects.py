"""Frappe's /app addresses (in e-mails and shortcuts) lead to the desk's pages."""

from urllib.parse import unquote

import frappe
from django.http import Http404, HttpResponseRedirect
from django.urls import reverse


def root(request):
    return HttpResponseRedirect(reverse("admin:index"))


def frappe_address(request, path=None):
    """/app, /app/<workspace or doctype>, /app/<doctype>/<name>, /app/query-report/<name>,
    /app/<doctype>/view/list, /view/report, /view/report/<name>, /view/tree."""
    parts = [unquote(part) for part in (path or "").split("/") if part]
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    if not parts or parts[0] == "home":
        return HttpResponseRedirect(reverse("admin:index"))
    if parts[0] == "query-report" and len(parts) > 1:
        return HttpResponseRedirect(reverse("admin:report", args=["/".join(parts[1:])]) + query)
    if parts[0] == "print" and len(parts) > 2:
        return HttpResponseRedirect(reverse("admin:print", args=[parts[1], "/".join(parts[2:])]) + query)
    doctype = doctype_of_slug(parts[0])
    if doctype is None:
        for workspace in frappe.get_all("Workspace", pluck="name"):
            if slug(workspace) == slug(parts[0]):
                return HttpResponseRedirect(reverse("admin:workspace", args=[workspace]))
        raise Http404
    if len(parts) == 1 or parts[1] == "view":
        if frappe.get_meta(doctype).issingle:
            return HttpResponseRedirect(reverse("admin:single", args=[doctype]))
        if parts[2:3] == ["report"]:
            if len(parts) > 3:
                return HttpResponseRedirect(reverse("admin:report", args=["/".join(parts[3:])]))
            return HttpResponseRedirect(reverse("admin:report_builder", args=[doctype]) + query)
        if parts[2:3] == ["tree"]:
            return HttpResponseRedirect(reverse("admin:tree", args=[doctype]))
        return HttpResponseRedirect(reverse("admin:list", args=[doctype]) + query)
    if parts[1] == "new" or parts[1].startswith(f"new-{parts[0]}"):
        return HttpResponseRedirect(reverse("admin:new", args=[doctype]) + query)
    return HttpResponseRedirect(reverse("admin:form", args=[doctype, "/".join(parts[1:])]))


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")


def doctype_of_slug(text: str) -> str | None:
    for name in frappe.get_all("DocType", filters={"istable": 0}, pluck="name"):
        if slug(name) == slug(text):
            return name
    return None
