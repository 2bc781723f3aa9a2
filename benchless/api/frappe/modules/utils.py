"""Customisations that an app brings along: `<module>/custom/<doctype>.json`, as bench's export writes them."""

import json
import os

import frappe
from frappe.custom.doctype.custom_field.custom_field import sync
from frappe.modules import (  # noqa: F401 (Frappe's paths)
    get_doctype_module,
    get_module_app,
    load_doctype_module,
)


def sync_customizations(app: str | None = None) -> None:
    """Bring in what the modules of an app (or of all installed ones) add to other apps' DocTypes."""
    for name in [app] if app else frappe.get_installed_apps():
        for module in frappe.get_module_list(name):
            folder = frappe.get_app_path(name, frappe.scrub(module), "custom")
            for file in sorted(os.listdir(folder)) if os.path.isdir(folder) else ():
                if not file.endswith(".json"):
                    continue
                data = json.loads(frappe.read_file(os.path.join(folder, file)))
                if data.get("sync_on_migrate") or (frappe.flags.in_install and app):
                    sync_customizations_for_doctype(data, folder, file)


def sync_customizations_for_doctype(data: dict, folder: str = "", filename: str = "") -> None:
    """Custom fields, property setters and permission rules of one file, in place of the stored ones."""
    if not frappe.db.exists("DocType", data["doctype"]):
        print(f"Skipping {filename}: DocType {data['doctype']} does not exist")
        return
    touched = {data["doctype"]}
    for values in data.get("custom_fields") or []:
        touched.add(values["dt"])
        name = frappe.db.get_value("Custom Field", {"dt": values["dt"], "fieldname": values["fieldname"]})
        if name:
            doc = frappe.get_doc("Custom Field", name)
            doc.update({key: value for key, value in values.items() if key not in ("name", "modified")})
            doc.db_update()
        else:
            frappe.get_doc({**values, "doctype": "Custom Field", "owner": "Administrator"}).db_insert()
    for values in data.get("property_setters") or []:
        touched.add(values["doc_type"])
        doc = frappe.get_doc({**values, "doctype": "Property Setter"})
        doc.flags.validate_fields_for_doctype = False
        doc.insert(ignore_permissions=True)
    if rules := data.get("custom_perms"):
        for parent in {rule["parent"] for rule in rules}:
            frappe.db.delete("Custom DocPerm", {"parent": parent})
        for rule in rules:
            frappe.get_doc({**rule, "doctype": "Custom DocPerm"}).db_insert()
    for doctype in touched:
        sync(doctype)
