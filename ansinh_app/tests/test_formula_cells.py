"""Cells that a spreadsheet would run: whatever file leaves, what somebody typed is text in it."""

import csv
import io

import frappe
import openpyxl
from frappe.tests.utils import FrappeTestCase

from ansinh_app.gate import exports
from ansinh_app.payouts.files import _csv, as_file
from ansinh_app.registry.verification.protected import Column, write
from ansinh_app.tests.factories import VINH_TRAI, make_person
from ansinh_app.utils import report_files, workbooks

RUNS = (
    '=HYPERLINK("http://x.example","Xem")', "=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1",
    "=cmd|'/c calc'!A0", "-2+3+cmd|'/c calc'!A0", '=WEBSERVICE("http://x.example")', "=", "＝1+1",
)  # fmt: skip
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


class TestFormulaCells(FrappeTestCase):
    def assert_no_formula(self, content: bytes, *texts: str):
        found = []
        for sheet in openpyxl.load_workbook(io.BytesIO(content)).worksheets:
            for cell in (cell for row in sheet.iter_rows() for cell in row):
                self.assertNotEqual(cell.data_type, "f", f"{sheet.title}!{cell.coordinate} {cell.value}")
                self.assertIsNone(cell.hyperlink)
                found.append(str(cell.value))
        for text in texts:
            self.assertTrue(any(text.strip() in one for one in found), text)

    def assert_no_start(self, content: bytes, delimiter: str = ","):
        text = content.decode("utf-8-sig")
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            for cell in row:
                dangerous = cell.startswith(STARTS) or cell.lstrip()[:1] in ("=", "+", "-", "@")
                self.assertFalse(dangerous and not cell.lstrip("-").isdigit(), cell)

    def test_every_workbook_of_the_app_holds_text(self):
        rows = [[text, number] for number, text in enumerate(RUNS)]
        sheet = workbooks.Sheet("=S", rows, headers=RUNS[:2], titles=RUNS[:3])
        self.assert_no_formula(workbooks.write_workbook([sheet]), *RUNS[:3])
        grids = [("S", [["a"], *([text] for text in RUNS)])]
        said = {"S": dict(enumerate(RUNS, start=2))}
        for sent in (workbooks.write_workbook([workbooks.Sheet("S", [["a"], ["b"]])]), b"a\nb\n"):
            back = workbooks.annotate_workbook(sent, grids, said, RUNS[0], {"S": 1}, workbooks.Sheet("=R", rows))
            self.assert_no_formula(back, RUNS[0])
        columns = [Column(RUNS[0], 20, group=RUNS[1]), Column("b", 20)]
        heading = (RUNS[0], RUNS[1], RUNS[2])
        listed = write(heading, RUNS[0], RUNS[1], RUNS[2], columns, rows, (RUNS[0], RUNS[1]))
        self.assert_no_formula(listed, RUNS[0])
        columns = [frappe._dict(fieldname=name, label=RUNS[0], fieldtype="Data", width=100) for name in ("a", "b")]
        result = {"columns": columns, "rows": [{"a": text, "b": 1} for text in RUNS], "message": RUNS[1]}
        report = report_files.report_xlsx(None, RUNS[0], frappe.utils.getdate("2024-06-30"), result)
        self.assert_no_formula(report, RUNS[0])

    def test_a_providers_file_holds_text(self):
        from ansinh_app.core import bankfile

        columns = (bankfile.Column("full_name", RUNS[0]), bankfile.Column("memo", "-Nội dung"))
        profile = bankfile.Profile(columns, title_rows=RUNS[:3], header_row=4, memo_template="={line_ref}")
        grid = bankfile.build(profile, [{"full_name": text, "line_ref": "L1"} for text in RUNS], {})
        settings = frappe._dict(file_type="XLSX", columns=[frappe._dict(width=10), frappe._dict(width=10)])
        self.assert_no_formula(as_file(grid, profile, settings, "x")[1], "HYPERLINK")
        for separator in (";", ","):
            self.assert_no_start(_csv(grid, frappe._dict(csv_separator=separator)), separator)

    def test_lists_that_the_desk_exports_hold_text(self):
        hooks = frappe.get_hooks("override_whitelisted_methods")
        self.assertIn("ansinh_app.gate.exports.export_list", hooks["frappe.desk.reportview.export_query"])
        mark = frappe.generate_hash(length=8)
        for text in RUNS:
            person = make_person(f"Lý Văn Xuất {chr(65 + RUNS.index(text))}", village=mark)
            frappe.db.set_value("Beneficiary", person.name, "address", text)
        asked = {
            "doctype": "Beneficiary", "fields": '["name","address"]', "file_format_type": "CSV", "title": "Danh sách",
            "filters": frappe.as_json({"village": mark, "administrative_unit": VINH_TRAI}), "view": "Report",
        }  # fmt: skip
        before, frappe.local.form_dict = frappe.local.form_dict, frappe._dict(asked)
        self.addCleanup(setattr, frappe.local, "form_dict", before)
        exports.export_list()
        content = frappe.response["filecontent"]
        self.assert_no_start(content)
        self.assertEqual(len(content.decode("utf-8-sig").strip().splitlines()), len(RUNS) + 2)  # one breaks its line
        frappe.local.form_dict = frappe._dict(asked, file_format_type="Excel")
        exports.export_list()
        self.assert_no_formula(frappe.response["filecontent"], *RUNS[:2])

    def test_a_formula_that_a_host_wrote_becomes_text(self):
        book, target = openpyxl.Workbook(), io.BytesIO()
        book.active.append(["Tên", *RUNS, 'a"<&b', -5, 1.5])
        book.save(target)
        tamed = exports.harmless_xlsx(target.getvalue())
        self.assert_no_formula(tamed, *RUNS[:2], "<&b")
        self.assertEqual([cell.value for cell in openpyxl.load_workbook(io.BytesIO(tamed)).active[1]][-2:], [-5, 1.5])
        self.assertEqual(exports.harmless_csv(b'-5,"=1","a, b",-x\r\n'), b'"-5","\'=1","a, b","\'-x"\r\n')
