"""Markup in every text column of the app's documents, by `run-script poison.py`: no page may take it for its own.

Each mark names its column; run as a script or a picture's error it would set `window.__pwned`, and fetch an address.
"""

import frappe

TEXTS = ("Data", "Small Text", "Text", "Long Text", "Text Editor", "HTML Editor", "Markdown Editor")
# Read as what they are: JSON, keys, seals, numbers kept encrypted.
_READ = {"line_key", "seal", "search_name", "months", "explanation", "benefit", "account_no", "undo", "fence"}
MARK = "\"'><img src=http://127.0.0.1:9/{0} onerror=window.__pwned=1>"


def build() -> int:
    columns = 0
    modules = frappe.get_all("Module Def", {"app_name": "ansinh_app"}, pluck="name")
    for doctype in frappe.get_all("DocType", {"module": ["in", modules]}, ["name", "issingle"]):
        for field in frappe.get_meta(doctype.name).fields:
            if field.fieldtype not in TEXTS or field.unique or field.get("is_virtual") or field.fieldname in _READ:
                continue
            mark = MARK.format(f"{frappe.scrub(doctype.name)}.{field.fieldname}")
            if doctype.issingle:
                frappe.db.set_single_value(doctype.name, field.fieldname, mark, update_modified=False)
                continue
            names = [
                name
                for order in ("asc", "desc")
                for name in frappe.get_all(doctype.name, pluck="name", order_by=f"creation {order}", limit=2)
            ]
            for name in names:
                text = mark[:140] if field.fieldtype == "Data" else mark
                frappe.db.set_value(doctype.name, name, field.fieldname, text, update_modified=False)
                columns += 1
    person = frappe.get_all("Beneficiary", pluck="name", order_by="creation desc", limit=1)[0]
    for kind in ("Comment", "Workflow", "Info"):
        comment = frappe.get_doc("Beneficiary", person).add_comment(kind, "x")
        frappe.db.set_value("Comment", comment.name, {"content": MARK.format(kind), "comment_by": MARK.format("by")})
    values = {"doctype": "File", "file_name": "mark.txt", "content": "x", "is_private": 1}
    attached = {"attached_to_doctype": "Beneficiary", "attached_to_name": person}
    file = frappe.get_doc({**values, **attached}).insert()
    frappe.db.set_value("File", file.name, "file_name", MARK.format("file_name"))
    user = frappe.get_all("User", {"name": ["like", "%example.com"]}, pluck="name", limit=1)[0]
    frappe.db.set_value("User", user, {"full_name": MARK.format("full_name"), "first_name": MARK.format("first_name")})
    frappe.db.commit()
    return columns


if __name__ == "__main__":
    print(build())
