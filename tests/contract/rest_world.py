"""DocTypes, people and documents for the tests of the HTTP interface."""

import frappe

NOTE, ORDER, ROW, SETTING = "Rest Note", "Rest Order", "Rest Order Row", "Rest Setting"
OWNER, OUTSIDER = "rest-owner@example.com", "rest-outsider@example.com"
PASSWORD = "lantern-orchid-74"
ROLE = "Rest User"
RIGHTS = {"read": 1, "write": 1, "create": 1, "delete": 1, "report": 1, "export": 1, "print": 1}
ALL_RIGHTS = {**RIGHTS, "submit": 1, "cancel": 1, "amend": 1}


def make_accounts() -> None:
    """The role, its holder and somebody without it."""
    if not frappe.db.exists("Role", ROLE):
        frappe.get_doc({"doctype": "Role", "role_name": ROLE, "desk_access": 1}).insert()
    make_user(OWNER, [{"role": ROLE}])
    make_user(OUTSIDER, [])


def make_user(email: str, roles: list[dict]) -> None:
    if not frappe.db.exists("User", email):
        frappe.get_doc(
            {
                "doctype": "User", "email": email, "first_name": "Rest", "send_welcome_email": 0,
                "new_password": PASSWORD, "roles": roles, "user_type": "System User",
            }
        ).insert()  # fmt: skip


def field(fieldname: str, fieldtype: str, **more) -> dict:
    return {"fieldname": fieldname, "fieldtype": fieldtype, "label": fieldname.replace("_", " ").title(), **more}


def make_doctype(name: str, fields: list[dict], rights: dict, **more) -> None:
    if not frappe.db.exists("DocType", name):
        permissions = [] if more.get("istable") else [{"role": ROLE, **rights}, {"role": "System Manager", **rights}]
        frappe.get_doc(
            {
                "doctype": "DocType", "name": name, "module": "Core", "custom": 1, "fields": fields,
                "permissions": permissions, **more,
            }
        ).insert()  # fmt: skip


def make_doctypes() -> None:
    make_doctype(
        NOTE,
        [
            field("title", "Data", reqd=1, unique=1),
            field("amount", "Currency"),
            field("kind", "Select", options="\nShort\nLong"),
            field("day", "Date"),
            field("secret", "Data", permlevel=1),
        ],
        RIGHTS, autoname="field:title", allow_rename=1,
    )  # fmt: skip
    make_doctype(ROW, [field("item", "Data", reqd=1, in_list_view=1), field("quantity", "Int")], {}, istable=1)
    make_doctype(
        ORDER,
        [
            field("note", "Link", options=NOTE),
            field("rows", "Table", options=ROW),
            field("amended_from", "Link", options=ORDER, read_only=1, no_copy=1),
        ],
        ALL_RIGHTS, is_submittable=1, autoname="REST-.####",
    )  # fmt: skip
    make_doctype(SETTING, [field("greeting", "Data"), field("most", "Int")], {"read": 1, "write": 1}, issingle=1)


def make_world() -> None:
    """Everything, with three notes N1 to N3 and no orders; committed."""
    frappe.set_user("Administrator")
    make_accounts()
    make_doctypes()
    frappe.db.commit()
    empty()


def empty() -> None:
    """Three notes N1 to N3 again, and no orders; committed."""
    frappe.set_user("Administrator")
    frappe.db.rollback()
    for doctype in (ROW, ORDER, NOTE):
        frappe.db.delete(doctype)
    for number in range(1, 4):
        frappe.get_doc(
            {
                "doctype": NOTE, "title": f"N{number}", "amount": number * 1000, "secret": "hidden",
                "kind": "Short" if number < 3 else "Long", "day": f"2025-01-0{number}",
            }
        ).insert()  # fmt: skip
    frappe.db.set_single_value(SETTING, {"greeting": "Chào", "most": 3})
    frappe.db.commit()
    frappe.clear_messages()
