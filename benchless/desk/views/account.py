"""Signing in and out, the password, the language."""

import frappe
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST
from frappe import _
from frappe.utils.password import update_password

from benchless.desk import messages
from benchless.desk.context import LANGUAGE_NAMES, site_title
from benchless.desk.render import page
from benchless.desk.site import desk_site
from benchless.rest import auth

MINIMUM_PASSWORD = 10


def safe_next(request) -> str:
    """Where to go afterwards: only inside this site."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return reverse("admin:index")


def login_page(request):
    if request.user.is_authenticated and request.method == "GET":
        return HttpResponseRedirect(safe_next(request))
    items, status = [], 200
    if request.method == "POST":
        try:
            user = auth.check_credentials(
                request.POST.get("usr", ""), request.POST.get("pwd", ""), frappe.local.request_ip
            )
            auth.start_session(request, user)
            return HttpResponseRedirect(safe_next(request))
        except (frappe.AuthenticationError, frappe.SecurityException) as error:
            frappe.db.rollback()
            request.frappe_failed = True
            items, status = messages.of_error(error), 401
    context = {
        **desk_site.each_context(request),
        "title": _("Log in"),
        "site_title": site_title(),
        "items": items,
        "next": safe_next(request),
        "usr": request.POST.get("usr", ""),
        "language_names": LANGUAGE_NAMES,
    }
    return render(request, "desk/login.html", context, status=status)


@require_POST
def logout(request):
    auth.end_session(request)
    return HttpResponseRedirect("/login")


@require_POST
def set_language(request):
    """Remember the language: on the User document, or in a cookie before signing in."""
    language = request.POST.get("language")
    response = HttpResponseRedirect(safe_next(request))
    if language in dict(LANGUAGE_NAMES):
        if request.user.is_authenticated:
            frappe.db.set_value("User", request.user.name, "language", language, update_modified=False)
            frappe.clear_cache(user=request.user.name)
        response.set_cookie("preferred_language", language, max_age=365 * 86400, samesite="Lax", httponly=True)
    return response


def change_password(request):
    """The signed-in person's own password; every other session of theirs ends."""
    items = []
    if request.method == "POST":
        old, new = request.POST.get("old", ""), request.POST.get("new", "")
        try:
            auth.check_credentials(request.user.name, old, frappe.local.request_ip)
            if new != request.POST.get("repeat", ""):
                frappe.throw(_("The new password was not repeated exactly"))
            if len(new) < MINIMUM_PASSWORD or new == old:
                frappe.throw(_("A new password of at least {0} characters is needed").format(MINIMUM_PASSWORD))
            update_password(request.user.name, new)
            auth.start_session(request, request.user.name)
            items = [{"message": _("Password changed"), "indicator": "green"}]
        except (frappe.AuthenticationError, frappe.SecurityException, frappe.ValidationError) as error:
            frappe.db.rollback()
            request.frappe_failed = True
            items = messages.of_error(error)
    return page(request, "desk/password.html", _("Change password"), {"items": items})
