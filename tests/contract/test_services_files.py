"""Files: kept on the site's disk, found again, read by whom the document's rights allow."""

import os

import frappe
import pytest
from frappe.core.doctype.file.file import has_permission
from frappe.utils.file_manager import get_file, get_file_path, save_file
from services_world import CHECKER, MAKER, OUTSIDER, PAPER, ServicesTestCase, paper

pytestmark = pytest.mark.usefixtures("site")


class TestFiles(ServicesTestCase):
    def make(self, content=None, **values):
        return frappe.get_doc(
            {
                "doctype": "File",
                "file_name": values.pop("file_name", f"note-{frappe.generate_hash(length=6)}.txt"),
                "content": content if content is not None else f"text {frappe.generate_hash(length=12)}",
                **values,
            }
        ).insert(ignore_permissions=True)

    def test_private_file_is_written_below_private(self):
        file = self.make("chữ Việt", is_private=1)
        self.assertTrue(file.file_url.startswith("/private/files/"))
        self.assertIn(os.path.join("private", "files"), file.get_full_path())
        self.assertEqual(frappe.get_doc("File", file.name).get_content(), "chữ Việt")

    def test_public_file_is_written_below_public(self):
        file = self.make(is_private=0)
        self.assertTrue(file.file_url.startswith("/files/"))
        self.assertTrue(os.path.exists(frappe.get_site_path("public", *file.file_url.strip("/").split("/"))))

    def test_bytes_come_back_as_they_were(self):
        content = bytes(range(256))
        file = self.make(content, file_name="raw.bin", is_private=1)
        self.assertEqual(frappe.get_doc("File", file.name).get_content(), content)
        self.assertEqual(file.file_size, 256)

    def test_equal_content_is_kept_once(self):
        text = frappe.generate_hash(length=30)
        one, two = self.make(text, is_private=1), self.make(text, is_private=1)
        self.assertEqual(one.content_hash, two.content_hash)
        self.assertEqual(one.file_url, two.file_url)
        self.assertNotEqual(one.name, two.name)

    def test_taken_name_gets_a_suffix(self):
        name = f"same-{frappe.generate_hash(length=6)}.txt"
        one = self.make("one " + name, file_name=name, is_private=1)
        two = self.make("two " + name, file_name=name, is_private=1)
        self.assertNotEqual(one.file_url, two.file_url)
        self.assertEqual(frappe.get_doc("File", one.name).get_content(), "one " + name)

    def test_name_cannot_leave_the_folder(self):
        file = self.make(file_name="../../../etc/evil.txt", is_private=1)
        base = os.path.realpath(frappe.get_site_path("private", "files"))
        self.assertTrue(os.path.realpath(file.get_full_path()).startswith(base + os.sep))

    def test_url_cannot_leave_the_site(self):
        for url in ("/private/files/../../../../../../../etc/passwd", "/files/../../../../../../../etc/passwd"):
            doc = frappe.get_doc({"doctype": "File", "file_name": "x", "file_url": url, "is_private": 1})
            self.assertRaises(Exception, doc.insert)
        self.assertIsNone(get_file_path("../../site_config.json"))

    def test_private_file_follows_the_document_it_is_attached_to(self):
        frappe.set_user(MAKER)
        doc = paper()
        file = self.make(is_private=1, attached_to_doctype=PAPER, attached_to_name=doc.name)
        self.assertTrue(has_permission(file, "read", CHECKER))
        self.assertFalse(has_permission(file, "read", OUTSIDER))
        self.assertFalse(has_permission(file, "read", "Guest"))
        self.assertFalse(has_permission(file, "delete", OUTSIDER))

    def test_private_file_without_document_is_its_owners(self):
        frappe.set_user(MAKER)
        file = self.make(is_private=1)
        self.assertTrue(has_permission(file, "read", MAKER))
        self.assertFalse(has_permission(file, "read", CHECKER))

    def test_public_file_is_everybodys_to_read(self):
        file = self.make(is_private=0)
        self.assertTrue(has_permission(file, "read", OUTSIDER))
        self.assertFalse(has_permission(file, "write", OUTSIDER))

    def test_save_file_attaches(self):
        doc = paper()
        file = save_file("list.csv", "a,b\n", PAPER, doc.name, is_private=1)
        self.assertEqual((file.attached_to_doctype, file.attached_to_name), (PAPER, doc.name))
        self.assertEqual(get_file(file.file_url)[1], "a,b\n")

    def test_deleting_the_document_deletes_its_files(self):
        doc = paper()
        file = save_file("gone.txt", frappe.generate_hash(length=20), PAPER, doc.name, is_private=1)
        frappe.delete_doc(PAPER, doc.name)
        self.assertFalse(frappe.db.exists("File", file.name))

    def test_rollback_takes_the_bytes_away(self):
        frappe.db.commit()
        file = self.make(is_private=1)
        path = file.get_full_path()
        self.assertTrue(os.path.exists(path))
        frappe.db.rollback()
        self.assertFalse(os.path.exists(path))

    def test_file_named_in_an_attach_field_belongs_to_the_document(self):
        loose = self.make(is_private=1)
        doc = paper(scan=loose.file_url)
        owner = frappe.db.get_value("File", loose.name, ["attached_to_doctype", "attached_to_name"])
        self.assertEqual(tuple(owner), (PAPER, doc.name))
        other = paper(scan=loose.file_url)
        self.assertTrue(
            frappe.db.exists("File", {"file_url": loose.file_url, "attached_to_name": other.name})
        )
        self.assertEqual(frappe.db.get_value("File", loose.name, "attached_to_name"), doc.name)
