"""Render a desk page inside unfold's shell."""

from django.http import HttpResponse
from django.shortcuts import render
from frappe.sessions import get_csrf_token

from benchless.desk.site import desk_site


def page(request, template: str, title: str, context: dict, crumbs=(), status: int = 200) -> HttpResponse:
    """The page `template` with the shell around it. crumbs: (title, address) pairs that lead to it."""
    return render(
        request,
        template,
        {
            **desk_site.each_context(request),
            "api_csrf_token": get_csrf_token(),
            "title": title,
            "crumbs": list(crumbs),
            "is_nav_sidebar_enabled": True,
            "is_fullwidth": "1",
            **context,
        },
        status=status,
    )
