"""Web pages of the apps: <app>/www/<path>.html with a module beside it, and what lies in <app>/public."""

import inspect
import mimetypes
import re
from importlib.machinery import all_suffixes
from pathlib import Path

import frappe
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from frappe.utils.jinja import get_jenv

from benchless.assets import asset_path
from benchless.desk.middleware import CONTENT_SECURITY_POLICY
from benchless.rest.views import read_form

ASSET_AGE_SECONDS = 3600
# Each part of an address is a plain name: no hidden file, no way up.
PART = re.compile(r"\w[\w.-]*")
PROPERTIES = ("no_cache", "template", "base_template_path", "sitemap", "condition_field")


def app_asset(request, path: str) -> HttpResponse:
    """A file of an app's `public` folder, for everyone."""
    found = asset_path(path)
    if not found:
        raise Http404
    response = FileResponse(
        open(found, "rb"),  # the response closes it
        content_type=mimetypes.guess_type(found)[0] or "application/octet-stream",
    )
    response["Cache-Control"] = f"public, max-age={ASSET_AGE_SECONDS}"
    return response


def web_page(request, path: str) -> HttpResponse:
    """The page of an app at this address, with the context its module's `get_context` makes."""
    app, template = find(path) or (None, None)
    if not app or request.method not in ("GET", "HEAD"):
        raise Http404
    frappe.local.form_dict = read_form(frappe.local.request)
    route = path.strip("/").removesuffix(".html")
    context = frappe._dict(
        path=route, route=route, pathname=route, name=Path(template).stem, template=template,
        user=frappe.session.user, fullname=frappe.utils.get_fullname(frappe.session.user),
    )  # fmt: skip
    try:
        fill(context, app, template)
    except frappe.Redirect as redirect:
        answer = HttpResponseRedirect(frappe.flags.redirect_location, status=redirect.http_status_code)
        answer["Cache-Control"] = "no-store, no-cache, must-revalidate"
        return answer
    except frappe.PageDoesNotExistError:
        raise Http404 from None
    text = get_jenv().get_template(f"{app}/{context.template}").render(context)
    kind = (mimetypes.guess_type(path)[0] if "." in path else None) or "text/html"
    response = HttpResponse(text, status=context.http_status_code or 200, content_type=f"{kind}; charset=utf-8")
    response["Content-Security-Policy"] = CONTENT_SECURITY_POLICY.replace(" 'unsafe-eval'", "")
    return response


def find(path: str) -> tuple[str, str] | None:
    """(app, template) of an address; the app installed last comes first."""
    parts = path.strip("/").removesuffix(".html").split("/")
    if not all(PART.fullmatch(part) for part in parts):
        return None
    wanted = "www/" + "/".join(parts)
    for app in reversed(frappe.get_installed_apps()):
        if app == "frappe":  # the desk shows these pages itself
            continue
        for template in (wanted, f"{wanted}.html", f"{wanted}/index.html"):
            if not template.endswith(tuple(all_suffixes())) and Path(frappe.get_app_path(app), template).is_file():
                return app, template
    return None


def fill(context, app: str, template: str) -> None:
    """Add what the module beside the template says: its properties, and `get_context`'s answer."""
    own = Path(template).with_suffix("")
    name = ".".join([app, *own.parent.parts, own.name.replace("-", "_")])
    if not Path(frappe.get_app_path(app), *name.split(".")[1:]).with_suffix(".py").is_file():
        return
    module = frappe.get_module(name)
    context.update({key: getattr(module, key) for key in PROPERTIES if hasattr(module, key)})
    make = getattr(module, "get_context", None)
    if make:
        made = make(context) if inspect.getfullargspec(make).args else make()
        context.update(made or {})
