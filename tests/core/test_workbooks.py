"""Reading and giving back strangers' workbooks: encodings, separators, layouts kept, what is refused."""

import io
import random
import re
import zipfile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.styles import Font

from ansinh_app.tests.torture import to_font
from ansinh_app.utils.annotated import Remarks, UnusualPackageError, annotate
from ansinh_app.utils.text_tables import UnknownEncodingError, decode, read_table
from ansinh_app.utils.workbooks import annotate_workbook, open_workbook, read_workbook

TEXT = "STT;Họ và tên;Ngày sinh\r\n1;Nguyễn Thị Hường;15/07/1948\r\n2;Đỗ Văn Quyết, con;1950\r\n"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (TEXT.encode(), "UTF-8"),
        (TEXT.encode("utf-8-sig"), "UTF-8"),
        (TEXT.encode("utf-16"), "UTF-16"),
        (TEXT.encode("utf-16-be"), "UTF-16"),
        (to_font(TEXT, "TCVN3").encode("latin-1"), "TCVN3"),
        (to_font(TEXT, "VNI").encode("cp1252"), "VNI"),
    ],
)
def test_text_is_read_in_the_encoding_its_words_speak_for(content, name):
    rows, read_as = read_table(content)
    assert rows[1:] == [["1", "Nguyễn Thị Hường", "15/07/1948"], ["2", "Đỗ Văn Quyết, con", "1950"]]
    assert read_as == f"{name}, ;"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_by_which_lines_agree(separator):
    text = "\n".join(
        separator.join(row) for row in [["Họ tên", "Ngày"], ["Lý A", "1/2/1950"], ["Lý B", "1951"]]
    )
    assert read_table(text.encode())[0][2] == ["Lý B", "1951"]


def test_an_encoding_nobody_can_tell_is_refused():
    noise = bytes(random.Random(1).choices(range(128, 256), k=400))
    with pytest.raises(UnknownEncodingError):
        decode(noise)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content):
    try:
        rows, read_as = read_table(content)
    except UnknownEncodingError:
        return
    assert read_as and all(isinstance(cell, str) for row in rows for cell in row)


def book_with_habits() -> bytes:
    """Bold title, a formula, a styled empty column beyond, a width, a second sheet."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = "DS & chi trả"
    page.append(["Họ tên", "Mức", "Tổng"])
    page.append(["Lý Văn A", 540000, "=B2*2"])
    page.append(["Lý Văn B", 750000, "=B3*2"])
    page["A1"].font = Font(bold=True, color="FF0000FF")
    page["F3"].font = Font(italic=True)
    page.column_dimensions["A"].width = 33
    book.create_sheet("Khác")["A1"] = "để yên"
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_workbook_comes_back_as_it_was_with_a_column_more():
    content = book_with_habits()
    grids = open_workbook(content).sheets
    said = {"DS & chi trả": {3: "Sai <số> & thiếu\x07 ngày"}}
    back = openpyxl.load_workbook(
        io.BytesIO(annotate_workbook(content, grids, said, "Kết quả", {"DS & chi trả": 1}))
    )
    page = back["DS & chi trả"]
    assert [page["D1"].value, page["D2"].value, page["D3"].value] == [
        "Kết quả",
        None,
        "Sai <số> & thiếu ngày",
    ]
    assert (page["A1"].font.b, page["A1"].font.color.rgb) == (True, "FF0000FF")
    assert page["C3"].value == "=B3*2" and page["F3"].font.i and page.column_dimensions["A"].width == 33
    assert page["D1"].font.b and page["D3"].fill.start_color.rgb == "FFFFC7CE"
    assert back["Khác"]["A1"].value == "để yên"


def test_every_other_part_of_the_package_stays_to_the_byte():
    content = book_with_habits()
    back = annotate(content, {"Khác": Remarks(2, "Kết quả", 1, {})}, "Nhận xét", [["a", 1]])
    with zipfile.ZipFile(io.BytesIO(content)) as one, zipfile.ZipFile(io.BytesIO(back)) as two:
        same = [name for name in one.namelist() if one.read(name) == two.read(name)]
    assert "xl/worksheets/sheet1.xml" in same and "xl/theme/theme1.xml" in same
    assert [name for name, _rows in read_workbook(back)] == ["DS & chi trả", "Khác", "Nhận xét"]


def test_a_package_written_in_an_unusual_way_comes_back_as_plain_cells():
    content, target = book_with_habits(), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(target, "w") as out:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/workbook.xml":
                part = re.sub(rb"<(/?)(?=\w)", rb"<\1x:", part).replace(b"xmlns=", b"xmlns:x=")
            out.writestr(name, part)
    with pytest.raises(UnusualPackageError):
        annotate(target.getvalue(), {"Khác": Remarks(2, "Kết quả", 1, {})}, "Nhận xét", [])
    grids = open_workbook(content).sheets
    back = annotate_workbook(target.getvalue(), grids, {"Khác": {1: "sai"}}, "Kết quả", {"Khác": 9})
    assert dict(read_workbook(back))["Khác"] == [["để yên", "sai"]]


def test_cells_merged_over_rows_count_for_each_of_them():
    book = openpyxl.Workbook()
    for row in (["Thôn", "Tên"], ["Thôn 1", "A"], [None, "B"], [None, "C"]):
        book.active.append(row)
    book.active.merge_cells("A2:A3")
    target = io.BytesIO()
    book.save(target)
    [(_name, rows)] = read_workbook(target.getvalue())
    assert [row[0] for row in rows] == ["Thôn", "Thôn 1", "Thôn 1", ""]
