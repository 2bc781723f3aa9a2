"""Around every request: connect the site, know the user and the language, commit or roll back, add headers."""

from urllib.parse import quote

import frappe
from django.http import Http404, HttpResponse
from django.utils import translation
from frappe import rate_limiter, sessions
from frappe.auth import LoginManager
from werkzeug.wrappers import Request

from benchless import settings, troubles
from benchless.desk.user import DeskUser
from benchless.desk.views.errors import FULL, closed
from benchless.rest.auth import cors_headers
from benchless.rest.responses import error_response

WRITING_METHODS = ("POST", "PUT", "DELETE", "PATCH")
LANGUAGES = ("vi", "en")
USER_COOKIES = ("user_id", "full_name", "system_user", "user_image")
DEFAULT_MAX_BODY = 25 * 1024 * 1024

# unfold's Alpine evaluates attributes (unsafe-eval) and sets styles; nothing may come from another host. Answers for
# programs and printed pages need no evaluation, whatever a print format says.
WITHOUT_ALPINE = ("/api/", "/printview", "/static/", "/files/", "/private/")
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)


class SecurityHeadersMiddleware:
    """Add the headers Django has no setting for; pages with personal data are not kept in any cache."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        policy = CONTENT_SECURITY_POLICY
        if request.path.startswith(WITHOUT_ALPINE):
            policy = policy.replace(" 'unsafe-eval'", "")
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("X-Frame-Options", "SAMEORIGIN")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class FrappeMiddleware:
    """One Frappe request per HTTP request: init, connect, user, language; POST commits, GET and errors roll back."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        folder = settings.folder_in_use()
        frappe.init(site=folder.name, sites_path=str(folder.parent), force=True)
        if frappe.conf.maintenance_mode:
            return closed(request)
        try:
            try:
                frappe.connect(set_admin_as_user=False)
            except Exception as error:
                if not troubles.is_full(error):
                    raise
                return closed(request, FULL)
            frappe.local.request = make_frappe_request(request)
            frappe.local.request_ip = request.META.get("REMOTE_ADDR") or "127.0.0.1"
            limiter = rate_limiter.apply()
            if limiter and limiter.rejected:
                return HttpResponse(frappe._("Too Many Requests"), status=429, headers=limiter.finish())
            self.find_user(request)
            use_language(request)
            response = self.end_transaction(request, self.get_response(request))
            tell_who(request, response)
            for name, value in {**cors_headers(request), **(limiter.finish() if limiter else {})}.items():
                response[name] = value
            return response
        finally:
            translation.deactivate()
            frappe.destroy()

    def find_user(self, request) -> None:
        """The session's user; `frappe.local.login_manager` signs in and out."""
        frappe.set_user(sessions.resume(request.session))
        frappe.local.session.sid = request.session.session_key or "Guest"
        request.user = DeskUser(frappe.session.user)
        frappe.local.login_manager = LoginManager(request.session)
        if frappe.session.user == "Guest" and request.COOKIES.get("sid", "Guest") != "Guest":
            frappe.local.response["session_expired"] = 1

    def end_transaction(self, request, response):
        """What the request answers: when its writes cannot be kept (a full disk), that nothing was done."""
        if request.method not in WRITING_METHODS or getattr(request, "frappe_failed", False):
            frappe.db.rollback()
            return response
        try:
            frappe.db.commit()
        except Exception as error:
            if request.path.startswith("/api/"):
                request.frappe_failed = True
                frappe.db.rollback()
                troubles.log(f"{request.method} {request.path}")
                return error_response(error)
            return self.process_exception(request, error)
        return response

    def process_exception(self, request, exception):
        """Show Frappe's errors as a page in the user's language; everything written is undone."""
        from benchless.desk.views.errors import error_page

        request.frappe_failed = True
        frappe.db.rollback()
        if isinstance(exception, Http404):
            return None
        return error_page(request, exception)


def tell_who(request, response) -> None:
    """Frappe's cookies for clients that want to know who is signed in; they prove nothing."""
    user = request.session.get("user")
    if quote(user or "") == request.COOKIES.get("user_id", ""):
        return
    if not user:
        for name in USER_COOKIES:
            response.delete_cookie(name, samesite="Lax")
        return
    row = frappe.db.get_value("User", user, ["full_name", "user_type", "user_image"], as_dict=True)
    desk = "no" if row.user_type == "Website User" else "yes"
    for name, value in zip(USER_COOKIES, (user, row.full_name, desk, row.user_image), strict=True):
        age = sessions.get_expiry_in_seconds()
        response.set_cookie(name, quote(value or ""), max_age=age, samesite="Lax", secure=request.is_secure())


def make_frappe_request(request) -> Request:
    """The same request as Werkzeug's object, which is what `frappe.request` is on Frappe."""
    path = request.environ.get("PATH_INFO", "").encode().decode("latin-1")  # Django put the decoded text there
    frappe_request = Request({**request.environ, "PATH_INFO": path})
    frappe_request.max_content_length = int(frappe.local.conf.get("max_file_size") or DEFAULT_MAX_BODY)
    return frappe_request


def use_language(request) -> None:
    """The user's language; for a visitor the one chosen on the login page, else the browser's; else the site's."""
    if frappe.session.user == "Guest":
        language = request.COOKIES.get("preferred_language") or browser_language(request)
    else:
        language = frappe.db.get_value("User", frappe.session.user, "language")
    language = (
        language or frappe.db.get_single_value("System Settings", "language") or frappe.local.conf.get("lang") or "vi"
    )
    language = language if language in LANGUAGES else "en"
    frappe.local.lang = language
    translation.activate(language)
    request.LANGUAGE_CODE = language


def browser_language(request) -> str | None:
    """The first language of Accept-Language that the desk speaks."""
    for part in request.headers.get("Accept-Language", "").split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return None
