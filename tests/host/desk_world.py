"""A small office for the desk's tests: DocTypes, people, a workflow, a workspace, a report; made once per site."""

import json

import frappe

CLERK, MANAGER, STRANGER = "desk-clerk@example.com", "desk-manager@example.com", "desk-stranger@example.com"
PASSWORD = "correct-horse-battery"
TOWN, CASE, ROW = "Desk Town", "Desk Case", "Desk Case Row"
SHEET, LINE, PLACE = "Desk Sheet", "Desk Sheet Line", "Desk Place"
ROLES = {CLERK: "Desk Clerk", MANAGER: "Desk Manager", STRANGER: None}
STATES = (
    ("Draft", "0", "Desk Clerk", ""),
    ("Waiting", "0", "Desk Manager", "Warning"),
    ("Approved", "1", "Desk Manager", "Success"),
)


def rights_of_roles() -> dict:
    """Rights of the two roles on the test DocTypes."""
    clerk = {"role": "Desk Clerk", "read": 1, "write": 1, "create": 1, "print": 1, "export": 1, "report": 1,
             "delete": 0}  # DocPerm's own default is 1
    manager = {**clerk, "role": "Desk Manager", "delete": 1, "submit": 1, "cancel": 1, "amend": 1}
    return {"clerk": clerk, "manager": manager}


def make_world() -> None:
    """Everything below, committed; a second call changes nothing."""
    frappe.set_user("Administrator")
    if not frappe.db.exists("DocType", CASE):
        make_people()
        make_doctypes()
        make_workflow()
        make_records()
        make_places()
        make_workspace()
    frappe.db.commit()


def make_people() -> None:
    for email, role in ROLES.items():
        if role and not frappe.db.exists("Role", role):
            frappe.get_doc({"doctype": "Role", "role_name": role, "desk_access": 1}).insert()
        frappe.get_doc(
            {
                "doctype": "User",
                "email": email,
                "first_name": email.split("@")[0].replace("-", " ").title(),
                "language": "vi",
                "send_welcome_email": 0,
                "new_password": PASSWORD,
                "roles": [{"role": role}] if role else [],
            }
        ).insert()


def make_doctypes() -> None:
    rights = rights_of_roles()
    everyone = [{"role": "System Manager", **{k: v for k, v in rights["manager"].items() if k != "role"}}]
    plain = [{k: v for k, v in right.items() if k not in ("submit", "cancel", "amend")}
             for right in (rights["clerk"], rights["manager"], everyone[0])]  # fmt: skip
    frappe.get_doc(
        {
            "doctype": "DocType", "name": TOWN, "module": "Core", "custom": 1, "autoname": "field:code",
            "title_field": "town_name", "show_title_field_in_link": 1, "search_fields": "town_name",
            "fields": [
                {"fieldname": "code", "fieldtype": "Data", "label": "Code", "reqd": 1, "unique": 1},
                {"fieldname": "town_name", "fieldtype": "Data", "label": "Town Name", "in_list_view": 1, "reqd": 1},
                {"fieldname": "people", "fieldtype": "Int", "label": "People", "in_list_view": 1},
            ],
            "permissions": plain,
        }
    ).insert()  # fmt: skip
    frappe.get_doc(
        {
            "doctype": "DocType", "name": ROW, "module": "Core", "custom": 1, "istable": 1,
            "fields": [
                {"fieldname": "what", "fieldtype": "Data", "label": "What", "in_list_view": 1, "reqd": 1},
                {"fieldname": "price", "fieldtype": "Currency", "label": "Price", "in_list_view": 1},
                {"fieldname": "given_on", "fieldtype": "Date", "label": "Given On", "in_list_view": 1},
                {"fieldname": "remark", "fieldtype": "Small Text", "label": "Remark"},
            ],
        }
    ).insert()  # fmt: skip
    frappe.get_doc(
        {
            "doctype": "DocType", "name": CASE, "module": "Core", "custom": 1, "autoname": "CASE-.#####",
            "is_submittable": 1, "track_changes": 1, "title_field": "full_name", "search_fields": "full_name,phone",
            "sort_field": "modified", "sort_order": "DESC",
            "fields": [
                {"fieldname": "s1", "fieldtype": "Section Break", "label": "Person"},
                {"fieldname": "full_name", "fieldtype": "Data", "label": "Whole Name", "reqd": 1, "in_list_view": 1},
                {"fieldname": "born_on", "fieldtype": "Date", "label": "Born On"},
                {"fieldname": "phone", "fieldtype": "Data", "label": "Case Phone"},
                {"fieldname": "c1", "fieldtype": "Column Break"},
                {"fieldname": "town", "fieldtype": "Link", "label": "Town", "options": TOWN, "in_list_view": 1,
                 "in_standard_filter": 1},
                {"fieldname": "kind", "fieldtype": "Select", "label": "Kind", "options": "Regular\nOne-off",
                 "in_list_view": 1, "in_standard_filter": 1},
                {"fieldname": "reason", "fieldtype": "Small Text", "label": "Reason",
                 "depends_on": "eval:doc.kind=='One-off'", "mandatory_depends_on": "eval:doc.kind=='One-off'"},
                {"fieldname": "urgent", "fieldtype": "Check", "label": "Case Urgent"},
                {"fieldname": "s2", "fieldtype": "Section Break", "label": "Money"},
                {"fieldname": "amount", "fieldtype": "Currency", "label": "Case Amount", "in_list_view": 1},
                {"fieldname": "rows", "fieldtype": "Table", "label": "Rows", "options": ROW},
                {"fieldname": "t2", "fieldtype": "Tab Break", "label": "Papers"},
                {"fieldname": "paper", "fieldtype": "Attach", "label": "Paper"},
                {"fieldname": "secret", "fieldtype": "Data", "label": "Secret", "permlevel": 1},
                {"fieldname": "workflow_state", "fieldtype": "Link", "label": "State", "options": "Workflow State",
                 "read_only": 1, "allow_on_submit": 1, "no_copy": 1},
                {"fieldname": "amended_from", "fieldtype": "Link", "label": "Amended From", "options": CASE,
                 "read_only": 1, "no_copy": 1},
            ],
            "permissions": [rights["clerk"], rights["manager"], *everyone,
                            {"role": "Desk Manager", "permlevel": 1, "read": 1, "write": 1}],
            "actions": [{"label": "Say Hello", "action_type": "Server Action", "action": "frappe.client.get_count"}],
        }
    ).insert()  # fmt: skip
    make_sheet_doctypes(plain)
    town = frappe.get_doc("DocType", TOWN)
    town.append("links", {"link_doctype": CASE, "link_fieldname": "town", "group": "Cases"})
    town.save()


def make_sheet_doctypes(permissions: list) -> None:
    """A document with a wide table, and a tree."""
    columns = [
        ("who", "Data", None), ("town", "Link", TOWN), ("kind", "Select", "Regular\nOne-off"), ("price", "Currency", None),
        ("pieces", "Int", None), ("weight", "Float", None), ("given_on", "Date", None), ("paid", "Check", None),
        ("phone", "Data", None), ("code", "Data", None), ("place", "Data", None), ("note", "Data", None),
    ]  # fmt: skip
    fields = [
        {"fieldname": name, "fieldtype": kind, "label": name.replace("_", " ").title(), "options": options, "in_list_view": 1}
        for name, kind, options in columns
    ]
    fields.append({"fieldname": "remark", "fieldtype": "Small Text", "label": "Remark"})
    frappe.get_doc(
        {"doctype": "DocType", "name": LINE, "module": "Core", "custom": 1, "istable": 1, "fields": fields}
    ).insert()
    frappe.get_doc(
        {
            "doctype": "DocType", "name": SHEET, "module": "Core", "custom": 1, "autoname": "SHEET-.####",
            "fields": [
                {"fieldname": "title", "fieldtype": "Data", "label": "Title", "reqd": 1, "in_global_search": 1},
                {"fieldname": "secret", "fieldtype": "Data", "label": "Secret", "permlevel": 1, "in_global_search": 1},
                {"fieldname": "lines", "fieldtype": "Table", "label": "Lines", "options": LINE},
            ],
            "permissions": [*permissions, {"role": "Desk Manager", "permlevel": 1, "read": 1, "write": 1}],
            "title_field": "title",
        }
    ).insert()  # fmt: skip
    frappe.get_doc(
        {
            "doctype": "DocType", "name": PLACE, "module": "Core", "custom": 1, "autoname": "field:place_name",
            "is_tree": 1, "nsm_parent_field": "parent_desk_place", "allow_rename": 1,
            "fields": [
                {"fieldname": "place_name", "fieldtype": "Data", "label": "Place Name", "reqd": 1},
                {"fieldname": "is_group", "fieldtype": "Check", "label": "Is Group", "default": "1"},
                {"fieldname": "parent_desk_place", "fieldtype": "Link", "label": "Parent", "options": PLACE},
                {"fieldname": "lft", "fieldtype": "Int", "label": "Left", "hidden": 1, "read_only": 1},
                {"fieldname": "rgt", "fieldtype": "Int", "label": "Right", "hidden": 1, "read_only": 1},
                {"fieldname": "old_parent", "fieldtype": "Link", "label": "Old Parent", "options": PLACE, "hidden": 1},
            ],
            "permissions": permissions,
        }
    ).insert()  # fmt: skip


def make_sheet(rows: int = 100, **values):
    lines = [
        {"who": f"Người {number}", "town": f"T{number % 2 + 1}", "price": 540_000, "pieces": number, "weight": 1.5,
         "given_on": "2025-01-05", "paid": number % 2, "remark": f"ghi chú {number}"}
        for number in range(1, rows + 1)
    ]  # fmt: skip
    return frappe.get_doc({"doctype": SHEET, "title": "Bảng thử", "lines": lines, **values}).insert()


def make_workflow() -> None:
    for state, _docstatus, _role, style in STATES:
        if not frappe.db.exists("Workflow State", state):
            frappe.get_doc({"doctype": "Workflow State", "workflow_state_name": state, "style": style}).insert()
    for action in ("Send", "Approve", "Return"):
        if not frappe.db.exists("Workflow Action Master", action):
            frappe.get_doc({"doctype": "Workflow Action Master", "workflow_action_name": action}).insert()
    frappe.get_doc(
        {
            "doctype": "Workflow", "workflow_name": "Desk Case Way", "document_type": CASE, "is_active": 1,
            "workflow_state_field": "workflow_state",
            "states": [{"state": s, "doc_status": d, "allow_edit": r} for s, d, r, _style in STATES],
            "transitions": [
                {"state": "Draft", "action": "Send", "next_state": "Waiting", "allowed": "Desk Clerk",
                 "allow_self_approval": 1},
                {"state": "Waiting", "action": "Approve", "next_state": "Approved", "allowed": "Desk Manager",
                 "allow_self_approval": 1},
                {"state": "Waiting", "action": "Return", "next_state": "Draft", "allowed": "Desk Manager",
                 "allow_self_approval": 1},
            ],
        }
    ).insert()  # fmt: skip


def make_records() -> None:
    for code, name, people in (("T1", "Bình Minh", 12000), ("T2", "An Hòa", 8500)):
        frappe.get_doc({"doctype": TOWN, "code": code, "town_name": name, "people": people}).insert()
    family = ("Nguyễn Văn", "Trần Thị", "Lê Thị", "Phạm Văn", "Hoàng Thị")
    for number in range(60):
        make_case(
            full_name=f"{family[number % 5]} Thử {number:02}",
            town=f"T{number % 2 + 1}",
            kind="Regular" if number % 3 else "One-off",
            reason="" if number % 3 else "Bão",
            amount=540_000 * (number % 4 + 1),
            born_on=f"19{40 + number % 40}-03-0{number % 9 + 1}",
        )


def make_places() -> None:
    for name, parent in (("Tỉnh Thử", None), ("Huyện Một", "Tỉnh Thử"), ("Huyện Hai", "Tỉnh Thử"), ("Xã Sâu", "Huyện Một")):
        frappe.get_doc({"doctype": PLACE, "place_name": name, "parent_desk_place": parent}).insert()


def make_case(**values):
    doc = {
        "doctype": CASE,
        "kind": "Regular",
        "secret": "only managers",
        "rows": [{"what": "Gạo", "price": 150000, "given_on": "2025-01-05"}, {"what": "Chăn", "price": 250000}],
        **values,
    }
    return frappe.get_doc(doc).insert()


def make_workspace() -> None:
    frappe.get_doc(
        {
            "doctype": "Number Card", "name": "Cases", "label": "Cases", "type": "Document Type", "document_type": CASE,
            "function": "Count", "is_public": 1, "filters_json": "[]", "dynamic_filters_json": "[]",
        }
    ).insert()  # fmt: skip
    frappe.get_doc(
        {
            "doctype": "Number Card", "name": "Money of Cases", "label": "Money of Cases", "type": "Document Type",
            "document_type": CASE, "function": "Sum", "aggregate_function_based_on": "amount", "is_public": 1,
            "filters_json": json.dumps([[CASE, "kind", "=", "Regular", False]]), "dynamic_filters_json": "[]",
        }
    ).insert()  # fmt: skip
    frappe.get_doc(
        {
            "doctype": "Dashboard Chart", "chart_name": "Cases by Town", "chart_type": "Group By", "document_type": CASE,
            "group_by_type": "Count", "group_by_based_on": "town", "type": "Bar", "is_public": 1, "filters_json": "[]",
            "dynamic_filters_json": "[]", "number_of_groups": 0,
        }
    ).insert()  # fmt: skip
    frappe.get_doc(
        {
            "doctype": "Report", "report_name": "Desk Case Money", "ref_doctype": CASE, "report_type": "Query Report",
            "is_standard": "No", "module": "Core", "add_total_row": 1,
            "query": (
                'select name as "Case:Link/Desk Case:120", full_name as "Whole Name::200", '
                'amount as "Case Amount:Currency:120" from `tabDesk Case` where kind = %(kind)s order by name'
            ),
            "filters": [{"fieldname": "kind", "label": "Kind", "fieldtype": "Select", "options": "Regular\nOne-off",
                         "mandatory": 1, "default": "Regular"}],
            "roles": [{"role": "Desk Clerk"}, {"role": "Desk Manager"}],
        }
    ).insert()  # fmt: skip
    frappe.get_doc(
        {
            "doctype": "Print Format", "name": "Desk Case Slip", "doc_type": CASE, "print_format_type": "Jinja",
            "custom_format": 1, "standard": "No", "module": "Core",
            "html": "<h2>Phiếu {{ doc.full_name }}</h2><p>{{ frappe.utils.fmt_money(doc.amount) }}</p>",
        }
    ).insert()  # fmt: skip
    blocks = [
        ("header", {"text": "Việc hôm nay", "col": 12}),
        ("number_card", {"number_card_name": "Cases", "col": 4}),
        ("number_card", {"number_card_name": "Money of Cases", "col": 4}),
        ("header", {"text": "Làm gì", "col": 12}),
        ("shortcut", {"shortcut_name": "Waiting Cases", "col": 3}),
        ("shortcut", {"shortcut_name": "New Case", "col": 3}),
        ("chart", {"chart_name": "Cases by Town", "col": 8}),
        ("card", {"card_name": "Registers", "col": 4}),
    ]
    frappe.get_doc(
        {
            "doctype": "Workspace", "name": "Desk Office", "label": "Desk Office", "title": "Desk Office", "public": 1,
            "module": "Core", "icon": "file", "sequence_id": 1,
            "content": json.dumps([{"id": str(i), "type": t, "data": d} for i, (t, d) in enumerate(blocks)]),
            "number_cards": [{"number_card_name": "Cases", "label": "Cases"},
                             {"number_card_name": "Money of Cases", "label": "Money of Cases"}],
            "charts": [{"chart_name": "Cases by Town", "label": "Cases by Town"}],
            "shortcuts": [
                {"type": "DocType", "link_to": CASE, "label": "Waiting Cases", "doc_view": "List", "color": "Orange",
                 "format": "{} Waiting", "stats_filter": json.dumps({"workflow_state": "Waiting"})},
                {"type": "DocType", "link_to": CASE, "label": "New Case", "doc_view": "New"},
            ],
            "links": [
                {"type": "Card Break", "label": "Registers"},
                {"type": "Link", "label": "Towns", "link_type": "DocType", "link_to": TOWN},
                {"type": "Link", "label": "Case Money", "link_type": "Report", "link_to": "Desk Case Money",
                 "is_query_report": 1},
            ],
            "roles": [{"role": "Desk Clerk"}, {"role": "Desk Manager"}],
        }
    ).insert()  # fmt: skip
