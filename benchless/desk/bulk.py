"""One action on many documents: each by itself, committed or undone, with what it said."""

import json

import frappe
from frappe import _
from frappe.utils import cint

from benchless.desk import messages, values
from benchless.desk.layout import FormLayout, get_workflow

MOST = 500
WORKFLOW = "workflow:"


def offered(doctype: str) -> list[dict]:
    """[{action, label, confirm, danger, states, docstatuses}] that the user's roles may do to rows of this list;
    `states` (of the workflow) and `docstatuses`, as JSON: only to rows in one of them."""
    meta = frappe.get_meta(doctype)
    workflow = get_workflow(doctype)
    found = []
    if workflow:
        roles, states = set(frappe.get_roles()), {}
        for row in workflow.transitions:
            if row.allowed in roles:
                states.setdefault(row.action, []).append(row.state)
        found += [
            {"action": WORKFLOW + name, "label": _(name), "states": json.dumps(of, ensure_ascii=False)}
            for name, of in states.items()
        ]
    elif cint(meta.is_submittable):
        if frappe.has_permission(doctype, "submit"):
            found.append({"action": "submit", "label": _("Submit"), "docstatuses": "[0]"})
        if frappe.has_permission(doctype, "cancel"):
            found.append({"action": "cancel", "label": _("Cancel document"), "docstatuses": "[1]"})
    if fields := editable_fields(doctype):
        late = any(cint(df.allow_on_submit) for df in fields)
        edit = {"action": "update", "label": _("Edit a field"), "asks": True, "docstatuses": "[0, 1]" if late else "[0]"}
        if workflow:
            roles = set(frappe.get_roles())
            edit["states"] = json.dumps([row.state for row in workflow.states if row.allow_edit in roles], ensure_ascii=False)
        found.append(edit)
    if frappe.has_permission(doctype, "delete"):
        found.append({"action": "delete", "label": _("Delete"), "danger": True, "docstatuses": "[0, 2]"})
    for item in found:
        item["confirm"] = _("{0}: apply to the selected documents?").format(item["label"])
    return found


def editable_fields(doctype: str) -> list:
    """Fields that may be set in many documents at once."""
    if not frappe.has_permission(doctype, "write"):
        return []
    layout = FormLayout(frappe.new_doc(doctype))
    return [
        df
        for df in layout.meta.fields
        if df.fieldtype not in (*values.NO_VALUE_TYPES, *values.TABLE_TYPES, "Password", "Attach", "Attach Image",
                                "Read Only", "Dynamic Link")
        and not (cint(df.hidden) or cint(df.read_only) or cint(df.unique) or cint(df.set_only_once) or df.get("is_virtual"))
        and df.fieldname != layout.state_field
        and layout.can_read(df)
        and layout.can_write(df)
    ]  # fmt: skip


def run(doctype: str, action: str, names: list[str], data: dict | None = None) -> list[dict]:
    """Do the action to each document; [{name, ok, message}] in the given order.

    What is done stays done when a later document fails: every document is its own transaction."""
    if len(names) > MOST:
        frappe.throw(_("Bulk operations only support up to 500 documents."))
    if action not in [item["action"] for item in offered(doctype)]:
        raise frappe.PermissionError
    results = []
    for name in names:
        messages.forget()
        try:
            perform(doctype, action, name, data or {})
            said = [messages.as_text(item) for item in messages.collected()]
            frappe.db.commit()
            results.append({"name": name, "ok": True, "message": "; ".join(said)})
        except Exception as error:
            frappe.db.rollback()
            if int(getattr(error, "http_status_code", 500) or 500) >= 500:
                raise
            said = [messages.as_text(item) for item in messages.of_error(error)]
            results.append({"name": name, "ok": False, "message": "; ".join(said)})
    messages.forget()
    return results


def perform(doctype: str, action: str, name: str, data: dict) -> None:
    """The action on one document; raises what the document raises."""
    doc = frappe.get_doc(doctype, name)
    doc.check_permission("read")
    if action == "delete":
        doc.delete()
    elif action.startswith(WORKFLOW):
        from frappe.model.workflow import apply_workflow

        apply_workflow(doc, action.removeprefix(WORKFLOW))
    elif action == "submit":
        if cint(doc.docstatus) != 0:
            frappe.throw(_("Only a draft can be submitted"))
        doc.submit()
    elif action == "cancel":
        if cint(doc.docstatus) != 1:
            frappe.throw(_("Only a submitted document can be cancelled"))
        doc.cancel()
    else:
        update(doc, data.get("field") or "", data.get("value") or "")


def update(doc, fieldname: str, text: str) -> None:
    """Set one field as its form would: only where this document's form offers it for writing."""
    allowed = {df.fieldname: df for df in editable_fields(doc.doctype)}
    if fieldname not in allowed:
        raise frappe.PermissionError
    df = allowed[fieldname]
    if FormLayout(doc).is_readonly(df):
        frappe.throw(_("{0} cannot be changed in the document's present state").format(_(df.label)))
    doc.set(fieldname, values.read(df, text))
    doc.save()
