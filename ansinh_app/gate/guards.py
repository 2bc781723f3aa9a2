"""Doors of a bench that ask for no rights, closed or answered by rights; and papers that say only what is stored."""

import frappe
from frappe import _, client
from frappe.utils import cint


def as_stored(doc, event=None, settings=None) -> None:
    """doc_event `before_print`: whatever document was handed in, the paper is that of the stored one.

    The print view takes a document as JSON: changed links would bring somebody else's people onto an own paper.
    """
    if not frappe.db.exists(doc.doctype, doc.name):
        if getattr(frappe.local, "request", None):
            frappe.throw(
                _("Only what is saved can be printed. Save the document first."), frappe.PermissionError
            )
        return
    flags = doc.flags
    doc.load_from_db()
    doc.flags = flags


@frappe.whitelist()
def get_for_reader(
    doctype: str,
    name: str | int | None = None,
    filters: str | dict | list | None = None,
    parent: str | None = None,
) -> dict:
    """Stands in for `frappe.client.get`: `filters` look among what the caller may read, elsewhere they find nothing."""
    if name or not filters or frappe.get_meta(doctype).issingle:
        return client.get(doctype, name, filters, parent)
    found = frappe.get_list(
        doctype, filters=frappe.parse_json(filters), parent_doctype=parent, pluck="name", limit_page_length=1
    )
    if not found:
        frappe.throw(_("No document that you may read matches."), frappe.DoesNotExistError)
    return client.get(doctype, found[0], None, parent)


@frappe.whitelist()
def link_title(doctype: str, docname: str) -> str | None:
    """Stands in for `frappe.desk.search.get_link_title`: a document's title for who may read it, else its name."""
    meta = frappe.get_meta(doctype)
    if not meta.show_title_field_in_link or not frappe.db.exists(doctype, docname):
        return docname
    if not any(frappe.has_permission(doctype, right, doc=docname) for right in ("select", "read")):
        return docname
    return frappe.db.get_value(doctype, docname, meta.title_field)


@frappe.whitelist()
def no_goal_graph() -> None:
    """Stands in for `frappe.utils.goal.get_monthly_goal_graph_data`, which sums any column of any table for anybody."""
    frappe.throw(
        _("Graphs of goals are switched off here: they would show what you may not read."),
        frappe.PermissionError,
    )


def only_what_is_read(follow, event=None) -> None:
    """doc_event `validate` of Document Follow: mails about a document's changes go to who may read it."""
    if not frappe.has_permission(follow.ref_doctype, "read", doc=follow.ref_docname, user=follow.user):
        frappe.throw(_("Only a document that you may read can be followed."), frappe.PermissionError)


@frappe.whitelist(methods=["POST"])
def toggle_like(doctype: str, name: str | int, add: str | bool = False):
    """Stands in for `frappe.desk.like.toggle_like`, which marks anybody's document: it takes who may read it."""
    frappe.has_permission(doctype, "read", doc=name, throw=True)
    return frappe.call("frappe.desk.like.toggle_like", doctype=doctype, name=name, add=add)


@frappe.whitelist()
def submitted_linked_docs(doctype: str, name: str | int, ignore_doctypes_on_cancel_all: str | list | None = None) -> dict:
    """Stands in for `frappe.desk.form.linked_with.get_submitted_linked_docs`, which looks for a right and goes on."""
    frappe.has_permission(doctype, "read", doc=name, throw=True)
    return frappe.call(
        "frappe.desk.form.linked_with.get_submitted_linked_docs",
        doctype=doctype,
        name=name,
        ignore_doctypes_on_cancel_all=ignore_doctypes_on_cancel_all,
    )


@frappe.whitelist(methods=["POST"])
def mark_onboarding_step(name: str, field: str, value: str | int) -> None:
    """Stands in for `frappe.desk.desktop.update_onboarding_step`, by which anybody writes any text that all are shown."""
    if field not in ("is_complete", "is_skipped"):
        frappe.throw(_("Only whether a step is done can be set here."), frappe.PermissionError)
    if not frappe.db.exists("DocType", "Onboarding Step"):
        frappe.throw(_("This site has no steps to be shown around."), frappe.DoesNotExistError)
    frappe.call("frappe.desk.desktop.update_onboarding_step", name=name, field=field, value=cint(value))


@frappe.whitelist(allow_guest=True, methods=["POST"])
def ask_new_password(user: str) -> None:
    """Stands in for `frappe.core.doctype.user.user.reset_password`: all hear the same, whether they have an account.

    The host counts how often an address asks. A mail that could not be made, which happens to who has an account
    alone, is told to the System Manager in the Error Log.
    """
    try:
        frappe.call("frappe.core.doctype.user.user.reset_password", user=str(user))
    except frappe.ValidationError:  # asked too often, or a site that sends no mail to anybody
        raise
    except Exception:
        frappe.log_error("A link to set a new password could not be sent")
    frappe.local.response.pop("http_status_code", None)
    frappe.clear_messages()
    frappe.msgprint(
        _("If there is an account with this address, a link to set a new password is on its way."),
        title=_("New Password"),
    )
