"""Seeing masked numbers in full: one document at a time, with a reason, written down (DOMAIN 7.3.4)."""

from urllib.parse import urlencode

import frappe
from frappe import _
from frappe.utils import escape_html

from ansinh_app.core import masking
from ansinh_app.exceptions import PersonalDataError
from ansinh_app.oversight import personal_data
from ansinh_app.utils import actions
from ansinh_app.utils.masking import numbers_of, readable


@frappe.whitelist(methods=["POST"])
def show_numbers(doc: str | dict) -> dict:
    """Action: the way to the reason, as `url`, for who may ask; says so where he sees the numbers anyway."""
    asked = actions.sent(doc)
    found = actions.stored(asked, str(asked.doctype), "read")
    if not hidden_numbers(found):
        message = _("You see the numbers of this document in full already.")
        frappe.msgprint(message, title=_("Show Numbers"), indicator="blue")
        return {}
    _check_may_ask(found)
    query = urlencode({"reference_doctype": found.doctype, "reference_name": found.name})
    url = f"/app/number-reveal/new?{query}"
    link = f'<a href="{escape_html(url)}">{_("Show Numbers")}</a>'
    frappe.msgprint(_("Say why you need them: {0}").format(link), title=_("Show Numbers"), indicator="blue")
    return {"url": url}


def reveal(doctype: str, name: str, reason: str) -> dict[str, str]:
    """The numbers of a document by their labels, for who may ask; a row in the log says that he saw them.

    Raises PersonalDataError without a reason, PermissionError for who may not see the document or never numbers.
    """
    if len((reason or "").strip()) < 5:
        frappe.throw(_("Say in words why the numbers are needed."), PersonalDataError)
    doc = frappe.get_doc(doctype, name)
    doc.check_permission("read")
    _check_may_ask(doc)
    asked = {field: kind for field, kind in hidden_numbers(doc).items() if _may_ask(doctype, kind)}
    shown = {_(doc.meta.get_label(field)): doc.get(field) for field in asked}
    personal_data.record(
        "Reveal",
        doctype,
        name,
        ", ".join(shown),
        reason=reason.strip(),
        **personal_data.belongs(doc),
    )
    return shown


def say(shown: dict[str, str]) -> None:
    """Show revealed numbers once."""
    lines = [f"{escape_html(label)}: {frappe.bold(escape_html(value))}" for label, value in shown.items()]
    frappe.msgprint("<br>".join(lines), title=_("Show Numbers"), indicator="orange")


def hidden_numbers(doc) -> dict[str, str]:
    """Fields with a number that the user sees masked, with their kinds."""
    return {
        field: kind
        for field, kind in numbers_of(doc.doctype).items()
        if doc.get(field)
        and doc.meta.get_field(field).fieldtype == "Data"
        and not readable(doc.doctype, kind)
    }


def _may_ask(doctype: str, kind: str) -> bool:
    return bool(set(frappe.get_roles()) & set(masking.reveal_roles(doctype, kind)))


def _check_may_ask(doc) -> None:
    if not any(_may_ask(doc.doctype, kind) for kind in hidden_numbers(doc).values()):
        frappe.throw(
            _("Your role may not see the numbers of {0}. Ask the office that keeps it.").format(
                frappe.bold(doc.name)
            ),
            frappe.PermissionError,
        )
