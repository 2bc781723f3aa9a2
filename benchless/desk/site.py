"""unfold's admin site, carrying the desk's own pages instead of model admins."""

from functools import wraps
from urllib.parse import urlencode

import frappe
from django.http import HttpResponseRedirect
from django.urls import path
from unfold.sites import UnfoldAdminSite


def signed_in(view):
    """Send visitors to the login page; refuse users without desk access (Website Users)."""

    @wraps(view)
    def wrapper(request, *args, **kwargs):
        if not request.user.is_authenticated:
            return HttpResponseRedirect("/login?" + urlencode({"next": request.get_full_path()}))
        if not request.user.is_staff:
            raise frappe.PermissionError
        return view(request, *args, **kwargs)

    return wrapper


class DeskSite(UnfoldAdminSite):
    """Named `admin`, because unfold's shell links to `admin:index`, `admin:logout`, `admin:search`."""

    def get_urls(self):
        from benchless.desk.views import (
            account,
            forms,
            home,
            lists,
            prints,
            report_builder,
            reports,
            search,
            trees,
        )

        return [
            path("", signed_in(home.index), name="index"),
            path("logout", account.logout, name="logout"),
            path("password", signed_in(account.change_password), name="password_change"),
            path("search", signed_in(search.search), name="search"),
            path("find", signed_in(search.find), name="find"),
            path("workspace/<path:name>", signed_in(home.workspace), name="workspace"),
            path("list/<str:doctype>/export", signed_in(lists.export), name="list_export"),
            path("list/<str:doctype>/bulk", signed_in(lists.bulk_json), name="list_bulk"),
            path("list/<str:doctype>/widget", signed_in(lists.widget), name="list_widget"),
            path("list/<str:doctype>", signed_in(lists.document_list), name="list"),
            path("report-builder/<str:doctype>", signed_in(report_builder.report_builder), name="report_builder"),
            path("tree/<str:doctype>/nodes", signed_in(trees.nodes), name="tree_nodes"),
            path("tree/<str:doctype>", signed_in(trees.tree), name="tree"),
            path("new/<str:doctype>", signed_in(forms.new), name="new"),
            path("single/<str:doctype>", signed_in(forms.single), name="single"),
            path("form/<str:doctype>/<path:name>", signed_in(forms.form), name="form"),
            path("report/<path:name>", signed_in(reports.report), name="report"),
            path("print/<str:doctype>/<path:name>", signed_in(prints.print_page), name="print"),
            path("link/<str:doctype>", signed_in(search.link), name="link"),
        ]

    def has_permission(self, request) -> bool:
        return request.user.is_staff


desk_site = DeskSite(name="admin")
