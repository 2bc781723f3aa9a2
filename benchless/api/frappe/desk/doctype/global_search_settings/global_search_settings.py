"""Global Search Settings: which DocTypes the search in everything finds, and in what order."""

import frappe
from frappe import _
from frappe.model.document import Document


class GlobalSearchSettings(Document):
    def validate(self):
        doctypes = [row.document_type for row in self.allowed_in_global_search]
        core = [name for name in doctypes if frappe.get_meta(name).module == "Core"]
        if core:
            frappe.throw(_("Core Modules {0} cannot be searched in Global Search.").format(", ".join(core)))
        repeated = {name for name in doctypes if doctypes.count(name) > 1}
        if repeated:
            frappe.throw(_("Document Type {0} has been repeated.").format(", ".join(sorted(repeated))))

    def on_update(self):
        frappe.cache.delete_value("global_search_doctypes")


def get_doctypes_for_global_search() -> list[str]:
    """Names in the order of the settings; where they name none, every DocType with fields for it."""

    def read() -> list[str]:
        filters = {"parent": "Global Search Settings"}
        named = frappe.get_all("Global Search DocType", filters=filters, pluck="document_type", order_by="idx")
        if named:
            return named
        from frappe.utils.global_search import get_doctypes_with_global_search

        return get_doctypes_with_global_search(with_child_tables=False)

    return frappe.cache.get_value("global_search_doctypes", read)
