"""Registry Import step by step: check, correct, decide, confirm, undo; what a list says in its own way."""

import io
from datetime import date

import frappe
import openpyxl
from frappe.tests.utils import FrappeTestCase
from frappe.utils import getdate

from ansinh_app.exceptions import ImportStateError, WorkbookError
from ansinh_app.registry.doctype.registry_import.registry_import import check_import, run_import, undo_import
from ansinh_app.registry.imports.columns import MEANINGS
from ansinh_app.tests.factories import (
    MAI_PHA,
    NEW_DONG_KINH,
    VINH_TRAI,
    as_user,
    commune_row,
    commune_workbook,
    make_change,
    make_import,
    make_office,
    make_person,
    make_user,
)
from ansinh_app.tests.torture import clerks, write
from ansinh_app.utils.workbooks import Sheet, write_workbook

TABLES = ("Beneficiary", "Entitlement", "Payment Account", "Representative", "Beneficiary Representative")
ACCOUNT = {"Hình thức nhận": "Tài khoản", "Ngân hàng": "Sacombank", "Lý do nhận tiền mặt": None}


def rows_of(doc, **filters):
    return frappe.get_all(
        "Registry Import Row",
        filters={"registry_import": doc.name, **filters},
        fields=["name", "row_no", "verdict", "full_name", "reasons", "repairs", "doubts", "candidates"],
        order_by="name",
    )


def counted() -> dict[str, int]:
    return {doctype: frappe.db.count(doctype) for doctype in TABLES}


def undo(doc) -> dict:
    return undo_import(frappe.as_json({"name": doc.name}))


class Steps(FrappeTestCase):
    def setUp(self):
        for doctype in (
            *TABLES,
            "Registry Change",
            "Registry Import",
            "Registry Import Row",
            "Registry Import Layout",
        ):
            frappe.db.delete(doctype)

    def send(self, *rows: dict, headers=None, **values):
        content = commune_workbook(list(rows), **({"headers": headers} if headers else {}))
        return make_import(content, **values)


class TestCheck(Steps):
    def test_a_check_tells_everything_and_writes_nothing(self):
        doc = self.send(
            commune_row(**{"Họ và tên": "LÝ VĂN MỚI", "Số CCCD": 20080001111}),
            commune_row(**{"Họ và tên": "Lý Văn Sai", "Đối tượng": "BTXH-99"}),
        )
        before = counted()
        counts = check_import(doc.name)
        self.assertEqual(counted(), before)
        self.assertEqual(
            (counts["rows_created"], counts["rows_rejected"], counts["status"]), (1, 1, "Checked")
        )
        doc.reload()
        new, bad = rows_of(doc, verdict=["!=", "Left Out"])
        self.assertEqual((new.verdict, bad.verdict), ("New", "Returned"))
        self.assertIn("020080001111", new.repairs)
        self.assertIn("BTXH-99", bad.reasons)
        self.assertEqual(
            [row.meaning for row in doc.columns][:3], ["Running Number", "Full Name", "Date of Birth"]
        )
        self.assertEqual(doc.sheets[0].people, 2)
        self.assertTrue({"Left Out"} <= {row.verdict for row in rows_of(doc)})

    def test_a_checked_import_gives_what_was_told(self):
        doc = self.send(
            commune_row(**{"Họ và tên": "Lý Văn Một"}), commune_row(**{"Họ và tên": "Lý Văn Hai"})
        )
        told = check_import(doc.name)
        done = run_import(doc.name)
        kept = ("rows_total", "rows_created", "rows_updated", "rows_unchanged", "rows_rejected")
        self.assertEqual({key: told[key] for key in kept}, {key: done[key] for key in kept})

    def test_every_meaning_of_the_grid_is_known_and_the_other_way_round(self):
        options = frappe.get_meta("Registry Import Column").get_field("meaning").options.split("\n")
        self.assertEqual(options, ["", *MEANINGS])

    def test_a_new_file_or_month_asks_for_a_new_check(self):
        doc = self.send(commune_row())
        check_import(doc.name)
        doc.reload()
        doc.effective_month = "2024-07-01"
        doc.save()
        self.assertEqual(doc.status, "Draft")

    def test_sheets_without_a_list_are_skipped_and_said_so(self):
        book = openpyxl.load_workbook(io.BytesIO(commune_workbook([commune_row()])))
        book.create_sheet("Bìa")["A1"] = "CÔNG VĂN"
        book.create_sheet("Trống")
        target = io.BytesIO()
        book.save(target)
        doc = make_import(target.getvalue())
        check_import(doc.name)
        doc.reload()
        self.assertEqual([row.sheet for row in doc.sheets], ["Danh sách", "Bìa", "Trống"])
        self.assertTrue(all(row.result for row in doc.sheets))

    def test_a_commune_may_check_its_own_list(self):
        clerk = make_user("xakiem@test.example", "Commune Officer", units=[VINH_TRAI])
        content, office = commune_workbook([commune_row(**{"Họ và tên": "Lý Văn Xã"})]), make_office()
        with as_user(clerk):
            doc = make_import(content, office=office)
            self.assertEqual(check_import(doc.name)["rows_created"], 1)
            self.assertEqual(len(frappe.get_list("Registry Import Row", filters={"verdict": "New"})), 1)
        other = make_user("xakhac@test.example", "Commune Officer", units=[MAI_PHA])
        with as_user(other):
            self.assertEqual(frappe.get_list("Registry Import Row"), [])


class TestColumns(Steps):
    HEADERS = ("Mã", "Họ và tên", "Cột lạ", "Giới tính", "Đối tượng", "Số QĐ", "Ngày QĐ", "Hình thức nhận")

    def row(self, name: str) -> dict:
        return commune_row(**{"Họ và tên": name, "Cột lạ": "10/03/1980"})

    def test_a_column_is_corrected_and_remembered_for_the_next_list(self):
        doc = self.send(self.row("Lý Văn Cột"), headers=self.HEADERS)
        self.assertEqual(check_import(doc.name)["rows_rejected"], 1)
        doc.reload()
        strange = next(row for row in doc.columns if row.header == "Cột lạ")
        self.assertEqual((strange.place, strange.sample, strange.meaning), ("C", "10/03/1980", ""))
        strange.meaning = "Date of Birth"
        doc.save()
        self.assertEqual(check_import(doc.name)["rows_created"], 1)
        run_import(doc.name)
        born = frappe.db.get_value("Beneficiary", {"full_name": "Lý Văn Cột"}, "date_of_birth")
        self.assertEqual(getdate(born), date(1980, 3, 10))
        again = self.send(self.row("Lý Văn Sau"), headers=self.HEADERS, file_name="thang sau.xlsx")
        self.assertEqual(check_import(again.name)["rows_created"], 1)
        again.reload()
        self.assertEqual({row.confidence for row in again.columns if row.meaning}, {"Remembered"})

    def test_another_commune_has_another_memory(self):
        doc = self.send(self.row("Lý Văn Cột"), headers=self.HEADERS)
        check_import(doc.name)
        doc.reload()
        next(row for row in doc.columns if row.header == "Cột lạ").meaning = "Date of Birth"
        doc.save()
        run_import(doc.name)
        other = self.send(self.row("Lý Văn Xa"), headers=self.HEADERS, unit=MAI_PHA)
        self.assertEqual(check_import(other.name)["rows_rejected"], 1)

    def test_one_meaning_for_two_columns_is_refused(self):
        doc = self.send(self.row("Lý Văn Đôi"), headers=self.HEADERS)
        check_import(doc.name)
        doc.reload()
        for row in doc.columns[:2]:
            row.meaning = "Full Name"
        doc.save()
        with self.assertRaises(WorkbookError):
            check_import(doc.name)


class TestDecide(Steps):
    def twins(self):
        born = {"date_of_birth": "1948-01-01", "dob_precision": "Year", "administrative_unit": VINH_TRAI}
        return [make_person("Lý Văn Trùng", **born) for _index in range(2)]

    def row(self):
        return commune_row(**{"Họ và tên": "Lý Văn Trùng", "Ngày sinh": "1948", "Đối tượng": "BTXH-05A1"})

    def decide(self, doc, choice: str, candidate=None):
        (row,) = rows_of(doc, verdict="To Decide")
        frappe.get_doc("Registry Import Row", row.name).update(
            {"choice": choice, "candidate": candidate}
        ).save()

    def test_who_may_be_several_people_is_asked(self):
        one, two = self.twins()
        doc = self.send(self.row())
        counts = check_import(doc.name)
        self.assertEqual((counts["rows_undecided"], counts["rows_created"]), (1, 0))
        (row,) = rows_of(doc, verdict="To Decide")
        self.assertEqual({line.split(":")[0] for line in row.candidates.split("\n")}, {one.name, two.name})
        self.decide(doc, "Same Person", two.name)
        self.assertEqual(run_import(doc.name)["rows_created"], 1)
        self.assertEqual(frappe.get_all("Entitlement", pluck="beneficiary"), [two.name])

    def test_somebody_else_of_the_same_name_may_be_meant(self):
        self.twins()
        doc = self.send(self.row())
        check_import(doc.name)
        self.decide(doc, "Another Person")
        run_import(doc.name)
        self.assertEqual(frappe.db.count("Beneficiary", {"full_name": "Lý Văn Trùng"}), 3)

    def test_a_row_may_be_left_out(self):
        self.twins()
        doc = self.send(self.row())
        check_import(doc.name)
        self.decide(doc, "Leave Out")
        self.assertEqual(run_import(doc.name)["rows_created"], 0)

    def test_nothing_but_the_decision_of_a_row_can_be_changed(self):
        doc = self.send(self.row())
        check_import(doc.name)
        row = frappe.get_doc("Registry Import Row", rows_of(doc, verdict="New")[0].name)
        row.full_name, row.verdict = "Ai Khác", "Changed"
        row.save()
        row.reload()
        self.assertEqual((row.full_name, row.verdict), ("Lý Văn Trùng", "New"))
        stranger = make_person("Trần Thị Khác")
        row.update({"choice": "Same Person", "candidate": stranger.name})
        self.assertRaises(ImportStateError, row.save)

    def test_an_old_card_tells_people_apart(self):
        one, two = self.twins()
        two.db_set("old_id", "080123456")
        doc = self.send({**self.row(), "Số CCCD": "080123456"})
        run_import(doc.name)
        self.assertEqual(frappe.get_all("Entitlement", pluck="beneficiary"), [two.name])


class TestUndo(Steps):
    def test_an_import_is_undone_while_nothing_depends_on_it(self):
        old = make_person("Lý Văn Cũ", phone="0912345678", payment_method="Cash")
        before = counted()
        guardian = {
            "Người giám hộ": "Lý Thị Bà",
            "Chủ tài khoản": "LY THI BA",
            "Số TK": "060100000077",
            **ACCOUNT,
        }
        doc = self.send(
            commune_row(**{"Họ và tên": "Lý Văn Cũ", "Số TK": "060100000078", **ACCOUNT}),
            commune_row(
                **{"Họ và tên": "Lý Văn Bé", "Ngày sinh": "01/02/2015", "Đối tượng": "BTXH-01B", **guardian}
            ),
        )
        run_import(doc.name)
        self.assertNotEqual(counted(), before)
        doc.reload()
        undo(doc)
        self.assertEqual(counted(), before)
        old.reload()
        self.assertEqual((old.payment_method, old.payment_account), ("Cash", None))
        self.assertEqual(frappe.db.get_value("Registry Import", doc.name, "status"), "Undone")
        self.assertEqual({row.verdict for row in rows_of(doc, full_name=["like", "Lý%"])}, {"Undone"})

    def test_what_was_undone_can_be_imported_again(self):
        doc = self.send(commune_row(**{"Họ và tên": "Lý Văn Lại"}))
        run_import(doc.name)
        doc.reload()
        undo(doc)
        self.assertEqual(run_import(doc.name)["rows_created"], 1)

    def test_an_import_on_which_something_depends_stays(self):
        doc = self.send(commune_row(**{"Họ và tên": "Lý Văn Dùng"}))
        run_import(doc.name)
        doc.reload()
        make_change(
            frappe.get_doc("Beneficiary", {"full_name": "Lý Văn Dùng"}), "Death", occurred_on="2024-06-01"
        )
        before = counted()
        self.assertRaises(ImportStateError, undo, doc)
        self.assertEqual(counted(), before)

    def test_what_somebody_changed_since_is_not_undone(self):
        doc = self.send(commune_row(**{"Họ và tên": "Lý Văn Sửa"}))
        run_import(doc.name)
        doc.reload()
        person = frappe.get_doc("Beneficiary", {"full_name": "Lý Văn Sửa"})
        frappe.db.set_value("Beneficiary", person.name, {"phone": "0912345679"})
        self.assertRaises(ImportStateError, undo, doc)

    def test_an_import_with_people_cannot_be_deleted(self):
        doc = self.send(commune_row(**{"Họ và tên": "Lý Văn Giữ"}))
        run_import(doc.name)
        self.assertRaises(ImportStateError, frappe.delete_doc, "Registry Import", doc.name)


class TestUglyWorkbooks(Steps):
    def test_ugly_workbooks_come_in_without_a_human(self):
        # tests/core/test_torture.py reads all of them; these go the whole way.
        cases = {
            habits.name: write(habits, seed)
            for seed, habits in enumerate(clerks(), start=1)
            if _chosen(habits)
        }
        self.assertEqual(len(cases), 7)
        for name, case in cases.items():
            with self.subTest(name):
                doc = make_import(case.content, file_name=case.file_name)
                counts = check_import(doc.name)
                good = sum(refused is None for refused in case.refused)
                self.assertEqual(
                    (counts["rows_created"], counts["rows_rejected"]), (good, len(case.refused) - good)
                )
                returned = rows_of(doc, verdict="Returned")
                self.assertTrue(all(row.reasons for row in returned))


def _chosen(habits) -> bool:
    return habits.name[:2] in ("04", "06", "07", "14", "19", "40", "49")


class TestSaidInTheirOwnWay(Steps):
    def person(self, name: str):
        return frappe.get_doc("Beneficiary", {"full_name": name})

    def test_categories_in_a_communes_words(self):
        doc = self.send(
            commune_row(**{"Họ và tên": "Lý Văn Nặng", "Đối tượng": "NKT nặng"}),
            commune_row(**{"Họ và tên": "Lý Văn Đặc", "Đối tượng": "Khuyết tật đặc biệt nặng"}),
        )
        self.assertEqual(run_import(doc.name)["rows_created"], 2)
        categories = frappe.get_all("Entitlement", pluck="category", order_by="category")
        self.assertEqual(categories, ["BTXH-06A1", "BTXH-06B1"])

    def test_who_is_said_to_be_dead_is_not_registered(self):
        doc = self.send(commune_row(**{"Họ và tên": "Lý Văn Mất (chết 5/2024)"}))
        self.assertEqual(run_import(doc.name)["rows_rejected"], 1)
        self.assertEqual(frappe.db.count("Beneficiary"), 0)

    def test_a_child_has_a_birth_certificate(self):
        doc = self.send(
            commune_row(
                **{
                    "Họ và tên": "Lý Văn Bé",
                    "Ngày sinh": "01/02/2019",
                    "Đối tượng": "BTXH-06B2",
                    "Số CCCD": "GKS số 45/2019",
                }
            )
        )
        self.assertEqual(run_import(doc.name)["rows_created"], 1)
        person = self.person("Lý Văn Bé")
        self.assertEqual((person.birth_certificate_no, person.personal_id), ("45/2019", None))

    def test_a_commune_is_known_by_its_old_name(self):
        headers = (
            "STT",
            "Họ và tên",
            "Ngày sinh",
            "Xã/Phường",
            "Đối tượng",
            "Số QĐ",
            "Ngày QĐ",
            "Hình thức nhận",
        )
        rows = [
            commune_row(**{"Họ và tên": "Lý Văn Cũ", "Xã/Phường": "P. Vĩnh Trại"}),
            commune_row(**{"Họ và tên": "Lý Văn Khác", "Xã/Phường": "Xã Quảng Lạc"}),
        ]
        doc = self.send(*rows, headers=headers, unit=NEW_DONG_KINH, effective_month="2025-07-01")
        counts = run_import(doc.name)
        self.assertEqual((counts["rows_created"], counts["rows_rejected"]), (1, 1))
        self.assertEqual(self.person("Lý Văn Cũ").administrative_unit, NEW_DONG_KINH)

    def test_a_list_without_decisions_stands_on_its_own(self):
        headers = ["STT", "Họ và tên", "Ngày sinh", "Đối tượng", "Ghi chú"]
        grid = [["(Kèm theo Quyết định số 45/QĐ-UBND ngày 10/4/2024)"], [], headers]
        grid.append([1, "Lý Văn Chung", "10/03/1980", "BTXH-06B1", ""])
        doc = make_import(write_workbook([Sheet("DS", grid)]))
        self.assertEqual(run_import(doc.name)["rows_created"], 1)
        fields = ["decision_no", "decision_date", "effective_from", "note"]
        decided = frappe.get_all("Entitlement", fields=fields)[0]
        # What stands in for the row's own date is marked, in the preview and on the entitlement.
        [row] = rows_of(doc, verdict="New")
        assumed = frappe.db.get_value("Registry Import Row", row.name, "assumed")
        self.assertIn("10/04/2024", assumed)
        self.assertEqual(decided.note, assumed)
        self.assertEqual(
            (decided.decision_no, getdate(decided.decision_date)), ("45/QĐ-UBND", date(2024, 4, 10))
        )

    def test_a_date_of_the_rows_own_is_not_marked_as_assumed(self):
        doc = self.send(commune_row(**{"Họ và tên": "Lý Văn Rõ"}))
        run_import(doc.name)
        self.assertEqual(frappe.get_all("Entitlement", pluck="note"), [None])
        self.assertFalse(
            frappe.db.get_value("Registry Import Row", rows_of(doc, verdict="New")[0].name, "assumed")
        )

    def test_a_web_page_named_xls_is_read_and_comes_back_as_a_workbook(self):
        rows = [
            ["Họ và tên", "Ngày sinh", "Đối tượng", "Ngày QĐ"],
            ["Lý Thị Web", "1980", "NKT nặng", "15/4/2024"],
        ]
        rows.append(["Lý Văn Sai", "1980", "không rõ", "15/4/2024"])
        cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        doc = make_import(f"<table>{cells}</table>".encode(), file_name="danh sach.xls")
        counts = run_import(doc.name)
        self.assertEqual((counts["rows_created"], counts["rows_rejected"]), (1, 1))
        content = frappe.get_doc("File", {"file_url": counts["error_file"]}).get_content()
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        self.assertEqual((sheet["A3"].value, bool(sheet["E3"].value)), ("Lý Văn Sai", True))

    def test_who_receives_for_somebody_may_stand_in_the_note(self):
        headers = ["Họ và tên", "Ngày sinh", "Đối tượng", "Ngày QĐ", "Số TK", "Ngân hàng", "Ghi chú"]
        row = ["Lý Thị Già", "1980", "NKT nặng", "15/4/2024", "060100000099", "NN và PTNT"]
        grid = [headers, [*row, "TK của con: Lý Văn Nhận"]]
        doc = make_import(write_workbook([Sheet("DS", grid)]))
        self.assertEqual(run_import(doc.name)["rows_created"], 1)
        self.assertEqual(frappe.get_all("Representative", pluck="full_name"), ["Lý Văn Nhận"])
        account = frappe.get_all("Payment Account", fields=["provider", "representative", "beneficiary"])[0]
        self.assertEqual(
            (account.provider, bool(account.representative), account.beneficiary), ("AGRIBANK", True, None)
        )

    def test_without_any_date_a_row_goes_back(self):
        doc = make_import(
            write_workbook(
                [Sheet("DS", [["Họ và tên", "Ngày sinh", "Đối tượng"], ["Lý Văn A", "1980", "BTXH-06B1"]])]
            )
        )
        self.assertEqual(run_import(doc.name)["rows_rejected"], 1)

    def test_csv_of_an_old_encoding_is_read_and_comes_back_as_a_workbook(self):
        text = "STT;Họ và tên;Ngày sinh;Đối tượng;Ngày QĐ\r\n1;Lý Thị Hường;1980;NKT nặng;15/4/2024\r\n2;Lý Đức;x;?;y\r\n"
        doc = make_import(text.encode("utf-16"), file_name="danh sach.csv")
        counts = run_import(doc.name)
        self.assertEqual((counts["rows_created"], counts["rows_rejected"]), (1, 1))
        content = frappe.get_doc("File", {"file_url": counts["error_file"]}).get_content()
        sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
        self.assertEqual(sheet["B2"].value, "Lý Thị Hường")
        self.assertTrue(sheet["F3"].value)
