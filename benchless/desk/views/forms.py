"""One document: show it, and do what its buttons say. Everything goes through the document's own methods."""

import json

import frappe
from django.contrib import messages as flash
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from frappe import _
from frappe.utils import cint, cstr

from benchless.desk import changes, messages, timeline, values
from benchless.desk.indicators import indicator
from benchless.desk.layout import FormLayout, get_workflow
from benchless.desk.render import page
from benchless.desk.workspace import count, known


def new(request, doctype: str):
    """An empty form (values from the address as defaults), an amendment, or a copy of a document."""
    frappe.has_permission(doctype, "create", throw=True)
    if frappe.get_meta(doctype).issingle:
        return HttpResponseRedirect(reverse("admin:single", args=[doctype]))
    if source := request.GET.get("_amend"):
        doc = copy_of(doctype, source, amend=True)
    elif source := request.GET.get("_copy"):
        doc = copy_of(doctype, source)
    else:
        doc = frappe.new_doc(doctype)
        for key, value in request.GET.items():
            if doc.meta.has_field(key):
                doc.set(key, value)
    return handle(request, doc)


def copy_of(doctype: str, name: str, amend: bool = False):
    source = frappe.get_doc(doctype, name)
    source.check_permission("read")
    if amend:
        source.check_permission("amend")
        if cint(source.docstatus) != 2:
            frappe.throw(_("Only a cancelled document can be amended"))
    doc = frappe.copy_doc(source)
    doc.docstatus = 0
    doc.amended_from = source.name if amend else None
    return doc


def single(request, doctype: str):
    if not frappe.get_meta(doctype).issingle:
        raise frappe.DoesNotExistError
    return form(request, doctype, doctype)


def form(request, doctype: str, name: str):
    doc = frappe.get_doc(doctype, name)
    doc.check_permission("read")
    if request.GET.get("_row"):
        return rest_of_row(request, doc)
    return handle(request, doc)


def rest_of_row(request, doc):
    """The fields of a child row that are no columns: ?_row=table&_name=row&_key=number of the row on the page."""
    layout = FormLayout(doc)
    df = next((df for df in layout.visible_fields() if df.fieldname == request.GET["_row"]), None)
    row = next((row for row in doc.get(df.fieldname) or [] if row.name == request.GET.get("_name")), None) if df else None
    if row is None:
        raise frappe.DoesNotExistError
    shown = layout.grid_row(df, row, request.GET.get("_key") or "0", True)
    return render(request, "desk/grid_more.html", {"row": shown, "field": {"has_more": True}})


def handle(request, doc):
    """Show the form; on POST do the pressed button's work. What fails is undone and shown above the form."""
    items, docstatus = [], doc.docstatus
    if request.method == "POST":
        try:
            target = perform(request, doc, request.POST.get("_action") or "save")
            for item in messages.collected():
                message = values.clean_html(item["message"])
                flash.info(request, mark_safe(message))  # noqa: S308 (made harmless)
            return HttpResponseRedirect(target)
        except Exception as error:
            if int(getattr(error, "http_status_code", 500) or 500) >= 500:
                raise
            request.frappe_failed = True
            items = messages.of_error(error)
            frappe.db.rollback()
            messages.forget()
            if (request.POST.get("_action") or "save") in ("save", "submit"):
                doc.docstatus = docstatus  # what was typed stays on the page, what was not done does not show
            else:
                doc = frappe.get_doc(doc.doctype, doc.name)
            return show(request, doc, items, request.POST.get("modified"), int(getattr(error, "http_status_code", 417)))
    else:
        doc.run_method("onload")
        items = messages.collected()
    return show(request, doc, items)


def url_of(doc) -> str:
    if doc.meta.issingle:
        return reverse("admin:single", args=[doc.doctype])
    return reverse("admin:form", args=[doc.doctype, doc.name])


def perform(request, doc, action: str) -> str:
    """Do one action; returns the address to go to."""
    if action in ("save", "submit"):
        save(request, doc, submit=action == "submit")
    elif action.startswith("workflow:"):
        from frappe.model.workflow import apply_workflow

        check_unchanged(request, doc)
        updated = apply_workflow(doc, action.partition(":")[2])
        flash.success(request, _(updated.get(get_workflow(doc.doctype).workflow_state_field) or "Saved"))
    elif action == "cancel":
        check_unchanged(request, doc)
        doc.cancel()
        flash.success(request, _("Cancelled"))
    elif action == "delete":
        frappe.delete_doc(doc.doctype, doc.name)
        flash.success(request, _("Deleted"))
        return reverse("admin:list", args=[doc.doctype])
    elif action == "comment":
        text = (request.POST.get("comment") or "").strip()
        if text:
            doc.add_comment("Comment", frappe.utils.escape_html(text))
    elif action.startswith("uncomment:"):
        timeline.drop_comment(doc, action.partition(":")[2])
    elif action == "attach":
        doc.check_permission("write")
        for upload in request.FILES.getlist("attachment"):
            changes.save_upload(upload, doc)
    elif action.startswith("detach:"):
        detach(doc, action.partition(":")[2])
    else:
        frappe.throw(_("Unknown action"))
    return url_of(doc)


def check_unchanged(request, doc) -> None:
    """The button was pressed on the state the page showed, not on one that somebody else made since."""
    shown = request.POST.get("modified")
    if shown and shown != cstr(doc.modified):
        raise frappe.TimestampMismatchError


def save(request, doc, submit: bool = False) -> None:
    layout = FormLayout(doc)
    was_new = doc.is_new()
    if not layout.editable:
        doc.check_permission("create" if was_new else "write")
    files = changes.apply_form(layout, request.POST, request.FILES)
    check_required(layout)
    if submit:
        if was_new:
            doc.insert()
            doc.submit()
        else:
            doc.submit()
    elif was_new:
        doc.insert()
    else:
        doc.save()
    changes.attach_to_new(doc, files)
    flash.success(request, _("Submitted") if submit else _("Saved"))


def check_required(layout) -> None:
    """Every empty required field at once, before the document's own rules speak of what is not there yet."""
    missing = [
        df.fieldname
        for df in layout.visible_fields()
        if cint(df.reqd) and not df.depends_on and not layout.is_readonly(df) and layout.doc.get(df.fieldname) in (None, "", [])
    ]
    if missing:
        layout.doc.flags.missing_fields = missing
        labels = ", ".join(_(layout.meta.get_label(fieldname)) for fieldname in missing)
        raise frappe.MandatoryError(labels)


def detach(doc, name: str) -> None:
    doc.check_permission("write")
    file = frappe.get_doc("File", name)
    if (file.attached_to_doctype, file.attached_to_name) != (doc.doctype, cstr(doc.name)):
        raise frappe.PermissionError
    file.delete()


def show(request, doc, items: list[dict], modified: str | None = None, status: int = 200):
    """The form's page. `modified`: what the browser had, when its form is shown again after an error."""
    layout = FormLayout(doc)
    layout.typed = status != 200
    meta = layout.meta
    is_new = doc.is_new()
    title = _("New {0}").format(_(doc.doctype)) if is_new else document_title(doc)
    crumbs = []
    if not meta.issingle:
        crumbs.append((_(doc.doctype), reverse("admin:list", args=[doc.doctype])))
    context = {
        "doc": doc,
        "doctype": doc.doctype,
        "doc_label": _(doc.doctype),
        "is_new": is_new,
        "layout": layout,
        "tabs": layout.tabs(),
        "doc_json": json.loads(layout.as_json()),
        "items": items,
        "indicator": None if is_new or meta.issingle else indicator(doc.doctype, doc),
        "modified": "" if is_new else modified or cstr(doc.modified),
        **buttons(doc, layout),
    }
    if not is_new:
        context.update(
            connections=connections(doc),
            files=attachments(doc) if not meta.issingle else [],
            **history(request, doc),
            may_write=doc.has_permission("write"),
            print_url=reverse("admin:print", args=[doc.doctype, doc.name])
            if not meta.issingle and frappe.has_permission(doc.doctype, "print", doc)
            else "",
        )
    return page(request, "desk/form.html", title, context, crumbs, status)


def history(request, doc) -> dict:
    """The newest of what happened, or (?_history=all) far more of it."""
    everything = request.GET.get("_history") == "all"
    found, more = timeline.entries(doc, timeline.LONG if everything else timeline.SHORT)
    return {"timeline": found, "older": more and not everything}


def document_title(doc) -> str:
    field = doc.meta.get_title_field()
    title = doc.get(field) if field != "name" else None
    return cstr(title) if title else _(doc.name) if doc.meta.issingle else cstr(doc.name)


def buttons(doc, layout) -> dict:
    """Which buttons this user has on this document."""
    meta, docstatus = layout.meta, cint(doc.docstatus)
    workflow = get_workflow(doc.doctype)
    found = {
        "may_save": layout.editable,
        "transitions": [],
        "may_submit": False,
        "may_cancel": False,
        "may_amend": False,
        "may_delete": False,
        "may_copy": False,
        "actions": [],
    }
    if doc.is_new():
        return found
    if workflow:
        found["transitions"] = transitions(doc)
    elif cint(meta.is_submittable):
        found["may_submit"] = docstatus == 0 and doc.has_permission("submit")
        found["may_cancel"] = docstatus == 1 and doc.has_permission("cancel")
    if cint(meta.is_submittable) and docstatus == 2 and doc.has_permission("amend"):
        found["may_amend"] = not frappe.db.exists(doc.doctype, {"amended_from": doc.name})
    found["may_delete"] = not meta.issingle and docstatus != 1 and bool(doc.has_permission("delete"))
    found["may_copy"] = (
        not meta.issingle and not cint(meta.get("allow_copy")) and bool(frappe.has_permission(doc.doctype, "create"))
    )
    found["actions"] = [
        {
            "label": _(action.label),
            "method": action.action if action.action_type == "Server Action" else "",
            "route": action.action if action.action_type == "Route" else "",
            "group": _(action.group) if action.group else "",
        }
        for action in meta.get("actions") or []
        if not cint(action.hidden)
    ]
    return found


def transitions(doc) -> list[dict]:
    """The workflow's actions for this user now, each once."""
    from frappe.model.workflow import get_transitions, has_approval_access

    ended = {state.state for state in get_workflow(doc.doctype).states if cstr(state.doc_status) == "2"}
    found = {}
    for transition in get_transitions(doc):
        if has_approval_access(frappe.session.user, doc, transition):
            label = _(transition["action"])
            cancels = _("{0}: the document is cancelled. Continue?").format(label)
            item = {"action": transition["action"], "label": label, "first": not found}
            found.setdefault(
                transition["action"], {**item, "confirm": cancels if transition["next_state"] in ended else ""}
            )
    messages.forget()
    return list(found.values())


def connections(doc) -> list[dict]:
    """The DocType's Links with how many documents of each point here (only those the user may see)."""
    groups = {}
    for link in doc.meta.get("links") or []:
        if cint(link.hidden) or cint(link.get("is_child_table")) or known("DocType", link.link_doctype) is None:
            continue
        if not frappe.has_permission(link.link_doctype, "read"):
            continue
        filters = [[link.link_doctype, link.link_fieldname, "=", doc.name]]
        may_add = frappe.has_permission(link.link_doctype, "create")
        query = f"?{link.link_fieldname}={doc.name}"
        groups.setdefault(_(link.group) if link.group else "", []).append(
            {
                "label": _(link.link_doctype),
                "count": values.group_digits(count(link.link_doctype, filters)),
                "link": reverse("admin:list", args=[link.link_doctype]) + query,
                "add": reverse("admin:new", args=[link.link_doctype]) + query if may_add else "",
            }
        )
    return [{"label": label, "rows": rows} for label, rows in groups.items()]


def attachments(doc) -> list[dict]:
    return frappe.get_all(
        "File",
        filters={"attached_to_doctype": doc.doctype, "attached_to_name": doc.name},
        fields=["name", "file_name", "file_url", "creation", "owner"],
        order_by="creation desc",
    )
