"""Files: where this host is stricter than Frappe."""

import os

import frappe
import pytest
from frappe.core.doctype.file.file import has_permission
from services_world import CHECKER, MAKER, PAPER, ServicesTestCase, paper

pytestmark = pytest.mark.usefixtures("site")


class TestFiles(ServicesTestCase):
    def make(self, **values):
        name = f"note-{frappe.generate_hash(length=8)}.txt"
        return frappe.get_doc({"doctype": "File", "file_name": name, "content": name, **values}).insert(
            ignore_permissions=True
        )

    def test_naming_anothers_private_file_does_not_open_it(self):
        frappe.set_user(CHECKER)
        file = self.make(is_private=1)
        frappe.set_user(MAKER)
        doc = paper()
        frappe.db.set_value(PAPER, doc.name, "scan", file.file_url)
        doc.reload()
        doc.title = "Saved again"
        doc.save()
        self.assertFalse(has_permission(frappe.get_doc("File", file.name), "read", MAKER))
        self.assertFalse(frappe.db.exists("File", {"file_url": file.file_url, "attached_to_name": doc.name}))

    def test_new_record_cannot_point_to_anothers_private_file(self):
        frappe.set_user(CHECKER)
        file = self.make(is_private=1)
        frappe.set_user(MAKER)
        forged = frappe.get_doc({"doctype": "File", "file_url": file.file_url, "is_private": 1})
        self.assertRaises(frappe.PermissionError, forged.insert)

    def test_url_cannot_leave_the_file_folders(self):
        for url in ("/private/files/../../site_config.json", "/files/../../site_config.json"):
            doc = frappe.get_doc({"doctype": "File", "file_name": "x", "file_url": url, "is_private": 1})
            self.assertRaises(frappe.ValidationError, doc.insert)

    def test_deleted_bytes_go_with_the_commit(self):
        file = self.make(is_private=1)
        frappe.db.commit()
        path = file.get_full_path()
        file.delete()
        self.assertTrue(os.path.exists(path))
        frappe.db.rollback()
        self.assertTrue(frappe.db.exists("File", file.name))
        frappe.get_doc("File", file.name).delete()
        frappe.db.commit()
        self.assertFalse(os.path.exists(path))
