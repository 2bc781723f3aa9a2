"""A provider's answer to a list of account requests: headers as banks write them, rows matched or listed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansinh_app.core.account_answers import OPENED, REJECTED, Asked, match, parse
from ansinh_app.core.errors import BadTable

ASKED = [
    Asked("ACR-1", "020190000011", "Lý Thị Hoà"),
    Asked("ACR-2", "020190000022", "Lý Văn Hai"),
    Asked("ACR-3", "", "Lý Văn Ba"),
    Asked("ACR-4", "", "Lý Văn Ba"),
]
HEADER = ["STT", "Mã yêu cầu", "Họ và tên", "Số CCCD", "Số tài khoản", "Tên chủ tài khoản", "Kết quả", "Lý do"]


def answers(*rows, header=HEADER):
    return parse([["NGÂN HÀNG MẪU"], [], header, *rows, ["", "Cộng", 4]])


def test_rows_are_read_and_matched_by_reference_id_and_name():
    found = answers(
        [1, "ACR-1", "Lý Thị Hoà", "020190000011", "0601 5555 0001", "LY THI HOA", "Đã mở", ""],
        [2, "", "LY VAN HAI", "020190000022", 60155550002, "LY VAN HAI", "Thành công", ""],
        [3, "ACR-3", "Lý Văn Ba", "", "", "", "Từ chối", "Thiếu giấy khai sinh"],
    )
    matching = match(ASKED, found)
    assert [(asked.ref, answer.status) for asked, answer in matching.matched] == [
        ("ACR-1", OPENED), ("ACR-2", OPENED), ("ACR-3", REJECTED),
    ]  # fmt: skip
    assert matching.matched[0][1].account_no == "060155550001"
    assert matching.matched[2][1].reason == "Thiếu giấy khai sinh"
    assert [one.ref for one in matching.missing] == ["ACR-4"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["", "ACR-9", "Ai Đó", "", "060155550001", "", "Đã mở", ""], "no_such_request"),
        (["", "", "Lý Văn Ba", "", "060155550001", "", "Đã mở", ""], "several_candidates"),
        (["", "ACR-1", "", "", "", "", "Đã mở", ""], "no_account"),
        (["", "ACR-1", "", "", "1,23457E+14", "", "Đã mở", ""], "no_account"),
        (["", "ACR-1", "", "", "060155550001", "", "Đang xử lý", ""], "no_status"),
        (["", "ACR-1", "", "020190000022", "060155550001", "", "Đã mở", ""], "id_differs"),
    ],
)
def test_a_row_that_cannot_be_taken_is_listed(row, reason):
    matching = match(ASKED, answers(row))
    assert not matching.matched and [why for _answer, why in matching.unmatched] == [reason]


def test_a_request_is_answered_once_a_file():
    row = [1, "ACR-1", "", "", "060155550001", "", "Đã mở", ""]
    assert [why for _answer, why in match(ASKED, answers(row, row)).unmatched] == ["repeated_row"]


def test_no_table_is_said():
    with pytest.raises(BadTable):
        parse([["Kính gửi"], ["Họ và tên", "Ngày sinh"], ["Lý Văn Ba", 1980]])


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=20), st.integers(), st.floats()), max_size=8), max_size=8))
def test_no_row_is_lost(rows):
    found = parse([HEADER, *rows])
    matching = match(ASKED, found)
    assert len(matching.matched) + len(matching.unmatched) == len(found)
    assert len({asked.ref for asked, _answer in matching.matched}) == len(matching.matched)
