"""Documents, people and roles that the service tests use; made through the public API only."""

import frappe
from frappe.tests.utils import FrappeTestCase

PAPER = "Svc Paper"
FOLDER = "Svc Folder"
MAKER, CHECKER, OUTSIDER = "svc-maker@example.com", "svc-checker@example.com", "svc-outsider@example.com"
ROLES = {MAKER: "Svc Maker", CHECKER: "Svc Checker", OUTSIDER: None}
ALL_RIGHTS = ("read", "write", "create", "delete", "submit", "cancel", "print", "report", "export")
FULL = dict.fromkeys(ALL_RIGHTS, 1)


def make_world() -> None:
    """Roles, users and two DocTypes: a folder, and a submittable paper with rows that links to it."""
    frappe.set_user("Administrator")
    for role in filter(None, ROLES.values()):
        if not frappe.db.exists("Role", role):
            frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert()
    for email, role in ROLES.items():
        if not frappe.db.exists("User", email):
            frappe.get_doc(
                {
                    "doctype": "User",
                    "email": email,
                    "first_name": email.split("@")[0],
                    "send_welcome_email": 0,
                    "roles": [{"role": role}] if role else [],
                }
            ).insert()
    make_doctype(
        FOLDER, [{"fieldname": "title", "fieldtype": "Data", "label": "Title"}], autoname="field:title"
    )
    make_doctype(
        f"{PAPER} Row",
        [
            {"fieldname": "what", "fieldtype": "Data", "label": "What", "in_list_view": 1},
            {"fieldname": "price", "fieldtype": "Currency", "label": "Price", "in_list_view": 1},
        ],
        istable=1,
    )
    make_doctype(
        PAPER,
        [
            {"fieldname": "title", "fieldtype": "Data", "label": "Title", "reqd": 1},
            {"fieldname": "amount", "fieldtype": "Currency", "label": "Amount"},
            {"fieldname": "folder", "fieldtype": "Link", "label": "Folder", "options": FOLDER},
            {"fieldname": "scan", "fieldtype": "Attach", "label": "Scan"},
            {"fieldname": "due", "fieldtype": "Date", "label": "Due"},
            {"fieldname": "secret", "fieldtype": "Data", "label": "Secret", "print_hide": 1},
            {"fieldname": "stamp", "fieldtype": "Data", "label": "Stamp", "allow_on_submit": 1},
            {
                "fieldname": "workflow_state",
                "fieldtype": "Link",
                "label": "State",
                "options": "Workflow State",
                "allow_on_submit": 1,
                "no_copy": 1,
            },
            {"fieldname": "rows", "fieldtype": "Table", "label": "Rows", "options": f"{PAPER} Row"},
        ],
        is_submittable=1,
        autoname="hash",
    )


def make_doctype(name, fields, istable=0, **values) -> None:
    """A custom DocType that maker and checker may use; does nothing where it is there."""
    if frappe.db.exists("DocType", name):
        return
    permissions = (
        []
        if istable
        else [
            {
                "role": role,
                **(
                    FULL
                    if values.get("is_submittable")
                    else {k: v for k, v in FULL.items() if k not in ("submit", "cancel")}
                ),
            }
            for role in ("System Manager", "Svc Maker", "Svc Checker")
        ]
    )
    frappe.get_doc(
        {
            "doctype": "DocType",
            "name": name,
            "module": "Core",
            "custom": 1,
            "istable": istable,
            "fields": fields,
            "permissions": permissions,
            **values,
        }
    ).insert()


def paper(title="Paper", **values):
    """An inserted paper of the session's user."""
    return frappe.get_doc({"doctype": PAPER, "title": title, **values}).insert()


def folder(title):
    """A folder, made where it is not there."""
    if frappe.db.exists(FOLDER, title):
        return frappe.get_doc(FOLDER, title)
    return frappe.get_doc({"doctype": FOLDER, "title": title}).insert(ignore_permissions=True)


def make_workflow() -> None:
    """Draft -(Propose)-> Proposed -(Approve: not one's own, amount > 0)-> Approved -(Revoke)-> Revoked,
    and Proposed -(Return)-> Draft."""
    for state in ("Draft", "Proposed", "Approved", "Revoked"):
        if not frappe.db.exists("Workflow State", state):
            frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": state}).insert()
    for action in ("Propose", "Approve", "Return", "Revoke"):
        if not frappe.db.exists("Workflow Action Master", action):
            frappe.get_doc({"doctype": "Workflow Action Master", "workflow_action_name": action}).insert()
    if frappe.db.exists("Workflow", "Svc Paper Approval"):
        frappe.db.set_value("Workflow", "Svc Paper Approval", "is_active", 1)
        frappe.clear_cache()
        return
    frappe.get_doc(
        {
            "doctype": "Workflow",
            "workflow_name": "Svc Paper Approval",
            "document_type": PAPER,
            "is_active": 1,
            "workflow_state_field": "workflow_state",
            "states": [
                {"state": "Draft", "doc_status": "0", "allow_edit": "Svc Maker"},
                {"state": "Proposed", "doc_status": "0", "allow_edit": "Svc Checker"},
                {
                    "state": "Approved",
                    "doc_status": "1",
                    "allow_edit": "Svc Checker",
                    "update_field": "stamp",
                    "update_value": "stamped",
                },
                {"state": "Revoked", "doc_status": "2", "allow_edit": "Svc Checker"},
            ],
            "transitions": [
                {"state": "Draft", "action": "Propose", "next_state": "Proposed", "allowed": "Svc Maker"},
                {"state": "Proposed", "action": "Return", "next_state": "Draft", "allowed": "Svc Checker"},
                {
                    "state": "Proposed",
                    "action": "Approve",
                    "next_state": "Approved",
                    "allowed": "Svc Checker",
                    "allow_self_approval": 0,
                    "condition": "doc.amount > 0",
                },
                {"state": "Approved", "action": "Revoke", "next_state": "Revoked", "allowed": "Svc Checker"},
            ],
        }
    ).insert()


def drop_workflow() -> None:
    """Other tests save papers without a workflow."""
    frappe.set_user("Administrator")
    frappe.delete_doc("Workflow", "Svc Paper Approval", force=True, ignore_missing=True)
    frappe.clear_cache()


class ServicesTestCase(FrappeTestCase):
    """A test class in this world: made before it, and left as it was after every test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_world()
        frappe.db.commit()

    def tearDown(self):
        frappe.set_user("Administrator")
        frappe.db.rollback()
