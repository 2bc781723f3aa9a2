"""Home: the first workspace of the user; and each workspace by its name."""

import frappe
from django.http import HttpResponseRedirect
from django.urls import reverse
from frappe import _

from benchless.desk.render import page
from benchless.desk.workspace import allowed_workspaces, contents, listable_doctypes


def index(request):
    workspaces = allowed_workspaces()
    if workspaces:
        wanted = frappe.db.get_value("User", request.user.name, "default_workspace")
        names = [workspace.name for workspace in workspaces]
        return HttpResponseRedirect(reverse("admin:workspace", args=[wanted if wanted in names else names[0]]))
    doctypes = [{"label": _(name), "link": reverse("admin:list", args=[name])} for name in listable_doctypes()]
    return page(request, "desk/home.html", _("Home"), {"blocks": [], "doctypes": doctypes})


def workspace(request, name: str):
    if name not in [workspace.name for workspace in allowed_workspaces()]:
        if not frappe.db.exists("Workspace", name):
            raise frappe.DoesNotExistError(_("Workspace {0} not found").format(name))
        raise frappe.PermissionError
    request.desk_workspace = name
    doc = frappe.get_doc("Workspace", name)
    return page(request, "desk/home.html", _(doc.title or doc.name), {"blocks": contents(doc), "doctypes": []})
