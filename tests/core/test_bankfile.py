"""Provider files out and results in."""

from datetime import date

import pytest

from ansinh_app.core.bankfile import (
    AMOUNT,
    AMOUNT_GROUPED,
    AMOUNT_TEXT,
    DATE,
    Column,
    Profile,
    build,
    memo,
    parse_result,
    split,
    status_of,
)
from ansinh_app.core.errors import BadCell, BadFile, BadTable

CONTEXT = {"programme": "BTXH", "month": "11", "year": "2026", "office_name": "Phòng LĐ-TB&XH"}
COLUMNS = (
    Column("stt", "STT"),
    Column("account_no", "Số tài khoản", max_length=19),
    Column("payee_name", "Tên người thụ hưởng", ascii=True, max_length=35),
    Column("total", "Số tiền", AMOUNT),
    Column("memo", "Nội dung", ascii=True, max_length=50),
)
PROFILE = Profile(
    COLUMNS, header_row=4, title_rows=("{office_name}", "Danh sách tháng {month}/{year}"), row_limit=2
)


def line(**facts):
    values = {
        "line_ref": "LS000123",
        "account_no": "0060123456",
        "payee_name": "Lý Đức Mẫu",
        "total": 540000.0,
    }
    return values | {"category": "BTXH-08"} | facts


def test_the_file_has_titles_header_and_text_where_digits_matter():
    rows = build(PROFILE, [line()], CONTEXT)
    assert rows[:3] == [["Phòng LĐ-TB&XH"], ["Danh sách tháng 11/2026"], []]
    assert rows[3] == [column.header for column in COLUMNS]
    assert rows[4] == ["1", "0060123456", "LY DUC MAU", 540000, "TC BTXH T11/2026 LS000123"]
    assert isinstance(rows[4][3], int)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", " ="])
def test_no_cell_starts_a_formula(start):
    profile = Profile((Column("payee_name", "Tên"), Column("note", "Ghi chú")))
    rows = build(profile, [line(payee_name=start + "1+1", note=start + "cmd")], CONTEXT)
    for cell in rows[1]:
        assert cell[0] == "'"


def test_no_title_or_header_starts_a_formula_either():
    profile = Profile((Column("payee_name", "=A1"),), header_row=2, title_rows=("=B1",))
    assert [row[0] for row in build(profile, [], {})] == ["'=B1", "'=A1"]


@pytest.mark.parametrize("field", ["category", "title", "entitlement", "explanation"])
def test_what_reveals_the_category_never_leaves(field):
    with pytest.raises(BadFile, match="must not leave"):
        build(Profile((Column(field, "Loại"),)), [line(entitlement="E", title="T", explanation="X")], CONTEXT)
    with pytest.raises(BadCell, match="must not leave"):
        memo("TC {" + field + "}", line(entitlement="E", title="T", explanation="X"))


def test_the_memo_is_ascii():
    assert memo("Trợ cấp {name} – T{month}", {"name": "Đức", "month": 5}) == "Tro cap Duc  T5"


def test_all_cells_that_do_not_fit_are_named_at_once():
    lines = [line(payee_name="A" * 36), line(total=1.5)]
    with pytest.raises(BadFile) as caught:
        build(PROFILE, lines, CONTEXT)
    first, second = caught.value.data["problems"]
    assert first.startswith("line 1:") and "payee_name" in first
    assert second.startswith("line 2:") and "total" in second


@pytest.mark.parametrize("amount", [-1, None, "x", 0.5])
def test_an_amount_is_whole_dong_or_no_file(amount):
    with pytest.raises(BadFile):
        build(PROFILE, [line(total=amount)], CONTEXT)


def test_unknown_fields_of_a_profile_are_named():
    with pytest.raises(BadFile, match="branch"):
        build(Profile((Column("branch", "Chi nhánh"),)), [line()], CONTEXT)


def test_dates_are_dates():
    profile = Profile((Column("paid_on", "Ngày", DATE),))
    assert build(profile, [line(paid_on=date(2026, 11, 5))], CONTEXT)[1] == [date(2026, 11, 5)]
    with pytest.raises(BadFile):
        build(profile, [line(paid_on="05/11/2026")], CONTEXT)


def test_the_row_limit_splits_and_is_kept():
    lines = [line(), line(), line()]
    assert [len(part) for part in split(PROFILE, lines)] == [2, 1]
    with pytest.raises(BadFile):
        build(PROFILE, lines, CONTEXT)
    with pytest.raises(BadFile):
        build(Profile(COLUMNS, header_row=1, title_rows=("a",)), [], CONTEXT)


RESULT = [
    ["NGÂN HÀNG"],
    ["Kết quả chi lương"],
    [],
    [
        "STT",
        "Số tài khoản",
        "Tên người thụ hưởng",
        "Ngân hàng thụ hưởng",
        "Số tiền",
        "Nội dung",
        "Phí",
        "Trạng thái",
        "FT / Ghi chú",
    ],
    [
        1.0,
        60123456.0,
        "LY DUC MAU",
        "Sacombank",
        540000.0,
        "TC BTXH T11/2026 LS000123",
        0,
        "Thành công",
        "FT26",
    ],
    [2, "0601-234", "VI THI MAU", "Sacombank", "750.000", "TC LS000124", 0, "Không thành công", "TK đã đóng"],
    [3, "0601235", "VI VAN MAU", "Sacombank", 750000, "TC LS000125", 0, "Đang xử lý", None],
    [],
    ["Tổng cộng", None, None, None, 2040000, None, 0],
    ["Người lập", None, None, "Giám đốc"],
]


def test_a_result_file_is_read_wherever_its_header_stands():
    found = parse_result(RESULT)
    assert [(row.row, row.account_no, row.amount, row.status) for row in found] == [
        (5, "60123456", 540000, "Paid"),
        (6, "0601234", 750000, "Failed"),
        (7, "0601235", 750000, ""),
    ]
    assert found[0].line_ref == "TC BTXH T11/2026 LS000123" and found[0].name == "LY DUC MAU"
    assert found[1].reason == "TK đã đóng"


def test_a_result_is_read_by_the_profiles_own_headers():
    profile = Profile((Column("line_ref", "Mã riêng"), Column("account_no", "So"), Column("total", "Tien")))
    grid = [["Mã riêng", "So", "Tien", "Trạng thái"], ["LS1", "0601234567", 540000, "OK"]]
    (row,) = parse_result(grid, profile)
    assert (row.line_ref, row.account_no, row.amount, row.status) == ("LS1", "0601234567", 540000, "Paid")


def test_what_the_file_built_comes_back_readable():
    rows = build(PROFILE, [line(), line(line_ref="LS000124")], CONTEXT)
    found = parse_result(rows, PROFILE, default_status="Paid")
    assert [(row.line_ref.split()[-1], row.account_no, row.amount, row.status) for row in found] == [
        ("LS000123", "0060123456", 540000, "Paid"),
        ("LS000124", "0060123456", 540000, "Paid"),
    ]


def test_a_sheet_without_a_result_table_is_refused():
    with pytest.raises(BadTable):
        parse_result([["Kính gửi"], ["x", "y"]])


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Thành công", "Paid"),
        ("Đã chi", "Paid"),
        ("SUCCESS", "Paid"),
        ("Giao dịch không thành công", "Failed"),
        ("Unsuccessful", "Failed"),
        ("Tài khoản không hợp lệ", "Failed"),
        ("Hoàn trả", "Failed"),
        ("Chưa nhận", "Uncollected"),
        ("Không đến nhận", "Uncollected"),
        ("Chờ duyệt", ""),
        ("", ""),
        ("???", ""),
    ],
)
def test_status_words(text, status):
    assert status_of(text) == status


def test_a_layouts_own_header_goes_before_the_usual_words():
    profile = Profile((Column("account_no", "TK nhận"), Column("payee_name", "Tên"), Column("total", "Tiền chi", AMOUNT)))
    grid = [["Số tài khoản chuyển", "TK nhận", "Tên", "Số tiền phí", "Tiền chi", "Trạng thái"],
            ["0600000001", "0601234567", "LY DUC MAU", 1100, 540000, "Thành công"]]  # fmt: skip
    (row,) = parse_result(grid, profile)
    assert (row.account_no, row.name, row.amount) == ("0601234567", "LY DUC MAU", 540000)


def test_a_providers_own_codes_say_what_became_of_a_row():
    profile = Profile((), good_words=("00",), bad_words=("OK*",))
    grid = [["Số tài khoản", "Số tiền", "Trạng thái"], ["0601234567", 1, "00"], ["0601234568", 1, "ok"], ["0601234569", 1, ""]]
    assert [row.status for row in parse_result(grid, profile)] == ["Paid", "Failed", ""]
    assert [row.status for row in parse_result(grid, profile, "Failed")] == ["Paid", "Failed", "Failed"]


def test_amounts_may_go_out_as_text():
    columns = (Column("total", "A", AMOUNT_TEXT), Column("total", "B", AMOUNT_GROUPED))
    assert build(Profile(columns), [line(total=1234567)], CONTEXT)[1] == ["1234567", "1.234.567"]
