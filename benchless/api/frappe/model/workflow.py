"""Workflows: which action a user may take on a document in its state, and what taking it does."""

import json
from collections import defaultdict

import frappe
from frappe import _
from frappe.utils import cint


class WorkflowStateError(frappe.ValidationError):
    """The document has no workflow state."""


class WorkflowTransitionError(frappe.ValidationError):
    """The action is not one of the document's transitions."""


class WorkflowPermissionError(frappe.ValidationError):
    """The state was changed in a way that no transition of the user allows."""


def get_workflow_name(doctype: str) -> str:
    """Name of the active workflow of a DocType, or an empty string."""

    def read() -> str:
        return frappe.db.get_value("Workflow", {"document_type": doctype, "is_active": 1}, "name") or ""

    return frappe.cache.hget("workflow", doctype, read)


def get_workflow(doctype: str):
    """The active Workflow document of a DocType."""
    return frappe.get_cached_doc("Workflow", get_workflow_name(doctype))


@frappe.whitelist()
def get_transitions(doc, workflow=None, raise_exception: bool = False) -> list:
    """The transitions the session's user may take on a saved document, as dicts; [] for a new document.

    Only a transition whose `allowed` role the user has and whose condition holds is among them.
    """
    doc = _stored_document(doc)
    if doc.is_new():
        return []

    doc.check_permission("read")
    workflow = workflow or get_workflow(doc.doctype)
    state = doc.get(workflow.workflow_state_field)
    if not state:
        if raise_exception:
            raise WorkflowStateError
        frappe.throw(_("Workflow State not set"), WorkflowStateError)

    roles = set(frappe.get_roles())
    return [
        transition.as_dict()
        for transition in workflow.transitions
        if transition.state == state
        and transition.allowed in roles
        and is_transition_condition_satisfied(transition, doc)
    ]


def _stored_document(doc):
    """A Document as it is; of JSON or a dict the database's document, never what the client says."""
    from frappe.model.document import Document

    if isinstance(doc, Document):
        return doc
    doc = frappe.get_doc(frappe.parse_json(doc))
    doc.load_from_db()
    return doc


def get_workflow_safe_globals() -> dict:
    """What a transition's condition may use besides `doc`."""
    return {
        "frappe": frappe._dict(
            db=frappe._dict(get_value=frappe.db.get_value, get_list=frappe.get_list),
            session=frappe.session,
            utils=frappe._dict(
                now_datetime=frappe.utils.now_datetime,
                add_to_date=frappe.utils.add_to_date,
                get_datetime=frappe.utils.get_datetime,
                now=frappe.utils.now,
            ),
        )
    }


def is_transition_condition_satisfied(transition, doc) -> bool:
    """Whether the condition of the transition (if any) holds for the document."""
    if not transition.condition:
        return True
    return bool(frappe.safe_eval(transition.condition, get_workflow_safe_globals(), {"doc": doc.as_dict()}))


def has_approval_access(user: str, doc, transition) -> bool:
    """False when the user owns the document and the transition forbids approving one's own."""
    return bool(user == "Administrator" or transition.get("allow_self_approval") or user != doc.get("owner"))


@frappe.whitelist()
def apply_workflow(doc, action: str):
    """Take an action on a document: set the next state, its update field, and save, submit or cancel.

    Raises WorkflowTransitionError where the user has no such action in the document's state.
    """
    doc = frappe.get_doc(frappe.parse_json(doc))
    doc.load_from_db()
    workflow = get_workflow(doc.doctype)
    transition = next(
        (t for t in reversed(get_transitions(doc, workflow)) if t.action == action),
        None,
    )
    if not transition:
        frappe.throw(_("Not a valid Workflow Action"), WorkflowTransitionError)
    if not has_approval_access(frappe.session.user, doc, transition):
        frappe.throw(_("Self approval is not allowed"))

    doc.set(workflow.workflow_state_field, transition.next_state)
    next_state = next(d for d in workflow.states if d.state == transition.next_state)
    if next_state.update_field:
        doc.set(next_state.update_field, next_state.update_value)

    move = (cint(doc.docstatus), cint(next_state.doc_status))
    if move in ((0, 0), (1, 1)):
        doc.save()
    elif move == (0, 1):
        doc.submit()
    elif move == (1, 2):
        doc.cancel()
    else:
        frappe.throw(_("Illegal Document Status for {0}").format(next_state.state))

    doc.add_comment("Workflow", _(next_state.state))
    return doc


@frappe.whitelist()
def can_cancel_document(doctype: str) -> bool:
    """False where cancelling is an action of the workflow (so the plain Cancel button must not do it)."""
    workflow = get_workflow(doctype)
    cancelling = [s.state for s in workflow.states if cint(s.doc_status) == 2]
    return not any(t.next_state in cancelling for t in workflow.transitions)


def validate_workflow(doc) -> None:
    """Called when a document with a workflow is saved.

    A new document gets the first state and may not be born in another; a changed state must be one of
    the user's transitions from the state that is stored.
    """
    workflow = get_workflow(doc.doctype)
    field = workflow.workflow_state_field
    before = getattr(doc, "_doc_before_save", None)
    first_state = workflow.states[0].state

    if not doc.get(field):
        doc.set(field, first_state)
    next_state = doc.get(field)
    current_state = (before.get(field) if before else None) or first_state

    if current_state not in [d.state for d in workflow.states]:
        frappe.throw(
            _("{0} is not a valid Workflow State. Please update your Workflow and try again.").format(
                frappe.bold(current_state)
            )
        )

    if current_state == next_state:
        return
    if not before or next_state not in [t.next_state for t in get_transitions(before)]:
        frappe.throw(
            _("Workflow State transition not allowed from {0} to {1}").format(
                frappe.bold(current_state), frappe.bold(next_state)
            ),
            WorkflowPermissionError,
        )


def set_workflow_state_on_action(doc, workflow_name: str, action: str) -> None:
    """Give a document that was submitted, updated or cancelled without a workflow action a fitting state."""
    workflow = frappe.get_cached_doc("Workflow", workflow_name)
    field = workflow.workflow_state_field
    if any(s.state == doc.get(field) and cint(s.doc_status) == cint(doc.docstatus) for s in workflow.states):
        return

    docstatus = {"update_after_submit": 1, "submit": 1, "cancel": 2}[action]
    for state in workflow.states:
        if cint(state.doc_status) == docstatus:
            doc.set(field, state.state)
            return


def send_email_alert(workflow_name: str):
    return get_workflow_field_value(workflow_name, "send_email_alert")


def get_workflow_field_value(workflow_name: str, field: str):
    return frappe.get_cached_value("Workflow", workflow_name, field)


@frappe.whitelist()
def get_common_transition_actions(docs, doctype: str) -> list:
    """The actions that the session's user may take on every one of the documents."""
    if isinstance(docs, str):
        docs = json.loads(docs)

    common = None
    try:
        for doc in docs:
            if not doc.get("doctype"):
                doc["doctype"] = doctype
            actions = [
                t.get("action")
                for t in get_transitions(doc, raise_exception=True)
                if has_approval_access(frappe.session.user, doc, t)
            ]
            common = actions if common is None else [a for a in common if a in actions]
            if not common:
                return []
    except WorkflowStateError:
        return []
    return list(dict.fromkeys(common or []))


@frappe.whitelist()
def bulk_workflow_approval(docnames, doctype: str, action: str) -> None:
    """Take one action on up to 500 documents; each is committed or rolled back by itself."""
    if isinstance(docnames, str):
        docnames = json.loads(docnames)
    if len(docnames) < 20:
        _bulk_workflow_action(docnames, doctype, action)
    elif len(docnames) <= 500:
        frappe.msgprint(_("Bulk {0} is enqueued in background.").format(action), alert=True)
        frappe.enqueue(
            _bulk_workflow_action,
            docnames=docnames,
            doctype=doctype,
            action=action,
            queue="short",
            timeout=1000,
        )
    else:
        frappe.throw(_("Bulk approval only support up to 500 documents."), title=_("Too Many Documents"))


def _bulk_workflow_action(docnames, doctype, action):
    failed, done = defaultdict(list), defaultdict(list)
    frappe.clear_messages()
    for position, docname in enumerate(docnames, 1):
        outcome = done
        try:
            _show_progress(docnames, _("Applying: {0}").format(action), position, docname)
            apply_workflow(frappe.get_doc(doctype, docname), action)
            frappe.db.commit()
        except Exception as error:
            outcome = failed
            frappe.db.rollback()
            if not frappe.message_log:
                failed[docname].append(f"{type(error).__name__}: {error}")
            frappe.log_error(
                title=f"Workflow {action} threw an error for {doctype} {docname}",
                reference_doctype="Workflow",
                reference_name=action,
            )
        outcome[docname] += [m.get("message") for m in frappe.get_message_log()]
        frappe.clear_messages()

    indicator = ("orange" if done else "red") if failed else "green"
    _print_workflow_log(failed, _("Failed Transactions"), doctype, indicator)
    _print_workflow_log(done, _("Successful Transactions"), doctype, indicator)


def _print_workflow_log(messages, title, doctype, indicator):
    if not messages:
        return
    html = f"<h4>{title}</h4>"
    for docname, lines in messages.items():
        link = frappe.utils.get_link_to_form(doctype, docname)
        body = "".join(f"<div>{line}</div>" for line in lines if line)
        html += f"<details><summary>{link}</summary>{body}</details>"
    frappe.msgprint(html, title=_("Workflow Status"), indicator=indicator)


def _show_progress(docnames, message, position, description):
    if len(docnames) >= 5:
        frappe.publish_progress(position * 100 / len(docnames), title=message, description=description)
