"""Signing in (with a code, where it is asked for) and out, the password, the language."""

from base64 import b64decode

import frappe
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST
from frappe import _, twofactor
from frappe.core.doctype.user.user import reset_key_problem, update_password
from frappe.core.doctype.user.user import reset_password as mail_reset_link

from benchless.desk import messages
from benchless.desk.context import LANGUAGE_NAMES, site_title
from benchless.desk.render import page
from benchless.desk.site import desk_site

REFUSALS = (
    frappe.AuthenticationError, frappe.SecurityException, frappe.ValidationError, frappe.PermissionError,
)  # fmt: skip


def safe_next(request) -> str:
    """Where to go afterwards: only inside this site."""
    target = request.POST.get("next") or request.GET.get("next") or request.GET.get("redirect-to") or ""
    if target and url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()):
        return target
    return reverse("admin:index")


def login_page(request):
    """Ask for name and password, then for the code where the user has to give one."""
    if request.user.is_authenticated and request.method == "GET":
        return HttpResponseRedirect(safe_next(request))
    items, status, waiting = [], 200, None
    if request.method == "POST":
        frappe.local.form_dict.update({key: request.POST.get(key) for key in ("usr", "pwd", "otp", "tmp_id")})
        try:
            if frappe.local.login_manager.login():
                return HttpResponseRedirect(safe_next(request))
            if link := frappe.local.response.get("redirect_to"):
                return HttpResponseRedirect(link)
            waiting = code_form(frappe.local.response)
        except REFUSALS as error:
            items, status = refused(request, error), 401
            waiting = code_form_again(request.POST.get("tmp_id"))
    context = {"items": items, "next": safe_next(request), "usr": request.POST.get("usr", ""), "waiting": waiting}
    return show(request, "desk/login.html", _("Log in"), context, status)


def code_form(response) -> dict:
    """What the page with the code needs to know: where the code comes from, the QR code at the first time."""
    verification, qr = response["verification"], ""
    if not verification["setup"]:  # the site sends no mail: the code that sets up the app stands here
        user = twofactor.waiting_user(response["tmp_id"])
        qr = qr_image(twofactor.get_totp_uri(user, twofactor.get_otpsecret_for_(user)))
    return {"tmp_id": response["tmp_id"], "prompt": verification.get("prompt") or "", "qr": qr}


def code_form_again(tmp_id: str | None) -> dict | None:
    """After a wrong code: the same page, while the sign-in still waits."""
    if not tmp_id or not twofactor.waiting_user(tmp_id):
        return None
    return {"tmp_id": tmp_id, "prompt": "", "qr": ""}


def qr_image(uri: str) -> str:
    return mark_safe(b64decode(twofactor.get_qr_svg_code(uri)).decode())  # noqa: S308 (segno drew it)


def qrcode(request):
    """The page that the set-up mail leads to."""
    found = twofactor.find_qrcode(request.GET.get("k", ""))
    items = [] if found else [{"message": _("This link has expired. Please sign in again."), "indicator": "red"}]
    context = {"items": items, "qr": qr_image(found["uri"]) if found else ""}
    return show(request, "desk/qrcode.html", _("QR Code"), context, 200 if found else 410)


def forgot_password(request):
    """Mail a link to set a new password; the answer is the same for every address."""
    items = []
    if request.method == "POST":
        frappe.local.form_dict["user"] = request.POST.get("usr", "")
        try:
            mail_reset_link(user=request.POST.get("usr", ""))
            items = messages.collected()
        except REFUSALS as error:
            items = refused(request, error)
    return show(request, "desk/forgot_password.html", _("Forgot Password?"), {"items": items})


def reset_password(request):
    """The page of a reset link: a new password, and the user is signed in."""
    key = request.POST.get("key") or request.GET.get("key") or ""
    problem = reset_key_problem(key)
    items = [{"message": problem, "indicator": "red"}] if problem else []
    if request.method == "POST" and not problem:
        try:
            check_repeated(request)
            update_password(new_password=request.POST.get("new", ""), key=key)
            return HttpResponseRedirect(safe_next(request))
        except REFUSALS as error:
            items = refused(request, error)
    context = {"items": items, "key": key, "usable": not problem}
    return show(request, "desk/reset_password.html", _("Set Password"), context, 410 if problem else 200)


def change_password(request):
    """The signed-in person's own password; every other session of theirs ends."""
    items = []
    if request.method == "POST":
        try:
            check_repeated(request)
            update_password(new_password=request.POST.get("new", ""), old_password=request.POST.get("old", ""))
            items = [{"message": _("Password changed"), "indicator": "green"}]
        except REFUSALS as error:
            items = refused(request, error)
    return page(request, "desk/password.html", _("Change password"), {"items": items})


def check_repeated(request) -> None:
    if request.POST.get("new", "") != request.POST.get("repeat", ""):
        frappe.throw(_("The new password was not repeated exactly"))
    if request.POST.get("new", "") == request.POST.get("old"):
        frappe.throw(_("The new password must not be the old one"))


def refused(request, error: Exception) -> list[dict]:
    """Undo what was written; the messages for the page."""
    items = messages.of_error(error)
    frappe.db.rollback()
    request.frappe_failed = True
    return items


def show(request, template: str, title: str, context: dict, status: int = 200):
    """A page outside the desk."""
    around = {
        **desk_site.each_context(request), "title": title, "site_title": site_title(), "language_names": LANGUAGE_NAMES,
    }  # fmt: skip
    return render(request, template, {**around, **context}, status=status)


@require_POST
def logout(request):
    frappe.local.login_manager.logout()
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
