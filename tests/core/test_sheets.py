"""Strangers' sheets: title blocks, two-row headers, villages, sums, signatures, what Excel did to cells."""

import unicodedata
from datetime import date, datetime

import pytest

from ansinh_app.core.cells import parse_date, parse_month, parse_payee
from ansinh_app.core.errors import BadTable
from ansinh_app.core.headers import field_of, map_columns
from ansinh_app.core.months import Month
from ansinh_app.core.sheets import find_table, read_records

PROVINCES = {"020", "001"}
HEADER = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Số CCCD", "Số tài khoản"]


def read(*rows, header=HEADER):
    return read_records([header, *rows], "Sheet1", PROVINCES)


def one(*cells, header=HEADER):
    (record,) = read(list(cells), header=header)
    return record


def notes(items):
    return [(note.field, note.code) for note in items]


COMMUNE = [
    ["UBND PHƯỜNG VĨNH TRẠI", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"],
    [],
    ["DANH SÁCH ĐỐI TƯỢNG HƯỞNG TRỢ CẤP HÀNG THÁNG"],
    ["(Kèm theo Công văn số 12/UBND ngày 05 tháng 5 năm 2024)"],
    [
        "STT",
        "Họ và tên",
        "Năm sinh",
        None,
        "Số CCCD",
        "Đối tượng",
        "Quyết định",
        None,
        "Mức hưởng",
        "Tài khoản",
        None,
        None,
    ],
    [None, None, "Nam", "Nữ", None, None, "Số", "Ngày", None, "Số TK", "Ngân hàng", "Tên chủ TK"],
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)", "(9)", "(10)", "(11)", "(12)"],
    ["I", "Khối 1"],
    [
        1.0,
        "Lý Văn Mẫu",
        1950.0,
        None,
        20050001234.0,
        "BTXH-06B3",
        "12/QĐ",
        "15/4/2024",
        "750.000",
        "060123456789",
        "Sacombank",
        "LY VAN MAU",
    ],
    [
        2.0,
        "Tống Thị Mẫu",
        None,
        "15/07/1948",
        "020148001234",
        "BTXH-06A3",
        "13/QĐ",
        45397,
        1250000.0,
        None,
        None,
        None,
    ],
    [None, "Cộng khối 1", None, None, None, None, None, None, 2000000.0],
    ["II", "Thôn Nà Sèn", None, None, None, None, None, None, 540000],
    ["STT", "Họ và tên", "Năm sinh", None, "Số CCCD"],
    [3, "Bàn Văn Mẫu", "1990", None, "020090001234", "BTXH-06B1"],
    ["Tổng cộng: 3 người", None, None, None, None, None, None, None, 2540000],
    ["Bằng chữ: Hai triệu năm trăm bốn mươi nghìn đồng"],
    [None, None, None, None, "Lạng Sơn, ngày 05 tháng 5 năm 2024"],
    ["NGƯỜI LẬP BIỂU", None, None, None, "CHỦ TỊCH"],
    ["(Ký, ghi rõ họ tên)"],
    [None, "Hoàng Văn Lập", None, None, "Nguyễn Thị Chủ"],
]


def test_a_communes_list_is_read_as_its_clerk_reads_it():
    records = read_records(COMMUNE, "T5", PROVINCES)
    assert [(r.row, r.values["full_name"], r.values["village"]) for r in records] == [
        (9, "Lý Văn Mẫu", "Khối 1"),
        (10, "Tống Thị Mẫu", "Khối 1"),
        (14, "Bàn Văn Mẫu", "Thôn Nà Sèn"),
    ]
    assert all(record.errors == () for record in records)
    first, second, third = (record.values for record in records)
    assert (
        first
        | {
            "sex": "Male",
            "date_of_birth": date(1950, 1, 1),
            "dob_precision": "Year",
            "personal_id": "020050001234",
            "decision_no": "12/QĐ",
            "decision_date": date(2024, 4, 15),
            "amount": 750000,
            "account_no": "060123456789",
            "bank": "Sacombank",
            "account_name": "LY VAN MAU",
            "category": "BTXH-06B3",
        }
        == first
    )
    assert (second["sex"], second["date_of_birth"], second["dob_precision"]) == (
        "Female",
        date(1948, 7, 15),
        "Day",
    )
    assert second["decision_date"] == date(2024, 4, 15)
    assert "account_no" not in second and third["date_of_birth"].year == 1990
    assert notes(records[0].repairs) == [("personal_id", "leading_zero")]
    assert records[0].raw == tuple(COMMUNE[8]) and records[0].sheet == "T5"


def test_merged_header_cells_may_be_filled_in_every_cell():
    filled = [list(row) for row in COMMUNE]
    filled[4][3], filled[4][7], filled[4][10], filled[4][11] = (
        "Năm sinh",
        "Quyết định",
        "Tài khoản",
        "Tài khoản",
    )
    for column in (0, 1, 4, 5, 8):
        filled[5][column] = filled[4][column]
    filled[2] = [filled[2][0]] * 12
    filled[7] = ["I"] + ["Khối 1"] * 11
    filled[11] = ["II"] + ["Thôn Nà Sèn"] * 11
    assert [r.values for r in read_records(filled, "", PROVINCES)] == [
        r.values for r in read_records(COMMUNE, "", PROVINCES)
    ]


def test_decomposed_unicode_and_upper_case_without_marks_read_the_same():
    apart = [[unicodedata.normalize("NFD", c) if isinstance(c, str) else c for c in row] for row in COMMUNE]
    assert [r.values for r in read_records(apart, "", PROVINCES)] == [
        r.values for r in read_records(COMMUNE, "", PROVINCES)
    ]
    (record,) = read_records(
        [["TT", "HO VA TEN", "NAM SINH", "SO CCCD"], [1, "LY VAN MAU", 1950, "020050001234"]]
    )
    assert record.values["birth_year"] == 1950 and record.values["full_name"] == "Ly Van Mau"


def test_a_header_of_three_rows_is_read():
    grid = [
        ["STT", "Thông tin đối tượng", None, None, "Người giám hộ", None],
        [None, "Họ và tên", "Giấy tờ", None, "Họ và tên", "Số CCCD"],
        [None, None, "Số CCCD", "Ngày sinh", None, None],
        [1, "Lý Văn Mẫu", "020215001234", "05/06/2015", "Lý Văn Cha", "020085001234"],
    ]
    table = find_table(grid)
    assert (table.header_row, table.header_rows) == (0, 3)
    (record,) = read_records(grid, "", PROVINCES)
    assert record.values["representative_name"] == "Lý Văn Cha"
    assert record.values["representative_id"] == "020085001234"
    assert record.values["personal_id"] == "020215001234"


def test_a_saved_mapping_overrides_the_headers():
    grid = [["Họ tên", "Ngày sinh", "Cột lạ"], ["Lý Văn Mẫu", "1/2/1950", "0912345678"]]
    (record,) = read_records(grid, columns={"full_name": 0, "date_of_birth": 1, "phone": 2})
    assert record.values["phone"] == "0912345678"


@pytest.mark.parametrize("grid", [[], [[]], [["a", "b"], [1, 2]], [["Họ và tên"], ["Lý Văn Mẫu"]]])
def test_a_grid_without_a_table_is_refused(grid):
    with pytest.raises(BadTable):
        find_table(grid)


@pytest.mark.parametrize(
    ("cell", "value", "precision"),
    [
        ("15/07/1948", date(1948, 7, 15), "Day"),
        ("15-7-1948", date(1948, 7, 15), "Day"),
        ("15.07.1948", date(1948, 7, 15), "Day"),
        (" 15 / 07 / 1948 ", date(1948, 7, 15), "Day"),
        ("15 tháng 7 năm 1948", date(1948, 7, 15), "Day"),
        ("1948-07-15", date(1948, 7, 15), "Day"),
        ("1948-07-15 00:00:00", date(1948, 7, 15), "Day"),
        ("15071948", date(1948, 7, 15), "Day"),
        (5071948, date(1948, 7, 5), "Day"),
        (datetime(1948, 7, 15), date(1948, 7, 15), "Day"),
        (17729.0, date(1948, 7, 15), "Day"),
        ("17729", date(1948, 7, 15), "Day"),
        ("03/25/1980", date(1980, 3, 25), "Day"),
        (1948, date(1948, 1, 1), "Year"),
        ("1948", date(1948, 1, 1), "Year"),
        ("sinh năm 1948", date(1948, 1, 1), "Year"),
        ("00/00/1948", date(1948, 1, 1), "Year"),
        ("../../1948", date(1948, 1, 1), "Year"),
        ("?/?/1948", date(1948, 1, 1), "Year"),
        ("07/1948", date(1948, 7, 1), "Month"),
        ("00/07/1948", date(1948, 7, 1), "Month"),
    ],
)
def test_dates_of_every_shape(cell, value, precision):
    found = parse_date(cell)
    assert (found.value, found.precision) == (value, precision)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        None,
        "không rõ",
        "32/01/1950",
        "13/13/1950",
        "15/07/48",
        12,
        1.5e12,
        True,
        "15/1948",
        "30/02/1950",
        float("nan"),
    ],
)
def test_what_is_no_date_is_not_guessed(cell):
    assert parse_date(cell) is None


def test_a_two_digit_year_is_read_by_the_identity_number():
    assert parse_date("15/07/48", 1948).value == date(1948, 7, 15)
    assert parse_date("15/07/48", 1949) is None
    record = one(1, "Lý Thị Mẫu", "15/07/48", "Nữ", "020148001234", None)
    assert record.values["date_of_birth"] == date(1948, 7, 15)
    assert notes(record.repairs) == [("date_of_birth", "century_from_id")]


def test_months_of_every_shape():
    for cell in (
        "05/2024",
        "Tháng 5/2024",
        "2024-05",
        "01/05/2024",
        "từ tháng 5 năm 2024",
        45413,
        date(2024, 5, 20),
    ):
        assert parse_month(cell) == Month(2024, 5), cell
    for cell in ("2024", 2024, "", None, "sớm"):
        assert parse_month(cell) is None, cell


def test_lost_zeros_of_the_identity_number_come_back_when_all_agrees():
    record = one(1, "Lý Thị Mẫu", 1990, "Nữ", 20190001234.0, None)
    assert record.values["personal_id"] == "020190001234"
    assert notes(record.repairs) == [("personal_id", "leading_zero")] and record.errors == ()
    other = one(1, "Lý Thị Mẫu", 1985, "Nữ", 20190001234.0, None)
    assert notes(other.errors) == [("personal_id", "bad_number")] and "personal_id" not in other.values


def test_doubts_about_an_identity_number_are_warnings():
    record = one(1, "Lý Văn Mẫu", 1990, "Nam", "020190001234", None)
    assert record.errors == () and notes(record.warnings) == [("personal_id", "sex_differs")]


def test_nine_digits_are_the_old_number_whatever_the_column():
    assert one(1, "Lý Văn Mẫu", 1990, "Nam", 80123456.0, None).values["old_id"] == "080123456"
    header = ["STT", "Họ và tên", "Số CMND", "Ngày sinh"]
    record = one(1, "Lý Văn Mẫu", "020090001234", 1990, header=header)
    assert record.values["personal_id"] == "020090001234" and "old_id" not in record.values


@pytest.mark.parametrize("cell", ["1.23E+14", "1,23457E+14", 1.23457e15])
def test_an_account_in_scientific_notation_is_refused(cell):
    record = one(1, "Lý Văn Mẫu", 1990, "Nam", "020090001234", cell)
    assert notes(record.errors) == [("account_no", "bad_number")] and "account_no" not in record.values


def test_icelandic_eth_becomes_d_with_stroke():
    record = one(1, "\u00d0àm Ðức", 1990, "Nam", "020090001234", None)
    assert record.values["full_name"] == "Đàm Đức" and notes(record.repairs) == [("full_name", "unicode")]


def test_text_of_an_old_font_is_put_into_unicode_and_said():
    record = one(1, "NguyÔn V¨n MÉu", 1990, "Nam", "020090001234", None)
    assert record.values["full_name"] == "Nguyễn Văn Mẫu" and not record.errors
    assert notes(record.repairs) == [("full_name", "old_font")]


def test_text_that_no_font_explains_is_an_error():
    assert notes(one(1, "NguyÔ§ V¨§n", 1990, "Nam", "020090001234", None).errors) == [
        ("full_name", "legacy_font")
    ]


def test_every_unreadable_cell_is_named():
    header = [
        "Họ và tên",
        "Ngày sinh",
        "Giới tính",
        "Mức hưởng",
        "Hình thức chi trả",
        "Hưởng từ tháng",
        "Ngày QĐ",
    ]
    record = one("Lý Văn Mẫu", "không rõ", "?", "nhiều", "bồ câu", "sớm", "2024", header=header)
    assert {note.field for note in record.errors} == {
        "date_of_birth",
        "sex",
        "payment_method",
        "effective_from",
        "decision_date",
    }
    # What is due follows from the law: an amount nobody can read sends no row back.
    assert [(note.field, note.code) for note in record.warnings] == [("amount", "unreadable")]


def test_a_person_without_a_name_is_an_error_and_not_left_out():
    assert notes(one(1, None, "1/2/1990", "Nam", "020090001234", None).errors) == [("full_name", "missing")]


def test_people_whose_names_look_like_sums_villages_or_offices_are_people():
    names = ["Tống Văn Cộng", "Bàn Thị Khối", "Tô Văn Thôn", "Cộng Hòa", "Chủ Tịch Văn"]
    records = read(*([n, name, "1/2/1990", None, None, None] for n, name in enumerate(names, 1)))
    assert [record.values["full_name"] for record in records] == names


def test_a_person_after_the_signatures_is_still_read():
    record = read(["", "NGƯỜI LẬP BIỂU"], [2, "Lý Văn Mẫu", "1/2/1990"])[0]
    assert record.values["full_name"] == "Lý Văn Mẫu"


def test_a_heading_that_is_no_place_gives_the_category():
    records = read(["I", "Người khuyết tật nặng"], [1, "Lý Văn Mẫu", "1/2/1990"])
    assert records[0].values["category"] == "Người khuyết tật nặng"
    assert notes(records[0].repairs) == [("category", "from_heading")]


def test_number_and_day_of_a_decision_may_share_a_cell():
    header = ["Họ và tên", "Ngày sinh", "Số, ngày QĐ"]
    record = one("Lý Văn Mẫu", 1990, "12/QĐ-UBND ngày 15/4/2024", header=header)
    assert (record.values["decision_no"], record.values["decision_date"]) == ("12/QĐ-UBND", date(2024, 4, 15))


def test_two_birth_columns_that_disagree_are_an_error():
    record = one("Lý Văn Mẫu", "1/2/1990", 1991, header=["Họ và tên", "Ngày sinh", "Năm sinh"])
    assert notes(record.errors) == [("birth_year", "differs_from_date_of_birth")]


def test_marks_under_nam_and_nu_give_the_sex():
    grid = [["Họ và tên", "Ngày sinh", "Giới tính", None], [None, None, "Nam", "Nữ"]]
    rows = [
        ["Lý Văn Mẫu", "1/2/1990", "x", None],
        ["Lý Thị Mẫu", "1/2/1990", None, "x"],
        ["Lý", "1/2/1990", "x", "x"],
    ]
    records = read_records(grid + rows)
    assert [record.values.get("sex") for record in records] == ["Male", "Female", None]
    assert notes(records[2].errors) == [("sex", "both_marked")]


def test_phones_are_renumbered_and_wrong_ones_only_warned_of():
    header = ["Họ và tên", "Ngày sinh", "SĐT"]
    record = one("Lý Văn Mẫu", 1990, "0166 2345678", header=header)
    assert record.values["phone"] == "0362345678" and notes(record.repairs) == [("phone", "renumbered")]
    wrong = one("Lý Văn Mẫu", 1990, "12345", header=header)
    assert (
        wrong.errors == ()
        and notes(wrong.warnings) == [("phone", "bad_number")]
        and "phone" not in wrong.values
    )


@pytest.mark.parametrize(
    ("text", "payee"),
    [
        ("Người giám hộ", "Guardian"),
        ("ủy quyền", "Authorised"),
        ("Người chăm sóc", "Carer"),
        ("Chính chủ", "Self"),
        ("?", None),
    ],
)
def test_payees(text, payee):
    assert parse_payee(text) == payee


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Số ĐDCN", "personal_id"),
        ("Số CMND cũ", "old_id"),
        ("Họ tên chủ TK", "account_name"),
        ("Số CCCD chủ TK", "representative_id"),
        ("Tài khoản / Ngân hàng", "bank"),
        ("Tài khoản ngân hàng", "account_no"),
        ("Lý do nhận tiền mặt", "cash_reason"),
        ("Mức hưởng từ 01/7/2024", "amount"),
        ("Hưởng từ tháng", "effective_from"),
        ("Nhóm đối tượng", "category"),
        ("Số con", "quantity"),
        ("Tổ dân phố", "village"),
        ("Quan hệ với đối tượng", "relation"),
        ("Dân tộc", "ethnicity"),
        ("Loại người nhận", "payee_type"),
    ],
)
def test_headers_stand_for_fields_with_and_without_marks(header, field):
    plain = unicodedata.normalize("NFD", header.replace("Đ", "D").replace("đ", "d"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).upper()
    assert field_of(header)[0] == field_of(plain)[0] == field


@pytest.mark.parametrize(
    "header", ["Người nhận (ký, họ tên)", "Ngày cấp", "Hệ số", "Số sổ lĩnh tiền", "", "Họ tên cha"]
)
def test_headers_that_stand_for_nothing(header):
    assert field_of(header) is None


def test_the_surer_header_wins_a_field():
    assert map_columns(["Họ và tên", "Mã đối tượng", "Nhóm đối tượng", "Tổng cộng", "Mức hưởng"]) == {
        "full_name": 0,
        "category": 2,
        "amount": 4,
    }


def test_a_second_table_below_has_columns_of_its_own():
    second = ["TT", "Số CCCD", "Họ tên", "Năm sinh", "STK"]
    records = read(
        [1, "Lý Văn Mẫu", "1/2/1990", "Nam", "020090001234", "060123456789"],
        second,
        [1, "020050001234", "Tống Văn Mẫu", 1950, "060123456780"],
    )
    assert [(r.values["full_name"], r.values["personal_id"]) for r in records] == [
        ("Lý Văn Mẫu", "020090001234"),
        ("Tống Văn Mẫu", "020050001234"),
    ]


def test_villages_may_be_lettered_and_a_repeated_header_keeps_the_columns():
    records = read(
        ["A. Thôn Nà Sèn"], [1, "Lý Văn Mẫu", "1990.0"], HEADER, ["* Khối 3"], [2, "Lý Văn Hai", 1991]
    )
    assert [record.values["village"] for record in records] == ["Thôn Nà Sèn", "Khối 3"]
    assert records[0].values["date_of_birth"].year == 1990


def test_a_single_text_above_the_header_is_no_part_of_it_and_groups_are():
    unit = [["ĐVT: đồng"], HEADER, [1, "Lý Văn Mẫu", "1/2/1990"]]
    assert (find_table(unit).header_row, find_table(unit).headers[0]) == (1, "STT")
    groups = [["", "Đối tượng", "Đối tượng", "Chủ hộ"], ["STT", "Họ và tên", "Ngày sinh", "Tên"]]
    table = find_table([*groups, [1, "Lý Văn Mẫu", "1/2/1990", "Lý Văn Cha"]])
    assert (table.header_row, table.columns["full_name"]) == (0, 1)


def test_number_and_day_of_the_decision_is_no_first_month():
    header = ["Họ và tên", "Ngày sinh", "Số QĐ, ngày tháng năm QĐ hưởng", "Từ tháng/năm"]
    record = one("Lý Văn Mẫu", 1990, "234/QĐ-UBND ngày 12/3/2021", "T5/2024", header=header)
    assert record.values["decision_date"] == date(2021, 3, 12) and not record.errors
    assert record.values["effective_from"] == Month(2024, 5)


@pytest.mark.parametrize(
    "note", ["chết 5/2024", "đã mất ngày 3/6/2024", "Mất 2023", "tử vong", "đã chuyển đi Hà Nội"]
)
def test_who_has_died_or_left_goes_back(note):
    record = one("Lý Văn Mẫu", 1990, note, header=["Họ và tên", "Ngày sinh", "Ghi chú"])
    assert {item.code for item in record.errors} <= {"says_died", "says_left"} and record.errors


@pytest.mark.parametrize(
    "note",
    [
        "chết chồng, nuôi 2 con",
        "Bố mẹ chết",
        "mất sức 61%",
        "mất CCCD",
        "cắt cụt chân",
        "giảm thị lực",
        "chuyển đến từ xã Mai Pha",
        "mẹ đã mất",
    ],
)
def test_what_only_sounds_like_it_does_not(note):
    assert one("Lý Văn Mẫu", 1990, note, header=["Họ và tên", "Ngày sinh", "Ghi chú"]).errors == ()
