"""Three offices with a row of every guarded DocType each, made by `run-script fence.py`; prints what was made.

The rows are written as tables hold them: the walk asks who reaches them, not how they come to be.
"""

import json

import fence_table as table
import frappe
from frappe.utils import global_search
from frappe.utils.password import update_password

from ansinh_app.tests import payout_world as world

PASSWORD = "lantern-orchid-74"
_TEXT = {"Data", "Small Text", "Text", "Text Editor", "Long Text"}


def build() -> dict:
    for code, name in (("FEN-P-20210701", "Tỉnh Rào Một"), ("FEN-Q-20210701", "Tỉnh Rào Hai")):
        _unit(code, name, level="Province", is_group=1)
    for side in table.SIDES.values():
        _unit(side["unit"], f"Xã Rào {side['unit']}", parent=side["province"])
        world.make_office(side["office"], unit=side["unit"])
    for persona, (role, areas, _sides) in table.PERSONAS.items():
        _user(persona, role, areas)
    made = {}
    for doctype in table.SCOPES:
        made[doctype] = [_row(side, doctype) for side in table.SIDES]
    for side in table.SIDES:
        _around(side)
    _search_in_all()
    frappe.db.commit()
    return made


def _unit(name: str, title: str, **values) -> None:
    code = name.rpartition("-")[0]
    assert world.make_unit(code, title, **values).name == name


def _user(persona: str, role: str | None, areas) -> None:
    email = f"fen.{persona}@example.com"
    frappe.get_doc(
        {
            "doctype": "User", "email": email, "first_name": persona, "language": "vi", "send_welcome_email": 0,
            "user_type": "System User", "roles": [{"role": role}] if role else [],
        }
    ).insert(ignore_permissions=True)  # fmt: skip
    update_password(email, PASSWORD)
    for doctype, value in areas:
        frappe.get_doc(
            {"doctype": "User Permission", "user": email, "allow": doctype, "for_value": value}
        ).insert(ignore_permissions=True)


def _row(side: str, doctype: str) -> str:
    """A row with every field filled: links to rows of its own side, texts that tell the side."""
    doc = frappe.new_doc(doctype)
    meta = frappe.get_meta(doctype)
    for field in meta.fields:
        if field.fieldtype in ("Table", "Table MultiSelect"):
            _child(side, doctype, field)
        else:
            doc.set(field.fieldname, _value(side, doctype, field))
    doc.name = table.row(side, doctype)
    doc.docstatus = 1 if doctype == "Bank Contract" else 0
    doc.db_insert()
    global_search.update_global_search(doc)
    return doc.name


def _search_in_all() -> None:
    """A bench searches in everything only in the DocTypes that its settings name."""
    settings = frappe.get_doc("Global Search Settings")
    for doctype in table.searched():
        settings.append("allowed_in_global_search", {"document_type": doctype})
    settings.save(ignore_permissions=True)
    global_search.sync_global_search()


def _child(side: str, parent: str, field) -> None:
    child = frappe.new_doc(field.options)
    for inner in frappe.get_meta(field.options).fields:
        child.set(inner.fieldname, _value(side, field.options, inner))
    child.update(
        {
            "name": f"{table.row(side, parent)}-{field.fieldname}", "parent": table.row(side, parent), "idx": 1,
            "parenttype": parent, "parentfield": field.fieldname,
        }
    )  # fmt: skip
    child.db_insert()


def _value(side: str, doctype: str, field):
    kind, area = field.fieldtype, table.SIDES[side]
    if field.fieldname in ("beneficiary", "other_beneficiary") or kind == "Dynamic Link":
        return table.row(side, "Beneficiary")
    if kind == "Link":
        known = {
            "Administrative Unit": area["unit"], "Paying Office": area["office"],
            "Payment Service Provider": area["provider"], "Benefit Programme": "BTXH", "Benefit Category": "BTXH-06B1",
        }  # fmt: skip
        return table.row(side, field.options) if field.options in table.SCOPES else known.get(field.options)
    if kind in _TEXT:
        hides = bool(field.permlevel)
        return table.secret(side, doctype, field.fieldname) if hides else table.text(side, field.fieldname)
    if kind == "Select":
        return field.default or next((one for one in (field.options or "").split("\n") if one), None)
    fixed = {"Date": "2024-05-01", "Datetime": "2024-05-01 08:00:00", "Int": 1, "Currency": 1000, "Time": "08:00:00"}
    return fixed.get(kind, field.default)


def _around(side: str) -> None:
    """What hangs on a document: a file, a version, a comment, a task and a tag, on what banks and communes see."""
    for doctype in ("Beneficiary", "Payout Batch"):
        name = table.row(side, doctype)
        frappe.get_doc(
            {
                "doctype": "File", "file_name": f"ROW-{side}-{doctype.replace(' ', '')}.txt", "is_private": 1,
                "content": f"ROW-{side} content of {doctype}", "attached_to_doctype": doctype,
                "attached_to_name": name,
            }
        ).insert(ignore_permissions=True)  # fmt: skip
        frappe.get_doc(
            {
                "doctype": "Version", "ref_doctype": doctype, "docname": name,
                "data": json.dumps({"changed": [["full_name", "x", f"ROW-{side} version"]]}),
            }
        ).insert(ignore_permissions=True)  # fmt: skip
        frappe.get_doc(
            {
                "doctype": "Comment", "comment_type": "Comment", "reference_doctype": doctype,
                "reference_name": name, "content": f"ROW-{side} comment",
            }
        ).insert(ignore_permissions=True)  # fmt: skip
        frappe.get_doc(
            {
                "doctype": "ToDo", "reference_type": doctype, "reference_name": name,
                "description": f"ROW-{side} task", "allocated_to": "Administrator",
            }
        ).insert(ignore_permissions=True)  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(build()))
