"""Registry Import: a commune's list in, what cannot be taken back with its reason, nothing doubled."""

import io
import zipfile

import frappe
import openpyxl
from frappe.tests.utils import FrappeTestCase
from frappe.utils import getdate

from ansinh_app.exceptions import ImportStateError, WorkbookError
from ansinh_app.registry.doctype.registry_import.registry_import import (
    check_workbook,
    run_import,
    start_import,
)
from ansinh_app.registry.imports.job import run_in_background
from ansinh_app.tests.factories import (
    MAI_PHA,
    VINH_TRAI,
    as_user,
    commune_row,
    commune_workbook,
    make_import,
    make_person,
    make_user,
)
from ansinh_app.utils.workbooks import Sheet, read_workbook, write_workbook

ACCOUNT = {"Hình thức nhận": "Tài khoản", "Ngân hàng": "Viettinbank", "Lý do nhận tiền mặt": None}


def run_rows(*rows: dict, **values):
    doc = make_import(commune_workbook(list(rows)), **values)
    run_import(doc.name)
    return doc.reload() or doc


def person_of(name: str):
    return frappe.get_doc("Beneficiary", {"full_name": name})


class TestRegistryImport(FrappeTestCase):
    def setUp(self):
        # Each test sends lists of its own into an empty ward.
        frappe.db.delete("Entitlement")
        frappe.db.delete("Payment Account")
        frappe.db.delete("Beneficiary")
        frappe.db.delete("Representative")
        frappe.db.delete("Registry Import")

    def test_a_row_becomes_person_account_and_entitlement(self):
        row = commune_row(**{"Họ và tên": "Lý Văn Khoản", "Số TK": "101867000001", **ACCOUNT})
        doc = run_rows(row)
        self.assertEqual((doc.status, doc.rows_total, doc.rows_created), ("Completed", 1, 1))
        person = person_of("Lý Văn Khoản")
        self.assertEqual((person.administrative_unit, person.office), (VINH_TRAI, doc.office))
        account = frappe.get_doc("Payment Account", person.payment_account)
        self.assertEqual(
            (account.provider, account.account_no, account.name_match), ("CTG", "101867000001", "Exact")
        )
        entitlement = frappe.get_doc("Entitlement", {"beneficiary": person.name})
        self.assertEqual((entitlement.docstatus, entitlement.category), (1, "BTXH-06B1"))
        self.assertEqual(entitlement.payment_account, account.name)
        self.assertEqual((entitlement.full_name, entitlement.programme), ("Lý Văn Khoản", "BTXH"))

    def test_months_before_the_first_are_settled_elsewhere(self):
        run_rows(
            commune_row(**{"Họ và tên": "Lý Văn Cũ", "Hưởng từ tháng": "05/2022"}),
            commune_row(**{"Họ và tên": "Lý Văn Mới", "Hưởng từ tháng": "06/2024"}),
        )
        settled = {
            name: frappe.db.get_value("Entitlement", {"full_name": name}, "settled_through")
            for name in ("Lý Văn Cũ", "Lý Văn Mới")
        }
        self.assertEqual(getdate(settled["Lý Văn Cũ"]), getdate("2024-05-01"))
        self.assertIsNone(settled["Lý Văn Mới"])

    def test_a_guardian_is_kept_once_for_several_children(self):
        guardian = {
            "Người giám hộ": "Lý Thị Bà",
            "CCCD người giám hộ": "020160001234",
            "Chủ tài khoản": "LY THI BA",
            "Số TK": "101867000002",
            **ACCOUNT,
        }
        run_rows(
            commune_row(
                **{"Họ và tên": "Lý Văn Anh", "Ngày sinh": "01/02/2015", "Đối tượng": "BTXH-01B", **guardian}
            ),
            commune_row(
                **{
                    "Họ và tên": "Lý Thị Em",
                    "Ngày sinh": "03/04/2016",
                    "Giới tính": "Nữ",
                    "Đối tượng": "BTXH-01B",
                    **guardian,
                }
            ),
        )
        self.assertEqual(frappe.db.count("Representative"), 1)
        self.assertEqual(frappe.db.count("Payment Account"), 1)
        rows = frappe.get_all("Entitlement", fields=["payee_type", "representative", "payment_account"])
        self.assertEqual(len({tuple(row.values()) for row in rows}), 1)
        self.assertEqual(rows[0].payee_type, "Guardian")
        self.assertEqual(person_of("Lý Văn Anh").representatives[0].capacity, "Guardian")

    def test_the_same_file_twice_changes_nothing(self):
        rows = [
            commune_row(**{"Họ và tên": "Lý Văn Hai Lần", "Số CCCD": "020080009999"}),
            commune_row(**{"Họ và tên": "Lý Văn Khoản", "Số TK": "101867000003", **ACCOUNT}),
        ]
        run_rows(*rows)
        modified = frappe.get_all("Beneficiary", fields=["name", "modified"], order_by="name")
        again = run_rows(*rows)
        self.assertEqual((again.rows_unchanged, again.rows_created, again.rows_updated), (2, 0, 0))
        self.assertEqual(frappe.db.count("Entitlement"), 2)
        self.assertEqual(
            modified, frappe.get_all("Beneficiary", fields=["name", "modified"], order_by="name")
        )

    def test_a_new_phone_and_account_update_the_person(self):
        row = commune_row(**{"Họ và tên": "Lý Văn Đổi"})
        run_rows(row)
        doc = run_rows(row | {"Số TK": "101867000004", **ACCOUNT})
        self.assertEqual((doc.rows_updated, doc.rows_created), (1, 0))
        person = person_of("Lý Văn Đổi")
        self.assertEqual(person.payment_method, "Bank Account")
        entitlement = frappe.get_doc("Entitlement", {"beneficiary": person.name})
        self.assertEqual(
            (entitlement.payment_account, entitlement.cash_reason), (person.payment_account, None)
        )

    def test_what_cannot_be_taken_comes_back_with_its_reason(self):
        bad = {
            "Đối tượng": commune_row(**{"Họ và tên": "Mẫu Sai Diện", "Đối tượng": "BTXH-99"}),
            "Số CCCD": commune_row(**{"Họ và tên": "Mẫu Sai Số", "Số CCCD": "0201234567"}),
            "Ngày sinh": commune_row(**{"Họ và tên": "Mẫu Tương Lai", "Ngày sinh": "12/05/2031"}),
            "Số TK": commune_row(**{"Họ và tên": "Mẫu Mất Số", "Số TK": "1.23457E+14", **ACCOUNT}),
            "Ngân hàng": commune_row(
                **{"Họ và tên": "Mẫu Lạ", "Số TK": "101867000005", **ACCOUNT, "Ngân hàng": "Sao Hỏa"}
            ),
            "Chủ tài khoản": commune_row(
                **{
                    "Họ và tên": "Mẫu Khác Tên",
                    "Số TK": "101867000006",
                    "Chủ tài khoản": "TRAN THI X",
                    **ACCOUNT,
                }
            ),
        }
        doc = run_rows(commune_row(**{"Họ và tên": "Mẫu Đúng"}), *bad.values())
        self.assertEqual(
            (doc.status, doc.rows_created, doc.rows_rejected), ("Completed with Errors", 1, len(bad))
        )
        self.assertEqual(frappe.get_all("Beneficiary", pluck="full_name"), ["Mẫu Đúng"])
        content = frappe.get_doc("File", {"file_url": doc.error_file}).get_content()
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        column = sheet.max_column
        self.assertFalse(sheet.cell(row=5, column=column).value)
        for number, row in enumerate(bad.values(), start=6):
            with self.subTest(row["Họ và tên"]):
                self.assertEqual(sheet.cell(row=number, column=2).value, row["Họ và tên"])
                self.assertTrue(sheet.cell(row=number, column=column).value)

    def test_the_returned_workbook_can_be_sent_again(self):
        doc = run_rows(
            commune_row(**{"Họ và tên": "Mẫu Đúng"}),
            commune_row(**{"Họ và tên": "Mẫu Sai", "Đối tượng": "?"}),
        )
        content = frappe.get_doc("File", {"file_url": doc.error_file}).get_content()
        again = make_import(content, file_name="gui lai.xlsx")
        counts = run_import(again.name)
        self.assertEqual((counts["rows_unchanged"], counts["rows_rejected"], counts["rows_total"]), (1, 1, 2))

    def test_a_person_twice_in_a_list_is_taken_once(self):
        row = commune_row(**{"Họ và tên": "Mẫu Lặp", "Số CCCD": "020080007777"})
        doc = run_rows(row, row)
        self.assertEqual((doc.rows_created, doc.rows_rejected), (1, 1))
        self.assertEqual(frappe.db.count("Entitlement"), 1)

    def test_a_number_of_somebody_else_is_refused(self):
        make_person("Lý Văn Chủ", personal_id="020080008888", administrative_unit=VINH_TRAI)
        doc = run_rows(commune_row(**{"Họ và tên": "Trần Thị Khác", "Số CCCD": "020080008888"}))
        self.assertEqual(doc.rows_rejected, 1)
        self.assertFalse(frappe.db.exists("Beneficiary", {"full_name": "Trần Thị Khác"}))

    def test_a_person_of_another_commune_needs_a_transfer(self):
        make_person("Lý Văn Xa", personal_id="020080006666", administrative_unit=MAI_PHA)
        doc = run_rows(commune_row(**{"Họ và tên": "Lý Văn Xa", "Số CCCD": "020080006666"}))
        self.assertEqual(doc.rows_rejected, 1)

    def test_a_year_only_namesake_is_not_doubled(self):
        run_rows(commune_row(**{"Họ và tên": "Lý Văn Già", "Ngày sinh": "1948", "Đối tượng": "BTXH-05A1"}))
        doc = run_rows(
            commune_row(**{"Họ và tên": "Lý Văn Già", "Ngày sinh": "15/07/1948", "Đối tượng": "BTXH-05A1"})
        )
        self.assertEqual(doc.rows_rejected, 1)
        self.assertEqual(frappe.db.count("Beneficiary"), 1)

    def test_lost_leading_zeros_and_old_d_are_repaired(self):
        doc = run_rows(commune_row(**{"Họ và tên": "Ðàm Văn Số", "Số CCCD": 20080005555}))
        self.assertEqual((doc.rows_created, doc.rows_repaired), (1, 1))
        self.assertEqual(person_of("Đàm Văn Số").personal_id, "020080005555")

    def test_age_must_suit_the_category(self):
        doc = run_rows(commune_row(**{"Họ và tên": "Mẫu Trẻ", "Đối tượng": "BTXH-05C"}))
        self.assertEqual(doc.rows_rejected, 1)

    def test_categories_are_read_by_title_too(self):
        title = frappe.db.get_value("Benefit Category", "BTXH-06B1", "title")
        run_rows(commune_row(**{"Họ và tên": "Mẫu Tên Diện", "Đối tượng": title.upper()}))
        self.assertEqual(
            frappe.db.get_value("Entitlement", {"full_name": "Mẫu Tên Diện"}, "category"), "BTXH-06B1"
        )

    def test_a_rule_of_a_document_rejects_its_row_alone(self):
        # The account number is registered for somebody else: the row alone goes back.
        rows = [commune_row(**{"Họ và tên": f"Mẫu Dòng {letter}"}) for letter in "ABC"]
        rows[1] |= {"Số TK": "101867000007", **ACCOUNT}
        owner = make_person("Lý Văn Sở Hữu")
        frappe.get_doc(
            {
                "doctype": "Payment Account",
                "provider": "CTG",
                "account_no": "101867000007",
                "account_name": "LY VAN SO HUU",
                "beneficiary": owner.name,
            }
        ).insert()
        doc = run_rows(*rows)
        self.assertEqual((doc.rows_created, doc.rows_rejected), (2, 1))
        self.assertFalse(frappe.db.exists("Beneficiary", {"full_name": "Mẫu Dòng B"}))

    def test_a_broken_workbook_leaves_nothing(self):
        good = commune_workbook([commune_row()])
        for name, content in {
            "cut off": good[: len(good) // 2],
            "not a workbook": b"\x00\x01\x02" * 100,
        }.items():
            with self.subTest(name):
                doc = make_import(content, file_name=f"{name}.xlsx")
                with self.assertRaises(WorkbookError):
                    run_import(doc.name)
                self.assertEqual(frappe.db.get_value("Registry Import", doc.name, "status"), "Draft")
        self.assertEqual(frappe.db.count("Beneficiary"), 0)

    def test_a_sheet_without_a_list_is_said(self):
        doc = make_import(write_workbook([Sheet("Bìa", [["Công văn"]])]), file_name="bia.xlsx")
        with self.assertRaises(WorkbookError):
            run_import(doc.name)

    def test_a_running_import_is_not_started_again(self):
        doc = make_import(commune_workbook([commune_row()]))
        doc.db_set("status", "Running")
        with self.assertRaises(ImportStateError):
            run_import(doc.name)
        with self.assertRaises(ImportStateError):
            start_import(frappe.as_json({"name": doc.name}))
        with self.assertRaises(ImportStateError):
            run_import(make_import(commune_workbook([commune_row()]), file_name="khac.xlsx").name)

    def test_a_run_that_died_does_not_block_the_commune(self):
        doc = make_import(commune_workbook([commune_row()]))
        doc.db_set("status", "Running")
        frappe.db.set_value(
            "Registry Import", doc.name, "modified", "2024-06-01 08:00:00", update_modified=False
        )
        self.assertEqual(run_import(doc.name)["rows_created"], 1)

    def test_the_action_queues_the_run_and_says_so(self):
        doc = make_import(commune_workbook([commune_row()]))
        with self.assertRaises(ImportStateError):
            start_import(frappe.as_json(doc.as_dict()))
        check_workbook(frappe.as_json(doc.as_dict()))
        self.assertEqual(frappe.db.count("Beneficiary"), 0)
        said = start_import(frappe.as_json(doc.as_dict()))
        self.assertIn("danh sach", said["message"])
        self.assertEqual(frappe.db.get_value("Registry Import", doc.name, "status"), "Running")

    def test_a_list_uploaded_in_public_becomes_private(self):
        content = commune_workbook([commune_row(**{"Họ và tên": "Lý Văn Kín"})])
        file = frappe.get_doc({"doctype": "File", "file_name": "cong khai.xlsx", "content": content}).insert()
        doc = make_import(commune_workbook([commune_row()]), file=file.file_url)
        self.assertTrue(doc.file.startswith("/private/"))
        self.assertEqual(run_import(doc.name)["rows_created"], 1)
        self.assertTrue(frappe.db.exists("Beneficiary", {"full_name": "Lý Văn Kín"}))

    def test_a_commune_sends_but_does_not_run(self):
        clerk = make_user("xa@test.example", "Commune Officer", units=[VINH_TRAI])
        content = commune_workbook([commune_row()])
        with as_user(clerk):
            doc = make_import(content, office="TEST-LS")
            with self.assertRaises(frappe.PermissionError):
                run_import(doc.name)
        self.assertEqual(frappe.db.count("Beneficiary"), 0)


class TestWorkbooks(FrappeTestCase):
    def test_text_is_never_a_formula(self):
        content = write_workbook(
            [Sheet("A", [["=1+1", "+84", 1250000, "020080001234"]], headers=("a", "b", "c", "d"))]
        )
        cells = [cell for cell in openpyxl.load_workbook(io.BytesIO(content)).active[2]]
        self.assertEqual([cell.data_type for cell in cells], ["s", "s", "n", "s"])
        self.assertEqual(cells[3].value, "020080001234")

    def test_far_corners_and_bombs_are_refused_before_unpacking(self):
        far = io.BytesIO()
        book = openpyxl.Workbook()
        book.active["A1"], book.active["XFD1048576"] = 1, 2
        book.save(far)
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("xl/workbook.xml", b"0" * (201 * 1024 * 1024))
        for name, content in {"far": far.getvalue(), "bomb": bomb.getvalue()}.items():
            with self.subTest(name), self.assertRaises(WorkbookError):
                read_workbook(content, name)

    def test_ten_million_cells_and_macros_are_refused(self):
        cells, macros = io.BytesIO(), io.BytesIO()
        with zipfile.ZipFile(cells, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("xl/workbook.xml", "<workbook/>")
            package.writestr("xl/worksheets/sheet1.xml", b"<row>" + b"<c><v>1</v></c>" * 10_000_000)
        with zipfile.ZipFile(macros, "w") as package:
            package.writestr("xl/workbook.xml", "<workbook/>")
            package.writestr("xl/vbaProject.bin", b"")
        old = b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "_VBA_PROJECT".encode("utf-16-le")
        for name, content in {"cells": cells.getvalue(), "macros": macros.getvalue(), "old": old}.items():
            with self.subTest(name), self.assertRaises(WorkbookError):
                read_workbook(content, name)

    def test_a_protected_workbook_is_named_so(self):
        content = b"\xd0\xcf\x11\xe0" + b"\x00" * 600 + "EncryptedPackage".encode("utf-16-le")
        with self.assertRaises(WorkbookError):
            read_workbook(content, "khoa.xlsx")

    def test_csv_is_read_with_its_own_separator(self):
        [(_, grid)] = read_workbook("Họ tên;Số\nLý Văn A;1\n".encode(), "a.csv")
        self.assertEqual(grid, [["Họ tên", "Số"], ["Lý Văn A", "1"]])


class TestBackgroundRun(FrappeTestCase):
    def test_a_failed_run_says_so_on_the_document(self):
        doc = make_import(b"no workbook at all \x00", file_name="hong.xlsx")
        doc.db_set("status", "Running")
        frappe.db.commit()
        self.addCleanup(self.remove, doc.name, doc.office)
        run_in_background(doc.name)
        doc.reload()
        self.assertEqual(doc.status, "Failed")
        self.assertIn("hong.xlsx", doc.error_message)

    @staticmethod
    def remove(name: str, office: str):
        frappe.delete_doc("Registry Import", name, force=True)
        frappe.db.delete("Report Schedule", {"office": office})
        frappe.delete_doc("Paying Office", office, force=True)
        frappe.db.commit()
