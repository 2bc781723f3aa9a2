"""Filters for the desk's templates: Frappe's translations, values as a person reads them, JSON for scripts."""

import frappe
from django import template
from django.utils.safestring import mark_safe

from benchless.desk import values, widgets

register = template.Library()


@register.filter
def t(text):
    """Translate with Frappe's translations (the app's CSV), not Django's."""
    return frappe._(str(text)) if text else ""


@register.filter
def widget(field):
    """The field's input."""
    return widgets.render(field)


@register.simple_tag
def tr(text, *args):
    """Translate a text with {0} places and fill them."""
    return frappe._(text).format(*args)


@register.filter
def when(moment):
    """A date or a moment as people here write it."""
    return values.show_moment(moment)


@register.filter
def day(moment):
    """The day of a moment."""
    return values.show_moment(str(moment)[:10]) if moment else ""


@register.filter
def safe_message(text):
    """A message of the application: bold, breaks and lists stay, all else of HTML is shown as text."""
    return mark_safe(values.clean_html(str(text or "")))  # noqa: S308 (clean_html made it harmless)


@register.simple_tag(takes_context=True)
def with_query(context, **changes):
    """This page's address with some query arguments changed; None removes one."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        key = "_" + key if key in ("page", "sort", "q", "len", "count") else key
        if value is None:
            query.pop(key, None)
        else:
            query[key] = value
    return "?" + query.urlencode()
