"""Importing a commune's workbook, beside bare readings of the same file."""

import os
import random
import tempfile
from datetime import date
from pathlib import Path

import openpyxl
import python_calamine
import xlsxwriter

from benchmarks.clock import measure, peak_memory

OFFICE, UNIT = "PERF-IMPORT", "05977-20210701"
HEADERS = (
    "STT,Họ và tên,Ngày sinh,Giới tính,Số CCCD,Thôn,Đối tượng,Số QĐ,Ngày QĐ,Hưởng từ tháng,Hình thức nhận,Số TK,"
    "Ngân hàng,Lý do nhận tiền mặt,Mức hưởng,SĐT,Dân tộc,Ghi chú"
).split(",")


def run(people: int = 3000) -> list[str]:
    """Lines of the report: bare readings, the check, the run, the same file again."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["BENCHLESS_SITES"] = folder
        path = Path(folder) / "danh sach.xlsx"
        write_list(path, people)
        bare = measure(lambda: _by_openpyxl(path))
        fast = measure(lambda: _by_calamine(path))
        frappe, name = _site(path)
        from ansinh_app.registry.doctype.registry_import.registry_import import check_import, run_import

        before = peak_memory()
        checked = measure(lambda: check_import(name))
        frappe.db.commit()
        made = measure(lambda: run_import(name))
        frappe.db.commit()
        again = measure(lambda: run_import(name))
        frappe.db.commit()
        assert bare.result == fast.result == people + 4
        assert checked.result["rows_created"] == made.result["rows_created"] == people
        assert again.result["rows_unchanged"] == people
        frappe.destroy()
    thousand = 1000 / people
    return [
        f"import: {people:,} rows of {len(HEADERS)} columns, checked and written (seconds per 1,000 rows)",
        f"  {bare.seconds * thousand:8.3f}   bare reading by openpyxl",
        f"  {fast.seconds * thousand:8.3f}   bare reading by calamine, which the import reads with",
        f"  {checked.seconds * thousand:8.3f}   check: what would become of each row, and the workbook back",
        f"  {made.seconds * thousand:8.3f}   run: the same and written",
        f"  {again.seconds * thousand:8.3f}   the same file again, nothing changed",
        f"  ratio of the run {made.seconds / bare.seconds:.1f} to openpyxl, {made.seconds / fast.seconds:.0f} to calamine",
        f"  memory: peak of the process {peak_memory():,.0f} MiB ({before:,.0f} before)",
    ]


def write_list(path: Path, people: int) -> None:
    """A commune's list of made-up people, half of them with an account."""
    chance = random.Random(20261122)
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        page = book.add_worksheet("Danh sách")
        page.write_string(0, 0, "ỦY BAN NHÂN DÂN PHƯỜNG MẪU")
        page.write_string(1, 0, "DANH SÁCH ĐỐI TƯỢNG HƯỞNG TRỢ CẤP HẰNG THÁNG")
        for column, header in enumerate(HEADERS):
            page.write_string(3, column, header)
        for index in range(people):
            for column, value in enumerate(_row(chance, index)):
                if value != "":
                    page.write(index + 4, column, value)


def _row(chance: random.Random, index: int) -> list:
    born = date(chance.randint(1966, 2004), chance.randint(1, 12), chance.randint(1, 28))
    female, by_bank = chance.random() < 0.5, index % 2 == 0
    given = " ".join(
        chance.choices("An Bình Chi Dũng Giang Hà Khánh Lan Mai Nam Oanh Phúc Quân Sơn".split(), k=2)
    )
    century = (2 if born.year >= 2000 else 0) + female
    return [
        index + 1,
        f"{chance.choice('Nguyễn Trần Lê Phạm Nông Triệu Vi'.split())} {'Thị' if female else 'Văn'} {given}",
        f"{born:%d/%m/%Y}",
        "Nữ" if female else "Nam",
        f"020{century}{born.year % 100:02d}{index:06d}",
        f"Thôn {index % 30 + 1}",
        "BTXH-06B1",
        "10/QĐ-UBND",
        "15/04/2024",
        "05/2024",
        "Tài khoản" if by_bank else "Tiền mặt",
        f"0601{index:08d}" if by_bank else "",
        "Sacombank" if by_bank else "",
        "" if by_bank else "Chưa có tài khoản",
        540000,
        f"09{index:08d}",
        "Tày",
        "",
    ]


def _by_openpyxl(path: Path) -> int:
    book = openpyxl.load_workbook(path, read_only=True)
    rows = sum(1 for _row in book.active.iter_rows(values_only=True))
    book.close()
    return rows


def _by_calamine(path: Path) -> int:
    sheet = python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0)
    return len(sheet.to_python(skip_empty_area=False))


def _site(path: Path):
    import benchless

    benchless.activate()
    import frappe

    from benchless import installer

    installer.new_site("imports.local", "admin")
    installer.install_app("ansinh_app")
    frappe.init("imports.local")
    frappe.connect()
    office = {"doctype": "Paying Office", "office_code": OFFICE, "office_name": "Phòng đo"}
    frappe.get_doc({**office, "administrative_unit": UNIT}).insert()
    file = {"doctype": "File", "file_name": path.name, "is_private": 1, "content": path.read_bytes()}
    doc = frappe.get_doc(
        {
            "doctype": "Registry Import",
            "file": frappe.get_doc(file).insert().file_url,
            "administrative_unit": UNIT,
            "office": OFFICE,
            "effective_month": "2024-06-01",
        }
    ).insert()
    frappe.db.commit()
    return frappe, doc.name
