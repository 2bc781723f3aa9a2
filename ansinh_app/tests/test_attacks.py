"""What a request brings along is not believed: documents, names, read-only fields, other people's files, report filters."""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import frappe
from frappe.tests.utils import FrappeTestCase

from ansinh_app.exceptions import DuplicatePersonError
from ansinh_app.gate import guards, kept_fields, own_files, plain_values
from ansinh_app.gate.plain_text import plain, plain_rows
from ansinh_app.registry.doctype.registry_import.registry_import import run_import
from ansinh_app.tests.factories import (
    MAI_PHA,
    VINH_TRAI,
    as_user,
    commune_row,
    commune_workbook,
    grant,
    make_import,
    make_person,
    make_user,
)

REST = "/api/resource/"
CALL = "/api/method/"


@contextmanager
def asked(path: str, method: str = "POST", body: bytes = b"", kind: str = "application/json", **arguments):
    """The request in hand while something is decided about it."""
    former = getattr(frappe.local, "request", None), frappe.local.form_dict
    frappe.local.request = SimpleNamespace(
        path=path, method=method, content_type=kind, get_data=lambda as_text=False: body.decode() if as_text else body
    )
    frappe.local.form_dict = frappe._dict(arguments)
    try:
        yield frappe.local.form_dict
    finally:
        frappe.local.request, frappe.local.form_dict = former


class TestAttacks(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.here = make_person("Lý Văn Nhà Này", administrative_unit=VINH_TRAI)
        cls.there = make_person("Lý Văn Nhà Bên", administrative_unit=MAI_PHA)
        cls.granted = grant(cls.there)
        cls.ward = make_user("vinhtrai@test.example", "Commune Officer", units=[VINH_TRAI])
        cls.officer = make_user("phong@test.example", "Social Affairs Officer")

    def test_a_document_brought_along_is_judged_and_printed_as_stored(self):
        brought = {**self.there.as_dict(), "administrative_unit": VINH_TRAI}
        with as_user(self.ward):
            for more in ({}, {"__islocal": 1}):
                for right in ("read", "print", "email", "write"):
                    forged = frappe.get_doc({**brought, **more})
                    self.assertFalse(frappe.has_permission("Beneficiary", right, doc=forged), (more, right))
            own = frappe.get_doc({**self.here.as_dict(), "full_name": "Tên Giả"})
            page = frappe.get_print("Beneficiary", self.here.name, doc=own)
        self.assertIn("Lý Văn Nhà Này", page)
        self.assertNotIn("Tên Giả", page)

    def test_what_is_not_saved_is_not_printed_for_a_request(self):
        new = frappe.get_doc({"doctype": "Account Request", "name": "ACR-NONE", "beneficiary": self.there.name})
        with asked(CALL + "frappe.www.printview.get_html_and_style"), self.assertRaises(frappe.PermissionError):
            guards.as_stored(new)

    def test_a_link_shows_its_title_to_who_may_read_it(self):
        with as_user(self.ward):
            self.assertEqual(guards.link_title("Beneficiary", self.here.name), "Lý Văn Nhà Này")
            self.assertEqual(guards.link_title("Beneficiary", self.there.name), self.there.name)
            self.assertEqual(guards.link_title("Beneficiary", "BEN-NONE"), "BEN-NONE")
            self.assertRaises(frappe.PermissionError, guards.no_goal_graph)

    def test_filters_find_the_same_nothing_elsewhere_and_nowhere(self):
        with as_user(self.ward):
            found = guards.get_for_reader("Beneficiary", filters={"full_name": "Lý Văn Nhà Này"})
            self.assertEqual(found["name"], self.here.name)
            for name in ("Lý Văn Nhà Bên", "Không Có Ai"):
                with self.assertRaises(frappe.DoesNotExistError):
                    guards.get_for_reader("Beneficiary", filters={"full_name": name})
            with self.assertRaises(frappe.PermissionError):
                guards.get_for_reader("Beneficiary", self.there.name)

    def test_changes_are_mailed_to_who_may_read_the_document(self):
        for person, fine in ((self.here, True), (self.there, False)):
            follow = frappe._dict(ref_doctype="Beneficiary", ref_docname=person.name, user=self.ward)
            if fine:
                guards.only_what_is_read(follow)
            else:
                self.assertRaises(frappe.PermissionError, guards.only_what_is_read, follow)

    def test_an_object_is_no_name_and_no_value(self):
        question = {"category": "BTXH-08"}
        refused = [
            (CALL + "frappe.client.get", {"name": question}),
            (CALL + "frappe.client.get", {"name": [["category", "=", "BTXH-08"]]}),
            (CALL + "x", {"docname": json.dumps(question)}),
            (CALL + "x", {"docnames": json.dumps(["BEN-1", question])}),
            (CALL + "x", {"doc": json.dumps({"name": question})}),
            (CALL + "x", {"doc": {"doctype": "Support Case", "replies": [{"answer": question}]}}),
            (CALL + "x", {"fieldname": {"beneficiary": question}}),
            (REST + "Support Case", {"beneficiary": question}),
        ]
        for path, arguments in refused:
            with self.subTest(arguments), asked(path, **arguments):
                self.assertRaises(frappe.ValidationError, plain_values.refuse_objects)
        body = json.dumps({"beneficiary": question}).encode()
        with asked(REST + "Support Case", body=body, kind="text/plain"):
            self.assertRaises(frappe.ValidationError, plain_values.refuse_objects)
        allowed = [
            (CALL + "frappe.client.get_list", {"filters": {"name": ["like", "BEN%"]}, "fields": ["name"]}),
            (CALL + "frappe.desk.form.assign_to.add_multiple", {"name": '["BEN-1", "BEN-2"]'}),
            (CALL + "savedocs", {"doc": json.dumps({"name": "x", "__onload": {"a": {}}, "rows": [{"name": "y"}]})}),
            (REST + "Beneficiary", {"full_name": "x", "representatives": [{"representative": "y"}]}),
        ]
        for path, arguments in allowed:
            with self.subTest(arguments), asked(path, **arguments):
                plain_values.refuse_objects()

    def test_read_only_fields_are_put_back(self):
        forged = {"village": "Thôn Mới", "verification_status": "Verified"}
        whole = {"doctype": "Beneficiary", "name": self.here.name, **forged}
        with asked(REST + f"Beneficiary/{self.here.name}", "PUT", **forged) as form:
            kept_fields.keep_read_only()
            self.assertEqual(form.village, "Thôn Mới")
            self.assertNotIn("verification_status", form)
        body = json.dumps(forged).encode()
        with asked(REST + f"Beneficiary/{self.here.name}", "PUT", body=body, kind="text/plain") as form:
            kept_fields.keep_read_only()
            self.assertEqual(json.loads(form.data), {"village": "Thôn Mới"})
        with asked(CALL + "frappe.desk.form.save.savedocs", doc=json.dumps(whole), action="Save") as form:
            kept_fields.keep_read_only()
            sent = json.loads(form.doc)
            self.assertEqual((sent["village"], sent["verification_status"]), ("Thôn Mới", "Unverified"))
        named = {"doctype": "Entitlement", "name": self.granted.name}
        with asked(CALL + "frappe.client.set_value", **named, fieldname="stop_reason", value="x") as form:
            kept_fields.keep_read_only()
            self.assertFalse(form.value)
        with asked(CALL + "frappe.client.insert", doc={"doctype": "Beneficiary", **forged}) as form:
            kept_fields.keep_read_only()
            self.assertNotIn("verification_status", form.doc)

    def test_a_file_is_opened_by_who_may_read_it(self):
        values = {"doctype": "File", "file_name": "chi-cua-toi.txt", "is_private": 1, "content": b"rieng"}
        with as_user(self.officer):
            theirs = frappe.get_doc(values).insert()
        for user, address in (
            (self.ward, theirs.file_url),
            (self.ward, theirs.file_url.replace("/private", "/%70rivate")),
            (self.officer, "/private/files/../../site_config.json"),
        ):
            with self.subTest(f"{user} {address}"), as_user(user):
                copy = frappe.get_doc({"doctype": "File", "file_name": "x.txt", "file_url": address})
                self.assertRaises(frappe.PermissionError, copy.insert)
        change = frappe.new_doc("Registry Import")
        change.file = theirs.file_url
        with as_user(self.ward):
            self.assertRaises(frappe.PermissionError, own_files.check_attachments, change)
        with as_user(self.officer):
            own_files.check_attachments(change)

    def test_a_reports_filter_is_a_plain_value(self):
        report = frappe.get_doc("Report", "Monthly Payout")
        for filters in (
            {"office": ["like", "%"]}, {"office": {"a": 1}}, {"month": -1}, {"office": "x" * 5000},
            {"office": "a\x00b"}, {"month": "0000-00-00"}, {"office": 10**30},
        ):  # fmt: skip
            with self.subTest(filters), self.assertRaises(frappe.ValidationError):
                report.execute_script_report(frappe._dict(filters))
        report.execute_script_report(frappe._dict(office="' or 1=1 -- "))

    def test_a_number_taken_elsewhere_does_not_say_where(self):
        number = "020180004399"
        other = make_person("Lý Văn Số Trùng", administrative_unit=MAI_PHA, personal_id=number)
        commune = frappe.db.get_value("Administrative Unit", MAI_PHA, "unit_name")
        for user, told in ((self.ward, False), (self.officer, True)):
            with self.subTest(user), as_user(user), self.assertRaises(DuplicatePersonError) as refused:
                make_person("Lý Văn Thử Số", administrative_unit=VINH_TRAI, personal_id=number)
            self.assertEqual((other.name in str(refused.exception), commune in str(refused.exception)), (told, told))

    def test_markup_is_stored_neither_by_a_form_nor_by_a_workbook(self):
        mark = "<img src=http://127.0.0.1:9/x onerror=window.__pwned=1>"
        self.assertEqual(plain("Trẻ <16 tuổi<br>a < b <b>đậm</b>"), "Trẻ <16 tuổi<br>a < b <b>đậm</b>")
        for text in (mark, "<script>x", "</td>", "<!--", "<b onclick=x>", "<svg/onload=x>"):
            self.assertTrue(plain(text).startswith("‹"), text)
        rows = [("x", 1, None), (mark, 2, b"<img")]
        self.assertEqual(plain_rows(rows), [("x", 1, None), (mark.replace("<", "‹"), 2, b"<img")])
        person = make_person("Lý Văn Dấu Ngoặc", administrative_unit=VINH_TRAI, village=mark)
        self.assertEqual(person.village, mark.replace("<", "‹"))
        row = {"Họ và tên": "Lý Văn Trong Bảng", "Địa chỉ": mark, "Thôn/Tổ": mark, "Ghi chú": mark}
        wrong = commune_row(**row) | {"Ngày sinh": mark, "Đối tượng": mark}
        content = commune_workbook([commune_row(**row), wrong], headers=[*commune_row(), *list(row)[1:]])
        run = make_import(content)
        run_import(run.name)
        read = frappe.get_all("Registry Import Row", {"registry_import": run.name}, ["*"])
        people = frappe.get_all("Beneficiary", {"full_name": ["like", "Lý Văn Trong%"]}, ["*"])
        said = frappe.db.get_value("Registry Import", run.name, "error_message")
        self.assertTrue(said and len(read) > 1)
        self.assertNotIn("<img", str(read) + str(people) + said)
        self.assertIn("‹img", str(read) + str(people))
