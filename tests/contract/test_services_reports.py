"""Reports: columns, rows by permission, totals, export; workbooks and CSV."""

from io import BytesIO

import frappe
import openpyxl
import pytest
from frappe.desk.query_report import add_total_row, get_column_as_dict, get_script, run
from frappe.tests.utils import FrappeTestCase
from frappe.utils.csvutils import read_csv_content, to_csv
from frappe.utils.xlsxutils import make_xlsx, read_xlsx_file_from_attached_file
from services_world import CHECKER, FOLDER, MAKER, OUTSIDER, PAPER, folder, make_world, paper

pytestmark = pytest.mark.usefixtures("site")

REPORT = "Svc Paper List"
QUERY = (
    "select name as `Paper:Link/Svc Paper:120`, folder as `Folder:Link/Svc Folder:120`,"
    " amount as `Amount:Currency:100`"
    " from `tabSvc Paper` where title = %(title)s order by amount"
)


class TestReports(FrappeTestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        make_world()
        if not frappe.db.exists("Report", REPORT):
            frappe.get_doc(
                {
                    "doctype": "Report",
                    "report_name": REPORT,
                    "ref_doctype": PAPER,
                    "report_type": "Query Report",
                    "is_standard": "No",
                    "module": "Core",
                    "add_total_row": 1,
                    "query": QUERY,
                    "roles": [{"role": "Svc Maker"}, {"role": "Svc Checker"}],
                }
            ).insert()
        frappe.db.commit()

    def setUp(self):
        self.title = frappe.generate_hash(length=10)
        for name, amount in (("Svc North", 100), ("Svc South", 250)):
            folder(name)
            paper(self.title, amount=amount, folder=name)

    def tearDown(self):
        frappe.set_user("Administrator")
        frappe.db.rollback()

    def run_report(self):
        return run(REPORT, {"title": self.title})

    def test_columns_are_dicts_and_rows_are_there(self):
        frappe.set_user(MAKER)
        answer = self.run_report()
        self.assertEqual([c["fieldtype"] for c in answer["columns"]], ["Link", "Link", "Currency"])
        self.assertEqual(answer["columns"][1]["options"], FOLDER)
        self.assertEqual([row["amount"] for row in answer["result"][:2]], [100, 250])

    def test_total_row_is_a_list_at_the_end(self):
        frappe.set_user(MAKER)
        total = self.run_report()["result"][-1]
        self.assertIsInstance(total, list)
        self.assertEqual(total[2], 350)

    def test_user_permission_hides_rows(self):
        frappe.get_doc(
            {"doctype": "User Permission", "user": CHECKER, "allow": FOLDER, "for_value": "Svc North"}
        ).insert()
        frappe.clear_cache(user=CHECKER)
        frappe.set_user(CHECKER)
        rows = [row for row in self.run_report()["result"] if isinstance(row, dict)]
        self.assertEqual([row["folder"] for row in rows], ["Svc North"])

    def test_who_has_no_role_may_not_run_it(self):
        frappe.set_user(OUTSIDER)
        self.assertRaises(frappe.PermissionError, self.run_report)

    def test_disabled_report_does_not_run(self):
        frappe.db.set_value("Report", REPORT, "disabled", 1)
        self.assertRaises(frappe.ValidationError, self.run_report)

    def test_script_names_the_report(self):
        self.assertIn(REPORT, get_script(REPORT)["script"])

    def test_column_shorthand(self):
        column = get_column_as_dict("Net Pay:Currency/currency:90")
        self.assertEqual(
            (column.label, column.fieldname, column.fieldtype, column.options, column.width),
            ("Net Pay", "net_pay", "Currency", "currency", "90"),
        )
        self.assertEqual(get_column_as_dict({"label": "A B"}).fieldname, "a_b")

    def test_totals_sum_numbers_and_average_percents(self):
        columns = [
            {"fieldname": "unit", "fieldtype": "Data"},
            {"fieldname": "paid", "fieldtype": "Currency"},
            {"fieldname": "share", "fieldtype": "Percent"},
        ]
        rows = [{"unit": "a", "paid": 1, "share": 50}, {"unit": "b", "paid": 2, "share": 100}]
        self.assertEqual(add_total_row(rows, columns)[-1][1:], [3, 75])


class TestSheets(FrappeTestCase):
    def test_workbook_comes_back(self):
        content = make_xlsx([["Họ tên", "Số tiền"], ["Đặng Thị Ngọ", 540000]], "Danh sách").getvalue()
        rows = read_xlsx_file_from_attached_file(fcontent=content)
        self.assertEqual([list(row) for row in rows], [["Họ tên", "Số tiền"], ["Đặng Thị Ngọ", 540000]])

    def test_markup_and_control_characters_are_taken_out(self):
        content = make_xlsx([["h"], ["<b>x</b>\x01y"]], "S").getvalue()
        cell = openpyxl.load_workbook(BytesIO(content)).active["A2"].value
        self.assertNotIn("<b>", cell)
        self.assertNotIn("\x01", cell)

    def test_sheet_name_is_made_legal(self):
        book = openpyxl.load_workbook(BytesIO(make_xlsx([["a"]], "Tháng 6/2024").getvalue()))
        self.assertEqual(book.sheetnames[0], "Tháng 6 2024")

    def test_csv_there_and_back(self):
        rows = read_csv_content(to_csv([["tên", "số"], ["Lê Văn Tám", 5], ["a,b", ""]]))
        self.assertEqual(rows, [["tên", "số"], ["Lê Văn Tám", "5"], ["a,b", None]])
